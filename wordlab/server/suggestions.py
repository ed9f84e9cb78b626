"""Routes that help to type a word: how it may go on, and words that are spelt nearly alike."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wordlab.server.bodies import MAX_K
from wordlab.server.replies import json_reply
from wordlab.server.served import Served
from wordlab.text.vocabulary import Vocabulary

router = APIRouter(tags=["words"])
_LONGEST = 300  # characters that are looked for
Typed = Annotated[str, Query(max_length=_LONGEST)]
Number = Annotated[int, Query(ge=1, le=MAX_K)]


@router.get("/complete", summary="Words that begin with some letters")
async def complete(request: Request, q: Typed = "", model: str | None = None, k: Number = 10) -> Response:
    """The k most frequent words that begin with q; if there is none, case does not count."""
    served: Served = request.app.state.served
    chosen = served.choose_vectors(model)
    ids = await served.threads.run(chosen.completion.ids, q, k)
    return await json_reply(served, {"model": chosen.name, "words": _entries(chosen.vectors.vocabulary, ids)})


@router.get("/spellings", summary="Words that are spelt nearly alike")
async def spellings(request: Request, q: Typed, model: str | None = None) -> Response:
    """Up to three words that look like q, best first."""
    served: Served = request.app.state.served
    chosen = served.choose_vectors(model)
    vocabulary = chosen.vectors.vocabulary
    near = await served.threads.run(vocabulary.near_spellings, q)
    ids = [vocabulary.id(word) for word in near]
    return await json_reply(served, {"model": chosen.name, "words": _entries(vocabulary, ids)})


def _entries(vocabulary: Vocabulary, ids: list[int]) -> list[dict[str, Any]]:
    return [
        {"word": vocabulary.words[id], "rank": id, "count": int(vocabulary.counts[id]) or None} for id in ids
    ]
