"""Connections that end: a server that sends a byte now and then is hung up on.

A timeout of a socket starts again with each byte, so it cannot bound a reply; a thread beside can.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.response import HTTPResponse


class HangUp:
    """Inside, a socket is shut down when `seconds` have passed since the beginning or the last `postpone`."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.is_done = False  # whether it was shut down

    def postpone(self) -> None:
        """Start the time again."""
        self._deadline = time.monotonic() + self._seconds

    def __enter__(self) -> HangUp:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while (left := self._deadline - time.monotonic()) > 0:
            if self._is_over.wait(left):
                return
        self.is_done = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


class PunctualAdapter(HTTPAdapter):
    """Sends requests over https, and waits for the whole of a reply's headers for `seconds` at most."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.socket: socket.socket | None = None  # of the latest reply

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections for a request, each of them punctual."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.scheme == "https":
            pool.ConnectionCls = partial(_PunctualConnection, adapter=self)
        return pool


class _PunctualConnection(HTTPSConnection):
    def __init__(self, *args: Any, adapter: PunctualAdapter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._adapter = adapter

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        connected = self.sock
        if connected is None:
            return super().getresponse()
        self._adapter.socket = connected
        with HangUp(connected, self._adapter.seconds) as hang_up:
            try:
                return super().getresponse()
            except Exception as error:
                if hang_up.is_done:
                    raise TimeoutError("the headers took too long") from error
                raise
