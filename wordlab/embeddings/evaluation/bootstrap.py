"""Intervals by drawing the items of a test again and again (Efron and Tibshirani 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from wordlab.errors import ConfigError

LEVEL = 0.95
"""The share of resamples between the ends of an interval."""

_MIN_PAIRS = 3  # with two, any numbers correlate fully
_DRAWN_AT_ONCE = 1 << 22  # items

Interval = tuple[float, float]


class Sample(Protocol):
    """The items of a test, which can be drawn again."""

    @property
    def num_items(self) -> int:
        """How many pairs, words or questions there are."""

    @property
    def num_units(self) -> int:
        """How many things are drawn: the items, or clusters of them."""

    @property
    def value(self) -> float | None:
        """The score; None where the items are too few for one."""

    def resampled(self, draws: np.ndarray) -> np.ndarray:
        """The score of each of the `draws` (num_resamples, num_units); NaN where it has none."""


class Correlation(NamedTuple):
    """Spearman's correlation of people's scores with cosines, float64 (num_pairs,) each."""

    human: np.ndarray
    cosines: np.ndarray

    @property
    def num_items(self) -> int:
        """How many pairs there are."""
        return len(self.human)

    @property
    def num_units(self) -> int:
        """As many: pairs are drawn one by one."""
        return len(self.human)

    @property
    def value(self) -> float | None:
        """The correlation; None where it has none."""
        from scipy.stats import spearmanr

        possible = can_correlate(self.human, self.cosines)
        return float(spearmanr(self.human, self.cosines)[0]) if possible else None

    def resampled(self, draws: np.ndarray) -> np.ndarray:
        """The correlation of each resample, ranked afresh."""
        return resampled_correlations(self.human, self.cosines, draws)


class Share(NamedTuple):
    """The mean of `values` (num_items,), those of the same `cluster` (num_items,) drawn together.

    Clusters have numbers from 0 on. Questions about the same words succeed or fail together; drawn one by
    one they would make intervals too narrow.
    """

    values: np.ndarray
    cluster: np.ndarray

    @property
    def num_items(self) -> int:
        """How many questions or words there are."""
        return len(self.values)

    @property
    def num_units(self) -> int:
        """How many clusters there are."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    @property
    def value(self) -> float | None:
        """The mean; None without items."""
        return float(self.values.sum() / len(self.values)) if len(self.values) else None

    def resampled(self, draws: np.ndarray) -> np.ndarray:
        """The mean of each resample."""
        sums, sizes = np.bincount(self.cluster, self.values), np.bincount(self.cluster)
        return np.asarray(sums[draws].sum(axis=1) / sizes[draws].sum(axis=1))


def numbered(names: Sequence[object]) -> np.ndarray:
    """The cluster of each name, int64 (n,), equal names having the same, from 0 in order of appearance."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def interval_of(sample: Sample, *, num_resamples: int, seed: int) -> Interval | None:
    """The 95% percentile interval of a sample's score; None where it has none, or only one thing to draw."""
    if sample.value is None or sample.num_units < 2:
        return None
    (found,) = resample([sample], num_resamples=num_resamples, seed=seed)
    return between(found)


def resample(samples: Sequence[Sample], *, num_resamples: int, seed: int) -> list[np.ndarray]:
    """The scores of resamples, (num_resamples,) for each of `samples`, whose items are the same.

    All see the same draws, so that their differences are those of a paired bootstrap.
    """
    rng, num_units = np.random.default_rng(seed), samples[0].num_units
    parts: list[list[np.ndarray]] = [[] for _ in samples]
    for num_rows in _blocks(num_resamples, num_units):
        draws = rng.integers(0, num_units, (num_rows, num_units))
        for part, sample in zip(parts, samples, strict=True):
            part.append(sample.resampled(draws))
    return [np.concatenate(part) for part in parts]


def _blocks(num_resamples: int, num_units: int) -> Iterator[int]:
    """How many resamples to draw at once, as memory should not grow with their number."""
    most = max(1, _DRAWN_AT_ONCE // max(1, num_units))
    for start in range(0, num_resamples, most):
        yield min(most, num_resamples - start)


def between(found: np.ndarray) -> Interval | None:
    """The 95% percentile interval of the scores of resamples, NaN left out; None if all are NaN."""
    found = found[~np.isnan(found)]
    if not len(found):
        return None
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def check_seed(seed: int) -> None:
    """Raise ConfigError for a seed that numpy does not take."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ConfigError(f"seed: expected a whole number of 0 or more, found {seed!r}")


def can_correlate(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether there are pairs enough for a correlation, and neither side is constant."""
    return len(x) >= _MIN_PAIRS and np.ptp(x) > 0 and np.ptp(y) > 0


def bootstrap_interval(
    x: np.ndarray,
    y: np.ndarray,
    *,
    num_resamples: int = 1000,
    seed: int = 1,
    ranked: bool = True,
) -> Interval:
    """The 95% percentile bootstrap interval of a correlation (Efron & Tibshirani 1993, chapter 13).

    It is Spearman's or, unless `ranked`, Pearson's. Pairs are drawn with replacement, and ranked afresh in
    each resample. `scipy.stats.bootstrap` with ``paired`` draws the same, but its interval is NaN as soon as
    one resample holds a single pair.
    """
    draws = np.random.default_rng(seed).integers(0, len(x), (num_resamples, len(x)))
    return between(resampled_correlations(x, y, draws, ranked=ranked)) or (-1.0, 1.0)


def resampled_correlations(
    x: np.ndarray, y: np.ndarray, draws: np.ndarray, *, ranked: bool = True
) -> np.ndarray:
    """The correlation, Spearman's if `ranked` or else Pearson's, of each resample of pairs, (num_resamples,).

    `draws` (num_resamples, n) are the pairs of each. NaN for a resample that holds a single pair, as one of
    few may.
    """
    from scipy.stats import rankdata

    drawn = [rankdata(values[draws], axis=1) if ranked else values[draws] for values in (x, y)]
    left, right = (values - values.mean(axis=1, keepdims=True) for values in drawn)
    spread = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    products = (left * right).sum(axis=1)
    found = np.full(len(draws), np.nan)
    np.divide(products, spread, out=found, where=spread > 0)
    return found
