"""The route of the map: where the words of a set lie in the plane."""

from __future__ import annotations

import base64
import functools
import hashlib

from fastapi import APIRouter, Request
from starlette.responses import Response

from wordlab.embeddings.maps.cache import kept_map
from wordlab.embeddings.maps.config import MapConfig, choose_method
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.server.config import ServerConfig
from wordlab.server.replies import dump, json_reply
from wordlab.server.served import Served

router = APIRouter(tags=["map"])


@router.get("/map", summary="Where the words of a set lie in the plane")
async def word_map(request: Request, model: str | None = None) -> Response:
    """Coordinates of the most frequent words, base64 of little-endian float32 (n, 2), from -1 to 1.

    The first request begins to make the map; until it is made, replies have status 202 and say how far it
    is. It is kept in the cache directory for the next time.
    """
    served: Served = request.app.state.served
    chosen = served.choose_vectors(model)
    work = functools.partial(_reply, chosen.name, chosen.vectors, served.config)
    job = served.jobs.get(("map", chosen.name), work)
    if not job.is_done:
        return await json_reply(served, job.facts(), status=202)
    body, tag = job.result()
    headers = {"ETag": tag, "Cache-Control": "no-cache"}  # keep it, and ask whether it is still the same
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _reply(
    name: str, vectors: WordVectors, config: ServerConfig, on_progress: OnProgress
) -> tuple[bytes, str]:
    """The body, and its ETag."""
    settings = MapConfig(method=choose_method(config.map_method), num_words=config.map_words)
    found = kept_map(vectors, settings, on_progress=on_progress)
    counts = vectors.vocabulary.counts[: len(found)]
    body = dump({
        "model": name,
        "method": found.method,
        "seed": settings.seed,
        "num_words": len(found),
        "words": vectors.vocabulary.words[: len(found)],
        "counts": counts.tolist() if counts.any() else None,
        "coordinates": base64.b64encode(found.coordinates.astype("<f4").tobytes()).decode("ascii"),
    })  # fmt: skip
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
