"""The page at /: files that come with the package, read once, under their names alone."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(include_in_schema=False)
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    # nothing from elsewhere, no code in the page itself, and the page in no other
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # asked for again each time, and answered by 304
}


class _File(NamedTuple):
    content: bytes
    media_type: str
    etag: str


@functools.cache
def page_files() -> dict[str, bytes]:
    """The files of the page by their paths in it, such as "panels/word.js"."""
    return dict(_walk(files("wordlab.server") / "page", ""))


def _walk(folder: Traversable, before: str) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _walk(each, f"{before}{each.name}/")
        elif each.name[each.name.rfind(".") :] in _TYPES:
            yield before + each.name, each.read_bytes()


@functools.cache
def _served() -> dict[str, _File]:
    return {
        name: _File(
            content, _TYPES[name[name.rindex(".") :]], f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        )
        for name, content in page_files().items()
    }


@router.get("/")
async def index(request: Request) -> Response:
    """The page."""
    return _reply(request, "index.html")


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """One of the files that the page loads; 404 for any other name."""
    return _reply(request, name)


def _reply(request: Request, name: str) -> Response:
    file = _served().get(name)
    if file is None:
        raise HTTPException(404)
    headers = _HEADERS | {"ETag": file.etag}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.content, 200, headers, file.media_type)
