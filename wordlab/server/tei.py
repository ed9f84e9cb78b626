"""Routes as clients of text-embeddings-inference know them: /embed, /info and /health."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from wordlab.embeddings.queries import unit_rows
from wordlab.server.bodies import OpenBody, Texts
from wordlab.server.errors import Refusal
from wordlab.server.replies import UNKNOWN_WORDS, json_reply
from wordlab.server.served import Served

router = APIRouter(tags=["as text-embeddings-inference"])


class EmbedBody(OpenBody):
    """A text or several; `normalize` scales their vectors to length 1. Texts are never truncated."""

    inputs: Texts
    normalize: bool = True
    truncate: bool | None = None
    truncation_direction: Literal["Left", "Right", "left", "right"] | None = None
    prompt_name: str | None = None
    dimensions: int | None = None


@router.post("/embed", summary="The vectors of texts, of the first set")
@router.post("/", include_in_schema=False)
async def embed(request: Request, body: EmbedBody) -> Response:
    """A list of vectors, at length 1 unless told otherwise; a text without known words has zeros."""
    served: Served = request.app.state.served
    served.check_number("inputs", body.inputs)
    chosen = served.choose_vectors(None)
    if body.prompt_name is not None:
        raise Refusal(422, "invalid_value", "prompt_name: expected none, as static vectors have no prompts")
    if body.dimensions not in (None, chosen.vectors.dim):
        raise Refusal(
            422, "invalid_value", f"dimensions: expected {chosen.vectors.dim}, found {body.dimensions}"
        )
    found = await chosen.encode(body.inputs)
    unknown = sum(found.num_unknown)
    served.metrics.words.inc(sum(found.num_words))
    served.metrics.unknown_words.inc(unknown)
    rows = unit_rows(found.vectors) if body.normalize else found.vectors
    headers = {UNKNOWN_WORDS: str(unknown)}
    return await json_reply(served, rows.tolist(), num_numbers=rows.size, headers=headers)


@router.get("/info", summary="What is served, and the limits")
async def info(request: Request) -> Response:
    """The default set as text-embeddings-inference describes a model; all sets and classifiers beside it."""
    from importlib.metadata import version

    served: Served = request.app.state.served
    config = served.config
    first = next(iter(served.vectors.values()), None)
    facts: dict[str, Any] = {
        "model_id": None if first is None else first.name,
        "model_sha": None if first is None else first.vectors.digest,
        "model_dtype": "float32",
        "model_type": {"embedding": {"pooling": "mean"}},
        "max_concurrent_requests": config.max_waiting,
        "max_input_length": config.max_body,
        "max_batch_tokens": config.max_body,
        "max_client_batch_size": config.max_batch,
        "auto_truncate": False,
        "tokenization_workers": 1,
        "version": version("wordlab"),
        "index": config.index,
        "sets": [
            {"name": name, "num_words": len(each.vectors), "dim": each.vectors.dim}
            for name, each in served.vectors.items()
        ],
        "classifiers": [
            {"name": name, "title": each.title, "classes": list(each.classes)}
            for name, each in served.classifiers.items()
        ],
    }
    return await json_reply(served, facts)


@router.get("/health", summary="Whether the server answers")
async def health() -> Response:
    """An empty reply; no key is needed."""
    return Response(status_code=200)
