"""Matrices of vectors: checked once, then read-only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def checked_matrix(matrix: np.ndarray | Sequence[Sequence[float]], name: str) -> np.ndarray:
    """A read-only float32 view or copy of `matrix`; ValueError if a number in it is not finite."""
    array = np.ascontiguousarray(matrix, dtype=np.float32).view(np.ndarray)
    # A memory-mapped matrix was checked when it was saved; checking it again would read it all.
    if not isinstance(matrix, np.memmap) and not np.isfinite(array).all():
        row = f" in row {np.argwhere(~np.isfinite(array))[0][0]}" if array.ndim else ""
        raise ValueError(f"expected finite numbers in {name}, found NaN or infinity{row}")
    array.flags.writeable = False
    return array
