"""Memory for rows of vectors as the kernel wants them: whole blocks long, each at a cache line."""

from __future__ import annotations

import math

import numpy as np

from wordlab.word2vec.lanes import LANES


def padded(dim: int) -> int:
    """`dim` rounded up to whole blocks."""
    return -(-dim // LANES) * LANES


def padded_zeros(*shape: int) -> np.ndarray:
    """Zeros, float32, of this shape but for the last dimension, which is `padded`."""
    shape = (*shape[:-1], padded(shape[-1]))
    size = math.prod(shape)
    memory = np.zeros(size + LANES, dtype=np.float32)
    start = (-memory.ctypes.data // memory.itemsize) % LANES
    return memory[start : start + size].reshape(shape)
