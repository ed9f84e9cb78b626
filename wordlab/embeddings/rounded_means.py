"""One term of a rounded mean, found from the mean: by bisection over all float32 numbers.

A sum that is rounded after each addition never falls when one of its terms rises. So if there is a term
that makes the mean equal in each bit, bisection finds it.
"""

from __future__ import annotations

import numpy as np

_LARGEST = int(np.array(np.finfo(np.float32).max).view(np.int32))
_NEAR = 128  # places; the answer is mostly nearer to the estimate


def find_terms(
    estimates: np.ndarray,
    targets: np.ndarray,
    elements: tuple[np.ndarray, ...],
    offsets: np.ndarray,
    rows: np.ndarray,
    table: np.ndarray,
) -> np.ndarray:
    """The first terms, float32 (num_elements,), whose `ngrams.mean_vectors` come nearest to `targets`.

    `elements` are the indices (word, column), at least one, of those of `targets` (num_words, dim) that
    are looked for, `estimates` (num_words, dim) where to begin; the other terms are as in `mean_vectors`.
    """
    counts = np.diff(offsets)[elements[0]]
    order = np.argsort(-counts, kind="stable")  # so that those with a k-th further term come first
    words, columns = elements[0][order], elements[1][order]
    counts = counts[order]
    num_with = np.searchsorted(-counts, -np.arange(counts[0]), side="left")
    terms = [
        table[rows[offsets[words[:number]] + place], columns[:number]]
        for place, number in enumerate(num_with)
    ]
    means = _Means(terms, (1.0 / (counts + 1)).astype(np.float32))
    wanted = targets[words, columns]
    start = _to_ordinals(estimates[words, columns])
    low, high = np.maximum(start - _NEAR, -_LARGEST), np.minimum(start + _NEAR, _LARGEST)
    between = (means.of(low) < wanted) & (means.of(high) >= wanted)
    found = np.empty(len(order), np.float32)
    found[between] = _bisect(wanted[between], low[between], high[between], means.part(between))
    if not between.all():
        rest = np.flatnonzero(~between)
        found[rest] = _bisect(
            wanted[rest], np.full(len(rest), -_LARGEST), np.full(len(rest), _LARGEST), means.part(~between)
        )
    result = np.empty_like(found)
    result[order] = found
    return result


class _Means:
    """Rounded means of which all terms but the first are known."""

    def __init__(self, terms: list[np.ndarray], scale: np.ndarray) -> None:
        self._terms = terms  # the k-th further term, of those elements that have one
        self._scale = scale

    def of(self, ordinals: np.ndarray) -> np.ndarray:
        """The means, float32 (num_elements,), if the first terms are these."""
        total = _from_ordinals(ordinals)
        with np.errstate(over="ignore", invalid="ignore"):
            for term in self._terms:
                total[: len(term)] += term
            return np.asarray(total * self._scale)

    def part(self, chosen: np.ndarray) -> _Means:
        """The means of the elements that are chosen, bool (num_elements,)."""
        return _Means([term[chosen[: len(term)]] for term in self._terms], self._scale[chosen])


def _bisect(targets: np.ndarray, low: np.ndarray, high: np.ndarray, means: _Means) -> np.ndarray:
    """The numbers from `low` (too little) to `high` (enough) whose means come nearest to `targets`."""
    while np.any(high - low > 1):
        middle = (low + high) // 2
        reached = means.of(middle) >= targets
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    with np.errstate(over="ignore", invalid="ignore"):
        too_much = means.of(high).astype(np.float64) - targets
        too_little = targets - means.of(low).astype(np.float64)
    return np.asarray(np.where(too_little < too_much, _from_ordinals(low), _from_ordinals(high)))


def _to_ordinals(numbers: np.ndarray) -> np.ndarray:
    """How many places above zero float32 numbers stand, int64, or below it if negative."""
    bits = np.nan_to_num(numbers).view(np.int32).astype(np.int64)
    return np.asarray(np.where(bits < 0, -(bits & 0x7FFFFFFF), bits))


def _from_ordinals(ordinals: np.ndarray) -> np.ndarray:
    """The float32 numbers that stand so many places above zero, or below it if negative."""
    magnitudes = np.abs(ordinals).astype(np.int32).view(np.float32)
    return np.asarray(np.where(ordinals < 0, -magnitudes, magnitudes))
