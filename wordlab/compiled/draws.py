"""What the compiled threads draw: which tokens survive, how far windows reach, which words are noise.

All are pure functions of the epoch's key and a position in the corpus, so that they do not depend on
who computes them, when, or how the corpus was cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.lanes import either
from wordlab.compiled.parts import inlined

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Text(NamedTuple):
    """What is read, and how."""

    token_ids: np.ndarray
    """int32 (num_tokens,), as in a Corpus."""
    line_offsets: np.ndarray
    """int64 (num_lines + 1,)."""
    keep: np.ndarray
    """float32 (num_words,): the probability that a token of each word survives subsampling."""
    window: int
    """The largest distance between a word and its context."""
    line_end: int = -1
    """The id of the word that follows the last one of each line; -1 for none."""


def epoch_keys(seed: int, num_epochs: int) -> np.ndarray:
    """The key from which the kernel makes all draws of an epoch, uint64 (num_epochs,)."""
    return np.random.SeedSequence(seed).generate_state(num_epochs, np.uint64)


@inlined
def mix(state):
    """64 well-mixed bits from a counter (splitmix64, Steele et al. 2014)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@inlined
def uniform(bits):
    """A float32 in [0, 1) made of the low 24 of 64 bits."""
    return np.float32(bits & np.uint64(0xFFFFFF)) * np.float32(2.0**-24)


@inlined
def below(bits, limit):
    """A whole number in [0, limit) made of the high 32 of 64 bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@inlined
def survives(position, id, keep, epoch_key):
    """Whether the token at `position` outlives subsampling in the epoch that `epoch_key` stands for.

    A pure function of the position, so that a window reaching beyond its span sees exactly the tokens
    that the neighbouring span sees. The end of line i, which has no position, has -1 - i.
    """
    return uniform(mix(epoch_key + np.uint64(position) * GOLDEN)) < keep[id]


@inlined
def line_of(position, line_offsets):
    """The line of the token at `position`.

    `np.searchsorted` finds it, too; to compile it takes as long as the rest of what is drawn.
    """
    low, high = 0, len(line_offsets)
    while low < high:
        middle = (low + high) // 2
        if line_offsets[middle] <= position:
            low = middle + 1
        else:
            high = middle
    return low - 1


@inlined
def reached(text, first, stop, epoch_key):
    """The tokens [low, high) that the windows of [first, stop) reach: `window` that survive on either side.

    Returns (low, high, the line of `first`, how many survive before `first`, and from `stop` on).
    """
    token_ids, line_offsets, keep, window, line_end = text
    line, last_line = line_of(first, line_offsets), line_of(stop - 1, line_offsets)
    last_line_stop = line_offsets[last_line + 1]
    low, before = first, 0
    while low > line_offsets[line] and before < window:
        low -= 1
        before += survives(low, token_ids[low], keep, epoch_key)
    high, after = stop, 0
    while high < last_line_stop and after < window:
        after += survives(high, token_ids[high], keep, epoch_key)
        high += 1
    if line_end >= 0 and stop < high == last_line_stop:
        after += survives(-1 - last_line, line_end, keep, epoch_key)
    return low, high, line, before, after


@inlined
def subsample(text, first, stop, epoch_key, kept, left, right):
    """Fill `kept` with the ids that survive in [first, stop) and `window` more on either side.

    left[i] and right[i] bound the line of kept[i] within `kept`. Returns the range of `kept` that
    belongs to the span itself. The end of a line belongs to the span of the line's last token.
    """
    token_ids, line_offsets, keep, _, line_end = text
    low, high, line, before, after = reached(text, first, stop, epoch_key)
    n, position = 0, low
    while position < high:
        begin = n
        line_stop = min(line_offsets[line + 1], high)
        while position < line_stop:
            kept[n] = token_ids[position]
            n += survives(position, kept[n], keep, epoch_key)  # overwritten next time if it does not
            position += 1
        if line_end >= 0 and line_offsets[line] < line_stop == line_offsets[line + 1]:
            kept[n] = line_end
            n += survives(-1 - line, line_end, keep, epoch_key)
        left[begin:n] = begin
        right[begin:n] = n
        line += 1
    return before, n - after


@inlined
def window_bounds(i, reach, left, right):
    """The window of position i: [low, high), `reach` to either side, within its line [left, right)."""
    return max(left, i - reach), min(right, i + reach + 1)


@inlined
def noise_word(bits, accept, alias):
    """A word made of 64 bits, from the tables of `noise_tables` (Walker's alias method)."""
    slot = below(bits, len(alias))
    return either(uniform(bits) < accept[slot], slot, np.int64(alias[slot]))


@inlined
def draw(kept, begin, end, noise_accept, noise_alias, window, shrink, state, targets, left, right):
    """Draw targets[i] = (centre, noise words) for each kept position, and how far its window reaches.

    left[i] and right[i], the bounds of its line, become those of its window.
    """
    for i in range(begin, end):
        state += GOLDEN
        reach = 1 + below(mix(state), window) if shrink else window
        left[i], right[i] = window_bounds(i, reach, left[i], right[i])
        targets[i, 0] = kept[i]
        for k in range(1, targets.shape[1] if len(noise_alias) else 1):
            state += GOLDEN
            targets[i, k] = noise_word(mix(state), noise_accept, noise_alias)
