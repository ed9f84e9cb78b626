"""Bytes of binary files, taken in the sizes that their headers promise.

A promise is never believed: memory grows with the bytes that are really there, so a header that lies
costs nothing but a message.
"""

from __future__ import annotations

import numpy as np

from wordlab.embeddings.formats.files import Source
from wordlab.errors import FormatError

CHUNK = 1 << 24  # bytes read at once


class ExactReader:
    """Takes exact sizes off a Source. Each method's `what` is the part of the file, for messages."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def take(self, size: int, what: str) -> bytearray:
        """The next `size` bytes; FormatError if the file ends before."""
        taken = bytearray()
        while len(taken) < size:
            data = self.source.read(min(CHUNK, size - len(taken)))
            if not data:
                raise FormatError(
                    f"{self.source.name}: {what}: expected {size} bytes, found {len(taken)} before the end"
                )
            taken += data
        return taken

    def skip(self, size: int, what: str) -> None:
        """Pass over the next `size` bytes; FormatError if the file ends before."""
        left = size
        while left:
            data = self.source.read(min(CHUNK, left))
            if not data:
                raise FormatError(
                    f"{self.source.name}: {what}: expected {size} bytes, found {size - left} before the end"
                )
            left -= len(data)

    def matrix(self, num_rows: int, dim: int, what: str, *, rows: np.ndarray | None = None) -> np.ndarray:
        """The next float32 (num_rows, dim), or of it the `rows` alone, ascending; writable."""
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
        """Raise FormatError if there is anything left."""
        if self.source.read(1):
            raise FormatError(f"{self.source.name}: expected the end of the file, found more")
