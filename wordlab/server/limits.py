"""Gate: what every request passes before a route sees it, and how long it may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wordlab.server.config import ApiKey, ServerConfig
from wordlab.server.errors import Refusal
from wordlab.server.metrics import Metrics
from wordlab.visible import clipped

_OWN_NAMES = {"localhost", "127.0.0.1", "::1"}
_ALWAYS = {"/health", "/metrics"}  # answered however much there is to do
_METHODS = {"GET", "HEAD", "POST"}  # which metrics tell apart: a client may invent others


class _Disconnected(Exception):  # noqa: N818 - the client left, which is no fault
    """The client left before its body was complete."""


class Gate:
    """Checks the key, the host, the length of the body and the number of requests; counts and times them.

    The body is read here, before a route is chosen, so that the time limit holds for it as well.
    """

    def __init__(self, app: ASGIApp, config: ServerConfig, key: ApiKey | None, metrics: Metrics) -> None:
        self._app, self._config, self._key, self._metrics = app, config, key, metrics
        self._names = _OWN_NAMES | {config.host}
        self._num_running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._num_running += 1
        self._metrics.running.inc()
        try:
            await self._limited(scope, receive, watched)
        except _Disconnected:
            status = 499  # as nginx counts them
        finally:
            self._num_running -= 1
            self._metrics.running.dec()
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")  # not the path, of which there is no end
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        refusal: Refusal
        headers: Mapping[str, str] | None = None
        try:
            async with asyncio.timeout(self._config.time_limit):
                self._check(scope)
                await self._app(scope, _again(await self._read(scope, receive), receive), begin)
            return
        except Refusal as error:
            refusal = error
            if error.status == 401:
                headers = {"WWW-Authenticate": "Bearer"}
        except TimeoutError:
            limit = f"{self._config.time_limit:g} s"
            refusal = Refusal(503, "timeout", f"the request took longer than {limit}")
        if not begun:  # else the connection ends in the middle of the reply
            await refusal.response(scope["path"], headers)(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        """Refusal for a request that no route may see."""
        path, found = scope["path"], dict(scope["headers"])
        if self._key is not None:
            if not _is_open(scope) and not self._key.is_in(found.get(b"authorization", b"")):
                raise Refusal(401, "invalid_api_key", "Authorization: expected Bearer and the server's key")
        elif _name_of(found.get(b"host", b"")) not in self._names:
            # a page in the user's browser may have its own name point here (DNS rebinding)
            host = clipped(found.get(b"host", b"").decode("latin-1"))
            raise Refusal(403, "wrong_host", f"Host: expected that of this machine, found {host!r}")
        if self._num_running > self._config.max_waiting and path not in _ALWAYS:
            raise Refusal(
                503, "overloaded", f"{self._config.max_waiting:,} requests wait already; try again later"
            )

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body; Refusal if it is too long."""
        most = self._config.max_body
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and (len(value) > 20 or int(value) > most):
                raise self._too_large()
        parts: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            part = message.get("body", b"")
            length += len(part)
            if length > most:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> Refusal:
        most = self._config.max_body
        return Refusal(413, "body_too_large", f"body: expected at most {most:,} bytes, found more")


def _is_open(scope: Scope) -> bool:
    """Whether no key is needed: the page holds nothing secret, and asks for the key itself."""
    path = scope["path"]
    is_page = scope["method"] in ("GET", "HEAD") and (path == "/" or path.startswith("/static/"))
    return path == "/health" or is_page


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Any:
        return waiting.pop() if waiting else await receive()

    return replay


def _name_of(host: bytes) -> str:
    """The name in a header Host, without the port and the brackets of IPv6."""
    name = host.decode("latin-1").lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]
