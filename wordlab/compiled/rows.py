"""Memory for rows of vectors in the kernel's layout: whole blocks long, each starting at a cache line."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from wordlab.compiled.lanes import LANES

_BLOCK = 4_096  # rows moved at a time


def padded(dim: int) -> int:
    """`dim` rounded up to whole blocks."""
    return -(-dim // LANES) * LANES


def padded_zeros(*shape: int, spare: int = 0) -> np.ndarray:
    """Zeros, float32, of this shape but for the last dimension, which is `padded`.

    Room for `spare` more rows lies behind them; it takes memory only where it is used.
    """
    shape = (*shape[:-1], padded(shape[-1]))
    size = math.prod(shape)
    memory = np.zeros(size + spare * shape[-1] + LANES, dtype=np.float32)
    start = (-memory.ctypes.data // memory.itemsize) % LANES
    return memory[start : start + size].reshape(shape)


def with_spare(matrix: np.ndarray, spare: int) -> np.ndarray:
    """`matrix` and the `spare` rows behind it, for one that `padded_zeros` made with as many."""
    num_rows, dim = matrix.shape
    memory = cast(np.ndarray, matrix.base)  # one-dimensional
    start = (matrix.ctypes.data - memory.ctypes.data) // memory.itemsize
    return memory[start : start + (num_rows + spare) * dim].reshape(num_rows + spare, dim)


def without_padding(matrix: np.ndarray, dim: int) -> np.ndarray:
    """The first `dim` columns of `matrix`, contiguous, in the memory of `matrix`, which is destroyed."""
    num_rows = len(matrix)
    result = matrix.reshape(-1)[: num_rows * dim].reshape(num_rows, dim)
    for first in range(0, num_rows, _BLOCK):  # rows move up: none is overwritten before
        result[first : first + _BLOCK] = matrix[first : first + _BLOCK, :dim]
    return result
