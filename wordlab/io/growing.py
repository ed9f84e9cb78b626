"""Arrays on disk that grow: written in parts, whole .npy files at the end."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np


class GrowingArray:
    """A .npy file that grows; its header is rewritten when the length is known.

    It has one dimension, or holds rows of the shape `row`.
    """

    def __init__(self, path: Path, dtype: np.dtype, row: tuple[int, ...] = ()) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._dtype = dtype
        self._row = row
        self.length = 0
        self._header_size = self._write_header()

    def _write_header(self) -> int:
        facts = {"descr": self._dtype.str, "fortran_order": False, "shape": (self.length, *self._row)}
        np.lib.format.write_array_header_1_0(self._file, facts)  # leaves room for any length
        return self._file.tell()

    def append(self, values: np.ndarray) -> None:
        """Write more numbers or rows, converted if they are of another type."""
        self._file.write(np.ascontiguousarray(values, dtype=self._dtype).data)
        self.length += len(values)

    def cut(self, length: int) -> None:
        """Keep the first `length` numbers or rows, whatever an append that failed has left behind them."""
        with suppress(OSError):
            self._file.close()  # which tries again to write what found no room
        os.truncate(self._path, self._header_size + length * math.prod(self._row) * self._dtype.itemsize)
        self._file = self._path.open("r+b")
        self._file.seek(0, os.SEEK_END)
        self.length = length

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._file.seek(0)
                if self._write_header() != self._header_size:
                    raise RuntimeError("the header of a .npy file grew")
        finally:
            self._file.close()
