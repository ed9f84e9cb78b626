"""Temporary files without a name, which leave no trace however a run ends, and arrays in them."""

from __future__ import annotations

import os
import tempfile
from typing import Any, BinaryIO

import numpy as np

from wordlab.io.urls import PathName


def scratch_file(directory: PathName | None) -> BinaryIO:
    """A temporary file in `directory`, or in the system's place for such; the caller closes it."""
    file: Any = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - the caller's with closes it
    return file  # type: ignore[no-any-return]


def scratch_array(file: BinaryIO, dtype: str, length: int) -> np.ndarray:
    """An array (length,) in `file`, mapped, of zeros; OSError now if the disk has no room for it.

    A mapped file that the disk has no room for would end the process when it is written to.
    """
    size = length * np.dtype(dtype).itemsize
    if hasattr(os, "posix_fallocate") and size:
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)
    return mapped_scratch(file, dtype, writable=True)


def mapped_scratch(file: BinaryIO, dtype: str, *, writable: bool = False) -> np.ndarray:
    """What was written to `file` as an array of one dimension, mapped."""
    file.flush()
    if not os.fstat(file.fileno()).st_size:
        return np.empty(0, dtype)
    return np.memmap(file, dtype, "r+" if writable else "r")
