"""Deadlines for replies, also from a server that sends a byte now and then.

A socket's timeout starts afresh with each byte, so that it cannot bound a reply; a watching thread can.
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


class Deadline:
    """Inside, the socket is shut down once `seconds` have passed since the start or the last `postpone`."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.has_passed = False  # and the socket was shut down

    def postpone(self) -> None:
        """Start the clock again."""
        self._deadline = time.monotonic() + self._seconds

    def __enter__(self) -> Deadline:
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
        self.has_passed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


class DeadlineAdapter(HTTPAdapter):
    """Sends requests over https, and waits `seconds` at most for all headers of a reply."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.socket: socket.socket | None = None  # of the latest reply

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections for a request, each with the deadline."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.scheme == "https":
            pool.ConnectionCls = partial(_DeadlineConnection, adapter=self)
        return pool


class _DeadlineConnection(HTTPSConnection):
    def __init__(self, *args: Any, adapter: DeadlineAdapter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._adapter = adapter

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        connected = self.sock
        if connected is None:
            return super().getresponse()
        self._adapter.socket = connected
        with Deadline(connected, self._adapter.seconds) as deadline:
            try:
                return super().getresponse()
            except Exception as error:
                if deadline.has_passed:
                    raise TimeoutError("the headers took too long") from error
                raise
