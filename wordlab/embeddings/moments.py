"""The mean of all rows of a matrix and their principal axes, read some megabytes at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.embeddings.queries import row_blocks, unit_rows
from wordlab.resources import one_thread


class Moments(NamedTuple):
    """`mean` (D,), `axes` (D, D) with a principal axis in each column, and `variances` along them (D,).

    The largest variance comes first. All are float64.
    """

    mean: np.ndarray
    axes: np.ndarray
    variances: np.ndarray


def find_moments(matrix: np.ndarray, *, unit: bool = False) -> Moments:
    """The moments of the rows of `matrix` (n, D), scaled to length 1 if `unit`.

    The largest entry of an axis is positive, so that equal matrices always give equal axes.
    """
    dim = matrix.shape[1]
    total, products = np.zeros(dim), np.zeros((dim, dim))
    with one_thread():  # so that no sum depends on the number of threads
        for block in row_blocks(matrix):
            total += _rows(matrix, block, unit).sum(axis=0, dtype=np.float64)
        mean = total / len(matrix)
        for block in row_blocks(matrix):
            centred = _rows(matrix, block, unit) - mean
            products += centred.T @ centred
        variances, axes = np.linalg.eigh(products / len(matrix))
    axes, variances = axes[:, ::-1], np.maximum(variances[::-1], 0)
    return Moments(mean, axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(dim)]), variances)


def _rows(matrix: np.ndarray, block: slice, unit: bool) -> np.ndarray:
    return unit_rows(matrix[block]) if unit else matrix[block]
