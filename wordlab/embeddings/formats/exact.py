"""Bytes of binary files, taken in the sizes that their headers promise.

The promise is not trusted: memory grows only with the bytes that are really there, so a header that
lies costs nothing but a message.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from wordlab.errors import FormatError

CHUNK = 1 << 22  # bytes read at once


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ExactReader:
    """Takes exact sizes from a stream. Each method's `what` names the part of the file in messages."""

    def __init__(self, stream: _Readable, name: str) -> None:
        self.name = name
        self._stream = stream
        self._pushed = b""

    def some(self, size: int = CHUNK) -> bytes:
        """From 1 to `size` bytes, or none at the end."""
        if self._pushed:
            data, self._pushed = self._pushed[:size], self._pushed[size:]
            return data
        return self._stream.read(size)

    def give_back(self, data: bytes) -> None:
        """Put back these bytes, which were taken last."""
        self._pushed = data + self._pushed

    def take(self, size: int, what: str) -> bytearray:
        """The next `size` bytes; FormatError if the file ends first."""
        taken = bytearray()
        while len(taken) < size:
            data = self.some(min(CHUNK, size - len(taken)))
            if not data:
                raise self._cut_off(size, len(taken), what)
            taken += data
        return taken

    def skip(self, size: int, what: str) -> None:
        """Pass over the next `size` bytes; FormatError if the file ends first."""
        left = size
        while left:
            data = self.some(min(CHUNK, left))
            if not data:
                raise self._cut_off(size, size - left, what)
            left -= len(data)

    def matrix(self, num_rows: int, dim: int, what: str, *, rows: np.ndarray | None = None) -> np.ndarray:
        """The next float32 (num_rows, dim), or only its `rows`, which ascend; writable."""
        if rows is None:
            taken = self.take(4 * num_rows * dim, what)
            return np.frombuffer(taken, "<f4").astype(np.float32, copy=False).reshape(num_rows, dim)
        parts = []
        step = max(1, CHUNK // (4 * dim))
        for start in range(0, num_rows, step):
            end = min(start + step, num_rows)
            wanted = rows[slice(*np.searchsorted(rows, [start, end]))] - start
            if len(wanted):
                taken = self.take(4 * (end - start) * dim, what)
                parts.append(np.frombuffer(taken, "<f4").reshape(-1, dim)[wanted].astype(np.float32))
            else:
                self.skip(4 * (end - start) * dim, what)
        return np.concatenate(parts) if parts else np.empty((0, dim), np.float32)

    def finish(self) -> None:
        """Raise FormatError if anything is left."""
        if self.some(1):
            raise FormatError(f"{self.name}: expected the end, found more")

    def _cut_off(self, size: int, num_found: int, what: str) -> FormatError:
        return FormatError(f"{self.name}: {what}: expected {size} bytes, found {num_found} before the end")
