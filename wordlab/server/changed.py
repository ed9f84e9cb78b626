"""The route that tells which words have other neighbours in another set."""

from __future__ import annotations

import functools
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wordlab.embeddings.changes import Changes, changed_words
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.server.replies import json_reply
from wordlab.server.served import Served

router = APIRouter(tags=["words"])


@router.get("/changed", summary="The words whose neighbours differ most between two sets")
async def changed(
    request: Request,
    other: str,
    model: str | None = None,
    k: Annotated[int, Query(ge=1, le=100)] = 10,
    most: Annotated[int, Query(ge=1, le=10_000)] = 200,
) -> Response:
    """For words of both sets the share of the k nearest that both have, lowest first; `most` words at most.

    Only the words that both sets have count, also as neighbours. The first request begins to compare; until
    that is done, replies have status 202 and say how far it is.
    """
    served: Served = request.app.state.served
    left, right = served.choose_vectors(model), served.choose_vectors(other)
    work = functools.partial(_compare, left.vectors, right.vectors, k, served.config.changed_words)
    job = served.jobs.get(("changed", left.name, right.name, k), work)
    if not job.is_done:
        return await json_reply(served, job.facts(), status=202)
    found = job.result()
    pairs = zip(found.words[:most], found.overlaps[:most].tolist(), strict=True)
    facts = {
        "model": left.name,
        "other": right.name,
        "k": k,
        "num_words": len(found.words),
        "overlap": found.mean_overlap,
        "words": [{"word": word, "overlap": overlap} for word, overlap in pairs],
    }
    return await json_reply(served, facts, num_numbers=most)


def _compare(
    vectors: WordVectors, other: WordVectors, k: int, num_words: int, on_progress: OnProgress
) -> Changes:
    return changed_words(vectors, other, k=k, num_words=num_words, on_progress=on_progress)
