"""Connections that must send a request: uvicorn itself waits for headers as long as the client likes."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connection(H11Protocol):
    """A connection that is closed when a request's headers take longer than the server's time limit.

    The time runs from the first byte of a request, and for the first request from the connection on, so that
    neither silence nor a byte now and then holds one open.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._waiting: asyncio.TimerHandle | None = None
        self._begun = False
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait on if it is no whole request yet."""
        self._begun = True
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            app: Any = self.app  # what create_app made
            limit = app.state.served.config.time_limit
            self._waiting = self.loop.call_later(limit, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._begun = False

    def _give_up(self) -> None:
        if self._begun:
            self.transport.write(_TOO_SLOW)
        self.transport.close()
