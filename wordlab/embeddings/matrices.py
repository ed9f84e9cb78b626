"""Matrices of vectors: checked once, then read-only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordlab.errors import FormatError
from wordlab.text.vocabulary import Vocabulary

_NUMBERS_AT_ONCE = 1 << 18


def checked_matrix(
    matrix: np.ndarray | Sequence[Sequence[float]], name: str, vocabulary: Vocabulary | None = None
) -> np.ndarray:
    """A read-only float32 view or copy of `matrix`; FormatError if a number in it is not finite."""
    with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, and is refused as such
        array = np.ascontiguousarray(matrix, dtype=np.float32).view(np.ndarray)
    # A memory-mapped matrix is checked when it is loaded or first used; checking it here would read it all.
    if not isinstance(matrix, np.memmap):
        check_finite(array, name, vocabulary)
    array.flags.writeable = False
    return array


def check_finite(matrix: np.ndarray, name: str, vocabulary: Vocabulary | None = None) -> None:
    """Raise FormatError if a number in `matrix` is not finite; it names the word of the row, or the row.

    A megabyte or so at a time, so that a mapped matrix is read once and never copied.
    """
    if matrix.ndim != 2:
        return
    step = max(1, _NUMBERS_AT_ONCE // max(1, matrix.shape[1]))
    for start in range(0, len(matrix), step):
        rows = matrix[start : start + step]
        if not np.isfinite(rows).all():
            row = start + int(np.argmin(np.isfinite(rows).all(axis=1)))
            where = f"row {row}"
            if vocabulary is not None and row < len(vocabulary):
                where = f"the vector of {vocabulary.words[row]!r}"
            found = "NaN" if np.isnan(matrix[row]).any() else "infinity"
            raise FormatError(f"expected finite numbers in {name}, found {found} in {where}")
