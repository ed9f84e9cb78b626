"""Intervals by drawing the items of a test again and again (Efron and Tibshirani 1993, chapter 13)."""

from __future__ import annotations

import numpy as np

from wordlab.errors import ConfigError

_MIN_PAIRS = 3  # with two, any numbers correlate fully


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
    level: float = 0.95,
    ranked: bool = True,
) -> tuple[float, float]:
    """The percentile bootstrap interval of a correlation (Efron & Tibshirani 1993, chapter 13).

    It is Spearman's or, unless `ranked`, Pearson's. Pairs are drawn with replacement, and ranked afresh in
    each resample. `scipy.stats.bootstrap` with ``paired`` draws the same, but its interval is NaN as soon as
    one resample holds a single pair.
    """
    draws = np.random.default_rng(seed).integers(0, len(x), (num_resamples, len(x)))
    found = resampled_correlations(x, y, draws, ranked=ranked)
    found = found[~np.isnan(found)]
    if not len(found):
        return (-1.0, 1.0)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


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
