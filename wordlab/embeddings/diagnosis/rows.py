"""One pass through a matrix: the length of each row, and a number that equal rows share."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.queries import row_blocks

_SEED = 20_221_120  # of the multipliers; any do, as equal hashes are compared again


class RowFacts(NamedTuple):
    """`norms`, float64 (V,), and `hashes`, uint64 (V,), which are equal for equal rows.

    `unit_sum`, float64 (D,), is the sum of all rows at length 1; zero rows have no part in it.
    """

    norms: np.ndarray
    hashes: np.ndarray
    unit_sum: np.ndarray


def read_rows(matrix: np.ndarray) -> RowFacts:
    """The facts of the rows of a float32 `matrix` (V, D), read some megabytes at a time."""
    num_rows, dim = matrix.shape
    norms, hashes, unit_sum = np.empty(num_rows), np.empty(num_rows, np.uint64), np.zeros(dim)
    factors = np.random.default_rng(_SEED).integers(0, 2**63, dim, dtype=np.uint64) * 2 + 1
    for block in row_blocks(matrix):
        rows = matrix[block] + np.float32(0)  # -0 is 0
        norms[block] = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
        hashes[block] = (rows.view(np.uint32) * factors).sum(axis=1, dtype=np.uint64)
        scales = np.where(norms[block] > 0, norms[block], 1)
        unit_sum += (rows / scales[:, None]).sum(axis=0)
    return RowFacts(norms, hashes, unit_sum)


def equal_rows(matrix: np.ndarray, hashes: np.ndarray) -> list[list[int]]:
    """Groups of two or more ids whose rows are exactly equal, each ascending, by their first ids."""
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.diff(hashes[order], prepend=hashes[order[:1]] + np.uint64(1)))
    bounds = [*starts.tolist(), len(order)]
    groups: list[list[int]] = []
    for start, stop in pairwise(bounds):
        if stop - start > 1:
            by_row: dict[bytes, list[int]] = {}
            for id in order[start:stop].tolist():
                by_row.setdefault((matrix[id] + np.float32(0)).tobytes(), []).append(id)
            groups += [ids for ids in by_row.values() if len(ids) > 1]
    return sorted(groups)
