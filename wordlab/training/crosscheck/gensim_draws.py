"""Everything that gensim draws at random, or derives from the corpus, without gensim.

With one worker gensim 4 is deterministic. It takes its batches of lines one by one; for each it seeds
a 48-bit generator from numpy's RandomState, drops words, and draws windows and noise words. Here is
each of these steps, so that the same words meet in the same order with the same learning rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from wordlab.compiled.jit import cached_njit
from wordlab.training.crosscheck.noise import next_state

BATCH_WORDS = 10_000  # gensim's MAX_WORDS_IN_BATCH: of a longer line the rest is not read
NOISE_DOMAIN = 2**31 - 1
KEEP_DOMAIN = 2**32 - 1


class Numbering(NamedTuple):
    """A corpus under gensim's numbering of words.

    `order` (num_words,) are the corpus's own ids in gensim's order: by descending count, and where
    counts are equal the word seen last comes first. `token_ids` int32 (num_tokens,) are gensim's;
    `counts` int64 (num_words,).
    """

    order: np.ndarray
    token_ids: np.ndarray
    counts: np.ndarray


def renumber(token_ids: np.ndarray) -> Numbering:
    """Number the words of a text as ``build_vocab`` with min_count 1 does.

    >>> renumber(np.array([7, 3, 3, 5])).order.tolist()
    [3, 5, 7]
    """
    counts = np.bincount(token_ids)
    first_seen = np.zeros(len(counts), np.int64)
    first_seen[token_ids[::-1]] = np.arange(len(token_ids))[::-1]  # the last assignment stays
    order = np.lexsort((-first_seen, -counts))[: np.count_nonzero(counts)]
    new_ids = np.zeros(len(counts), np.int32)
    new_ids[order] = np.arange(len(order), dtype=np.int32)
    return Numbering(order, new_ids[token_ids], counts[order])


def noise_table(counts: np.ndarray, exponent: float) -> np.ndarray:
    """gensim's cumulative table for noise words, uint32 (V,), in proportion to counts ** exponent."""
    # The powers are Python's: numpy's vectorised ones may differ in the last bit.
    unique, inverse = np.unique(counts, return_inverse=True)
    powers = np.array([float(count) ** float(exponent) for count in unique.tolist()])[inverse]
    cumulative = np.cumsum(powers)
    return np.asarray(np.rint(cumulative / cumulative[-1] * NOISE_DOMAIN), dtype=np.uint32)


def keep_thresholds(counts: np.ndarray, subsample: float) -> np.ndarray:
    """gensim's sample_int, uint32 (V,): a word stays where 32 random bits are at most this."""
    threshold = subsample * counts.sum()
    keep = (np.sqrt(counts / threshold) + 1) * (threshold / counts)
    return np.asarray(np.minimum(keep, 1.0) * KEEP_DOMAIN).astype(np.uint32)


def initial_vectors(num_words: int, dim: int, seed: int) -> np.ndarray:
    """gensim's input vectors before training, float32 (num_words, dim), uniform in [-1, 1) / dim.

    Those of its FastText's buckets are drawn alike, with the seed that follows.
    """
    vectors = np.random.default_rng(seed).random((num_words, dim), dtype=np.float32)
    vectors *= 2.0
    vectors -= 1.0
    vectors /= dim
    return vectors


def batches(line_offsets: np.ndarray) -> Iterator[tuple[int, int]]:
    """gensim's jobs as (first line, line after the last): whole lines, 10,000 words at most.

    A line longer than that is a job alone. Where it is the very first, an empty job comes before it,
    for which gensim draws a seed all the same.
    """
    first = 0
    for line in range(len(line_offsets) - 1):
        if line_offsets[line + 1] - line_offsets[first] > BATCH_WORDS:
            yield first, line
            first = line
    yield first, len(line_offsets) - 1


def batch_seed(generator: np.random.RandomState) -> np.uint64:
    """The state of the 48-bit generator at the beginning of a batch."""
    high, low = generator.randint(0, 2**24), generator.randint(0, 2**24)
    return np.uint64(2**24 * high + low)


def window_reaches(generator: np.random.RandomState, n: int, window: int, *, shrink: bool) -> np.ndarray:
    """How far the windows of a batch's `n` words reach, int64 (n,): all of `window`, or less at random."""
    if not shrink:
        return np.full(n, window, dtype=np.int64)
    return window - generator.randint(0, window, n).astype(np.int64)


def learning_rate(start: float, stop: float, progress: float) -> np.float32:
    """The step size of a batch when the share `progress` of all lines of all epochs went before."""
    return np.float32(max(stop, start - (start - stop) * progress))


@cached_njit
def kept_words(
    token_ids: np.ndarray, line_offsets: np.ndarray, thresholds: np.ndarray, state: np.uint64
) -> tuple[np.ndarray, np.ndarray, np.uint64]:  # pragma: no cover - compiled
    """The words of a batch that outlive subsampling, their line offsets, the generator's next state.

    `line_offsets` are those of the batch's lines within `token_ids`. Without `thresholds` (0,) nothing
    is drawn or dropped. Reading ends with the 10,000th word kept.
    """
    kept = np.empty(BATCH_WORDS, np.int32)
    bounds = np.zeros(len(line_offsets), np.int64)
    n = 0
    for line in range(len(line_offsets) - 1):
        for position in range(line_offsets[line], line_offsets[line + 1]):
            if n == BATCH_WORDS:
                break
            word = token_ids[position]
            if len(thresholds):
                bits = state >> np.uint64(16)
                state = next_state(state)
                if thresholds[word] < bits:
                    continue
            kept[n] = word
            n += 1
        bounds[line + 1] = n
    return kept[:n], bounds, state
