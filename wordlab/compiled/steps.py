"""Rows that are combined before they meet their targets: the mean or sum of a group of input vectors.

A step needs rows x_j and targets (kernels.py). Where each row is one input vector, as in skip-gram, the
kernel reads it in place. Where a row is made of several, such as the words of a CBOW window or the words of
a text, `gather` combines the group into a row of a `Round`, the kernel finds that row's change, and
`scatter` adds it to every member of the group. Members can have weights, and a vector for each place in the
group that multiplies them element by element (position weights, Mikolov et al. 2018, section 2.2).

Words made of subwords are combined before all that: `compose` writes the means of a stretch of words, which
are then rows like any other and change from window to window; `decompose` adds the change of each word to
all of its members, once a stretch. As each member of a mean gets the whole change, the mean itself changes
by as much: a word moves as if it had been read anew for each window.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.jit import cached_njit
from wordlab.compiled.kernels import FAST, ONE, ZERO, add_to_all, clear, combine, prefetch_row
from wordlab.compiled.lanes import LANES, load, splat, stack_blocks, store
from wordlab.compiled.rows import padded_zeros

# Called once a stretch: a function of its own, compiled once for all models.
_SEPARATE: dict[str, Any] = {"nogil": True, "fastmath": FAST, "error_model": "numpy", "_nrt": False}


class Rows(NamedTuple):
    """What a step changes, all float32 (num_rows, dim rounded up to LANES)."""

    inputs: np.ndarray
    outputs: np.ndarray
    positions: np.ndarray
    """A row for each place in a group; or none, if places do not matter."""


class Members(NamedTuple):
    """Which rows of the inputs a word is the mean of: word w has ``ids[offsets[w]:offsets[w + 1]]``."""

    offsets: np.ndarray
    """int64 (num_words + 1,); or (1,), if each word is the row of its id."""
    ids: np.ndarray
    """uint32 (num_members,)."""


class Round(NamedTuple):
    """What threads share between the halves of a round, one row a window."""

    steps: np.ndarray
    """float32 (round_length, pairs): the steps g_jk of a window."""
    losses: np.ndarray
    """float64 (round_length,): the sum of the losses of its pairs."""
    hidden: np.ndarray
    """float32 (round_length * max_groups, dim): the combinations of groups,"""
    hidden_changes: np.ndarray
    """and by how much each is to change."""
    hidden_ids: np.ndarray
    """uint32 (round_length * max_groups,): 0, 1, 2 ... the ids of the rows of `hidden`."""
    words: np.ndarray
    """float32 (stretch, dim): the words of a stretch, made of their members,"""
    words_before: np.ndarray
    """and what they were at its beginning."""


def empty_round(length: int, *, num_pairs: int, max_groups: int, dim: int, stretch: int = 0) -> Round:
    """Room for rounds of `length` windows of at most `num_pairs` pairs and `max_groups` groups each.

    `stretch` is the most words that are made of members at a time.
    """
    num_hidden = length * max_groups
    return Round(
        steps=padded_zeros(length, num_pairs + 2 * LANES),
        losses=np.zeros(length),
        hidden=padded_zeros(num_hidden, dim),
        hidden_changes=padded_zeros(num_hidden, dim),
        hidden_ids=np.arange(num_hidden, dtype=np.uint32),
        words=padded_zeros(stretch, dim),
        words_before=padded_zeros(stretch, dim),
    )


@njit(inline="always")
def gather(ids, size, mean, dim, inputs, shared, row):
    """hidden[row] = the mean or sum of the first `size` of `ids`; its change begins at zero."""
    scale = np.float32(1 / size) if mean else ONE
    combine(inputs, ids, size, scale, dim, shared.hidden, row)
    clear(shared.hidden_changes, row, dim)


@njit(inline="always")
def scatter(ids, size, mean, low, high, inputs, shared, row):
    """Add the change of hidden[row] to each of the first `size` of `ids`, in the columns [low, high).

    The derivative has a factor 1 / size for the mean and none for the sum. word2vec.c, gensim and fastText
    have it the other way round, and so has this.
    """
    scale = ONE if mean else np.float32(1 / size)
    add_to_all(inputs, ids, size, scale, low, high, shared.hidden_changes, row)


@njit(inline="always")
def gather_weighted(ids, size, weights, positions, first, positioned, dim, inputs, shared, row):
    """hidden[row] = the sum of the first `size` of `ids`, each times its weight; its change begins at zero.

    If `positioned`, member j is multiplied by positions[first + j] as well, element by element.
    """
    for d in range(0, dim, LANES):
        combined = splat(ZERO)
        for j in range(size):
            member = splat(weights[j]) * load(inputs, ids[j], d)
            combined = combined + (member * load(positions, first + j, d) if positioned else member)
        store(shared.hidden, row, d, combined)
    clear(shared.hidden_changes, row, dim)


@njit(inline="always")
def scatter_weighted(
    ids, size, weights, scale, positions, first, positioned, low, high, inputs, shared, row
):  # fmt: skip
    """Add `scale` times the change of hidden[row] to each of the first `size` of `ids`.

    If `positioned`, times positions[first + j], which itself gets its derivative: the weight of member j
    times the member times the change.
    """
    for d in range(low, high, LANES):
        change = load(shared.hidden_changes, row, d)
        for j in range(size):
            member = load(inputs, ids[j], d)
            if positioned:
                position = load(positions, first + j, d)
                store(positions, first + j, d, position + splat(weights[j]) * member * change)
                store(inputs, ids[j], d, member + scale * position * change)
            else:
                store(inputs, ids[j], d, member + scale * change)


@cached_njit(**_SEPARATE)
def compose(words, first, stop, members, low, high, inputs, shared):
    """shared.words[i] = the mean of the members of words[first + i], in the columns [low, high)."""
    prefetch_members(words[first], members, low, high, False, inputs)
    for i in range(first, stop):
        if i + 1 < stop:
            prefetch_members(words[i + 1], members, low, high, False, inputs)
        begin, end = members.offsets[words[i]], members.offsets[words[i] + 1]
        d = low
        while d + 4 * LANES <= high:  # so many blocks at once as registers can hold
            add_up(members.ids, begin, end, d, 4, inputs, shared, i - first)
            d += 4 * LANES
        if d + 3 * LANES == high:
            add_up(members.ids, begin, end, d, 3, inputs, shared, i - first)
        elif d + 2 * LANES == high:
            add_up(members.ids, begin, end, d, 2, inputs, shared, i - first)
        elif d + LANES == high:
            add_up(members.ids, begin, end, d, 1, inputs, shared, i - first)


@njit(inline="always")
def add_up(ids, begin, end, d, num_blocks, inputs, shared, row):
    """shared.words[row] and words_before[row] = the mean of some inputs, in `num_blocks` blocks from d on."""
    sums = stack_blocks(num_blocks)
    for b in range(num_blocks):
        store(sums, b, 0, splat(ZERO))
    for member in range(begin, end):
        id = ids[member]
        for b in range(num_blocks):
            store(sums, b, 0, load(sums, b, 0) + load(inputs, id, d + b * LANES))
    scale = np.float32(1 / (end - begin))
    for b in range(num_blocks):
        mean = scale * load(sums, b, 0)
        store(shared.words, row, d + b * LANES, mean)
        store(shared.words_before, row, d + b * LANES, mean)


@cached_njit(**_SEPARATE)
def decompose(words, first, stop, members, low, high, inputs, shared):
    """Add the change of shared.words[i] to the members of words[first + i], in the columns [low, high)."""
    for i in range(first, stop):
        if i + 1 < stop:
            prefetch_members(words[i + 1], members, low, high, True, inputs)
        begin, end = members.offsets[words[i]], members.offsets[words[i] + 1]
        d = low
        while d + 4 * LANES <= high:  # so many blocks at once as registers can hold
            spread(members.ids, begin, end, d, 4, inputs, shared, i - first)
            d += 4 * LANES
        if d + 3 * LANES == high:
            spread(members.ids, begin, end, d, 3, inputs, shared, i - first)
        elif d + 2 * LANES == high:
            spread(members.ids, begin, end, d, 2, inputs, shared, i - first)
        elif d + LANES == high:
            spread(members.ids, begin, end, d, 1, inputs, shared, i - first)


@njit(inline="always")
def spread(ids, begin, end, d, num_blocks, inputs, shared, row):
    """Add the change of row `row` of shared.words to some inputs, in `num_blocks` blocks from d on."""
    changes = stack_blocks(num_blocks)
    for b in range(num_blocks):
        column = d + b * LANES
        store(changes, b, 0, load(shared.words, row, column) - load(shared.words_before, row, column))
    for member in range(begin, end):
        id = ids[member]
        for b in range(num_blocks):
            column = d + b * LANES
            store(inputs, id, column, load(inputs, id, column) + load(changes, b, 0))


@njit(inline="always")
def prefetch_members(word, members, low, high, writing, inputs):
    """Ask for the members of a word."""
    for member in range(members.offsets[word], members.offsets[word + 1]):
        prefetch_row(inputs, members.ids[member], low, high, writing)
