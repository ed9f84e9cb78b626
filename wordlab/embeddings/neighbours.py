"""The nearest words of all words of a set at once, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.queries import nearest_rows, row_norms
from wordlab.progress import OnProgress, Reporter

_AT_ONCE = 1_024  # words whose neighbours are looked for between two reports of progress


class Neighbours(NamedTuple):
    """For each of n words its nearest, best first: `ids`, int32 (n, k), and `cosines`, float32 (n, k)."""

    ids: np.ndarray
    cosines: np.ndarray


def all_neighbours(matrix: np.ndarray, k: int, reporter: Reporter, *, first: int = 0) -> Neighbours:
    """The `k` nearest rows of each row of `matrix` (n, D), without itself; n - 1 if that is less.

    The same ids and cosines as `WordVectors.nearest` gives. Rows are counted to `reporter` from `first`.
    """
    k = min(k, len(matrix) - 1)
    ids, cosines = np.empty((len(matrix), k), np.int32), np.empty((len(matrix), k), np.float32)
    norms = row_norms(matrix)
    for start in range(0, len(matrix) if k else 0, _AT_ONCE):
        part = range(start, min(start + _AT_ONCE, len(matrix)))
        rankings = nearest_rows(matrix, norms, matrix[part.start : part.stop], k, [[id] for id in part])
        for id, ranking in zip(part, rankings, strict=True):
            ids[id] = [other for other, _ in ranking]
            cosines[id] = [cosine for _, cosine in ranking]
        reporter.update(first + part.stop)
    return Neighbours(ids, cosines)


def neighbours_in_each(
    matrices: Sequence[np.ndarray], k: int, on_progress: OnProgress | None = None
) -> list[np.ndarray]:
    """The ids of the `k` nearest rows of each row, int32 (n, k), in every one of `matrices` of n rows."""
    num_rows = len(matrices[0])
    reporter = Reporter(on_progress, "compare neighbours", "words", len(matrices) * num_rows)
    found = [
        all_neighbours(matrix, k, reporter, first=number * num_rows).ids
        for number, matrix in enumerate(matrices)
    ]
    reporter.report(len(matrices) * num_rows)
    return found


def num_shared(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """How many ids each row of `left` (n, k) has in common with the same row of `right`, int64 (n,)."""
    both = np.sort(np.concatenate([left, right], axis=1), axis=1)
    return np.asarray((both[:, 1:] == both[:, :-1]).sum(axis=1))
