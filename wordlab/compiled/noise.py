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
    accept, alias = _alias_tables(weights * (len(weights) / weights.sum()))
    return accept, alias


@cached_njit
def _alias_tables(load: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    n = len(load)
    accept = np.ones(n, np.float32)
    alias = np.arange(n).astype(np.int32)
    light = np.empty(n, np.int64)
    heavy = np.empty(n, np.int64)
    num_light = num_heavy = 0
    for word in range(n):
        if load[word] < 1:
            light[num_light] = word
            num_light += 1
        else:
            heavy[num_heavy] = word
            num_heavy += 1
    while num_light and num_heavy:
        num_light -= 1
        word, donor = light[num_light], heavy[num_heavy - 1]
        accept[word] = load[word]
        alias[word] = donor
        load[donor] -= 1 - load[word]
        if load[donor] < 1:
            num_heavy -= 1
            light[num_light] = donor
            num_light += 1
    return accept, alias  # what is left over differs from 1 by rounding only
