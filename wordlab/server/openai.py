"""Routes as OpenAI's clients know them: /v1/embeddings and /v1/models."""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import Response

from wordlab.server.bodies import OpenBody, Texts
from wordlab.server.errors import Refusal
from wordlab.server.replies import UNKNOWN_WORDS, json_reply
from wordlab.server.served import Served

router = APIRouter(tags=["as OpenAI"])


class EmbeddingsBody(OpenBody):
    """A text or several; `model` is the name of a set, the first one if there is none."""

    input: Texts
    model: str | None = None
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = None


@router.post("/v1/embeddings", summary="The vectors of texts")
async def embeddings(request: Request, body: EmbeddingsBody) -> Response:
    """The mean of the vectors of each text's known words; base64 holds little-endian float32."""
    served: Served = request.app.state.served
    served.check_number("input", body.input)
    chosen = served.choose_vectors(body.model)
    if body.dimensions not in (None, chosen.vectors.dim):
        raise Refusal(
            422,
            "invalid_value",
            f"dimensions: expected {chosen.vectors.dim}, all that {chosen.name} has, as its first dimensions "
            f"mean nothing alone, found {body.dimensions}",
        )
    found = await chosen.encode(body.input)
    total, unknown = sum(found.num_words), sum(found.num_unknown)
    served.metrics.words.inc(total)
    served.metrics.unknown_words.inc(unknown)
    as_text = body.encoding_format == "base64"
    rows = _base64(found.vectors) if as_text else found.vectors.tolist()
    data = [
        {"object": "embedding", "index": number, "embedding": row, "unknown_words": missing}
        for number, (row, missing) in enumerate(zip(rows, found.num_unknown, strict=True))
    ]
    reply = {
        "object": "list",
        "data": data,
        "model": chosen.name,
        "usage": {"prompt_tokens": total, "total_tokens": total},
        "unknown_words": unknown,
    }
    num_numbers = 0 if as_text else found.vectors.size
    return await json_reply(served, reply, num_numbers=num_numbers, headers={UNKNOWN_WORDS: str(unknown)})


@router.get("/v1/models", summary="The sets of vectors")
async def models(request: Request) -> Response:
    """The names that `model` may have, the default first."""
    served: Served = request.app.state.served
    return await json_reply(served, {"object": "list", "data": [_model(name) for name in served.vectors]})


@router.get("/v1/models/{name:path}", summary="A set of vectors")
async def model(request: Request, name: str) -> Response:
    """The set called `name`."""
    served: Served = request.app.state.served
    return await json_reply(served, _model(served.choose_vectors(name).name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "wordlab"}


def _base64(vectors: np.ndarray) -> list[str]:
    return [base64.b64encode(row.tobytes()).decode("ascii") for row in vectors.astype("<f4", copy=False)]
