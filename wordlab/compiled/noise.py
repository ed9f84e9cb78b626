"""Noise words by Walker's alias method: exact, and one look-up a draw."""

from __future__ import annotations

import numpy as np

from wordlab.compiled.jit import cached_njit


def noise_tables(counts: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Alias tables (accept, alias) that draw word w in proportion to counts[w] ** exponent.

    Both have shape (V,), float32 and int32. Draw a slot uniformly; keep it with probability
    accept[slot], otherwise take alias[slot] (Walker 1977, built as Vose 1991 does). Unlike a table
    of samples it is exact and small, and every word with a positive count can be drawn. A word
    whose count is not known, 0, never is, whatever the exponent.

    >>> accept, alias = noise_tables(np.array([3, 1]), 1.0)
    >>> accept.tolist(), alias.tolist()
    ([1.0, 0.5], [0, 0])
    """
    # Scaled by the largest count first, so that no exponent overflows.
    shares = (counts / counts.max()).astype(np.float64)
    weights = np.power(shares, exponent, where=counts > 0, out=np.zeros(len(counts)))
    load = weights * (len(weights) / weights.sum())
    accept, alias = np.ones(len(load), np.float32), np.arange(len(load), dtype=np.int32)
    _fill(accept, alias, load, *np.empty((2, len(load)), np.int64))
    return accept, alias


@cached_njit(error_model="numpy", _nrt=False)
def _fill(
    accept: np.ndarray, alias: np.ndarray, load: np.ndarray, light: np.ndarray, heavy: np.ndarray
) -> None:  # pragma: no cover - compiled
    """Arrays are made by the caller: numba takes longer to compile their making than all the rest."""
    num_light = num_heavy = 0
    for word in range(len(load)):
        if load[word] < 1:
            light[num_light] = word
            num_light += 1
        else:
            heavy[num_heavy] = word
            num_heavy += 1
    while num_light and num_heavy:  # what is left over differs from 1 by rounding only
        num_light -= 1
        word, donor = light[num_light], heavy[num_heavy - 1]
        accept[word] = load[word]
        alias[word] = donor
        load[donor] -= 1 - load[word]
        if load[donor] < 1:
            num_heavy -= 1
            light[num_light] = donor
            num_light += 1
