"""Noise words as word2vec.c and gensim draw them: a 48-bit generator and a table of cumulative counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.jit import cached_njit

MULTIPLIER = np.uint64(25_214_903_917)
INCREMENT = np.uint64(11)
MASK = np.uint64(2**48 - 1)
STRETCH_BITS = np.uint64(15)


class Noise(NamedTuple):
    """A distribution of noise words; `noise_lookup` makes it.

    `cumulative` uint32 (V,): word w has the share (cumulative[w] - cumulative[w - 1]) / cumulative[-1].
    `first_words` int32 shortens the search: its entry i is the first word whose cumulative entry
    reaches i * 2**15.
    """

    cumulative: np.ndarray
    first_words: np.ndarray


def noise_lookup(cumulative: np.ndarray) -> Noise:
    """The distribution with the given cumulative table, uint32 (V,)."""
    if not len(cumulative):  # nothing will be drawn
        return Noise(cumulative, np.empty(0, np.int32))
    starts = np.arange((int(cumulative[-1]) >> int(STRETCH_BITS)) + 2, dtype=np.int64) << int(STRETCH_BITS)
    return Noise(cumulative, np.searchsorted(cumulative, starts, side="left").astype(np.int32))


@cached_njit
def next_state(state: np.uint64) -> np.uint64:  # pragma: no cover - compiled
    """The state that follows `state` in the 48-bit generator of word2vec.c, gensim and Java."""
    return (state * MULTIPLIER + INCREMENT) & MASK


@cached_njit
def draw_word(noise: Noise, state: np.uint64) -> int:  # pragma: no cover - compiled
    """The noise word that `state` stands for: the first whose entry reaches the state's high bits."""
    sought = (state >> np.uint64(16)) % np.uint64(noise.cumulative[-1])
    stretch = sought >> STRETCH_BITS
    low = int(noise.first_words[stretch])
    high = int(noise.first_words[stretch + np.uint64(1)])
    while low < high:
        middle = (low + high) >> 1
        if noise.cumulative[middle] >= sought:
            high = middle
        else:
            low = middle + 1
    return low
