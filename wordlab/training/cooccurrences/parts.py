"""Rows of unequal length, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def parts_of(offsets: np.ndarray, most: int) -> Iterator[slice]:
    """Rows that follow each other, of at most `most` elements together; a longer one is alone.

    Row i has the elements from ``offsets[i]`` to ``offsets[i + 1]``.

    >>> list(parts_of(np.array([0, 2, 3, 9, 10]), 3))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    first, num_rows = 0, len(offsets) - 1
    while first < num_rows:
        stop = int(np.searchsorted(offsets, offsets[first] + most, side="right")) - 1
        stop = max(first + 1, stop)
        yield slice(first, stop)
        first = stop
