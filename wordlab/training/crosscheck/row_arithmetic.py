"""The arithmetic of rows, one number after the other or by gensim's BLAS."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordlab.compiled.jit import cached_njit
from wordlab.training.crosscheck.blas import Blas, call_axpy, call_dot, call_dot_as_double

FAST = {"contract", "reassoc", "nsz"}  # so that sums over the dimension run in vector registers


@cached_njit(fastmath=FAST)
def dot(x: np.ndarray, y: np.ndarray, blas: Blas) -> Any:  # pragma: no cover - compiled
    """The sum of products of two rows."""
    if blas.dot:
        return call_dot_as_double(blas.dot, x, y) if blas.reads_double else call_dot(blas.dot, x, y)
    total = np.float32(0)
    for d in range(len(x)):
        total += x[d] * y[d]
    return total


@cached_njit(fastmath=FAST)
def add_scaled(
    y: np.ndarray, factor: np.float32, x: np.ndarray, blas: Blas
) -> None:  # pragma: no cover - compiled
    """y += factor * x."""
    if blas.axpy:
        call_axpy(blas.axpy, factor, x, y)
        return
    for d in range(len(x)):
        y[d] += factor * x[d]


@cached_njit
def scale(x: np.ndarray, factor: np.float32) -> None:  # pragma: no cover - compiled
    """x *= factor."""
    for d in range(len(x)):
        x[d] *= factor


@cached_njit
def clear(x: np.ndarray) -> None:  # pragma: no cover - compiled
    """x = 0. A loop, as those above: numba takes seconds to compile numpy's array expressions."""
    for d in range(len(x)):
        x[d] = 0
