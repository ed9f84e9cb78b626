"""Words of one set found in another that stands in the same space."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wordlab.embeddings.queries import unit_rows

_AT_ONCE = 1_024


def retrieval_ranks(
    asked: np.ndarray, wanted: np.ndarray, vectors: np.ndarray, other: np.ndarray, *, k: int = 10,
    report: Callable[[int], None] = lambda _: None,
) -> np.ndarray:  # fmt: skip
    """The rank, from 0, of row ``wanted[i]`` of `other` for the row ``asked[i]`` of `vectors`, int64 (n,).

    Candidates are all rows of `other` (num_candidates, D), ordered by cross-domain similarity local scaling
    (Conneau et al. 2018, "Word Translation Without Parallel Data", section 2.3),

        2 cos(x, y) - r(x) - r(y),

    where r is the mean cosine of a row with its `k` nearest in the other matrix: rows that are near to
    everything do not win. `report` is told how many rows have been compared so far, of `num_candidates`
    and then n.
    """
    left, right = unit_rows(vectors), unit_rows(other)
    hubness = _mean_of_nearest(right, left, k, report)
    ranks = np.empty(len(asked), np.int64)
    for start in range(0, len(asked), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        scores = 2 * (left[asked[part]] @ right.T) - hubness  # r(x) is the same for all candidates
        own = scores[np.arange(len(scores)), wanted[part]][:, None]
        ranks[part] = (scores > own).sum(axis=1)
        report(len(right) + min(start + _AT_ONCE, len(asked)))
    return ranks


def _mean_of_nearest(
    rows: np.ndarray, others: np.ndarray, k: int, report: Callable[[int], None]
) -> np.ndarray:
    """The mean cosine of each row with its `k` nearest of `others`, float32 (num_rows,)."""
    k = min(k, len(others))
    means = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        cosines = rows[start : start + _AT_ONCE] @ others.T
        nearest = np.partition(cosines, len(others) - k, axis=1)[:, len(others) - k :]
        means[start : start + _AT_ONCE] = nearest.mean(axis=1)
        report(min(start + _AT_ONCE, len(rows)))
    return means
