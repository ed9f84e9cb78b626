"""Words made of subwords: the mean of several rows, and back again.

`compose` writes the words of a period, which are then rows like any other and change from window to window;
`decompose` adds the change of each word to all of its members. As each member of a mean gets the whole
change, the mean itself changes by as much: a word moves as if it had been read anew for each window.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.kernels import ZERO, prefetch_row
from wordlab.compiled.lanes import LANES, load, splat, stack_blocks, store
from wordlab.compiled.parts import called, inlined

_GOLDEN = np.uint64(0x9E3779B1)
_LOW_HALF = np.uint64(0xFFFFFFFF)


class Members(NamedTuple):
    """Which rows of the inputs a word is the mean of: word w has ``ids[offsets[w]:offsets[w + 1]]``."""

    offsets: np.ndarray
    """int64 (num_words + 1,); or (1,), if each word is the row of its id."""
    ids: np.ndarray
    """uint32 (num_members,)."""


@called
def compose(ids, num_words, thread, num_threads, dim, members, inputs, words, before):
    """words[i] = before[i] = the mean of the members of word ids[i], for a thread's part of `num_words`."""
    for i in range(thread, num_words, num_threads):
        if i + num_threads < num_words:
            prefetch_members(ids[i + num_threads], 0, 1, dim, members, inputs, False)
        begin, end = members.offsets[ids[i]], members.offsets[ids[i] + 1]
        d = 0
        while d + 4 * LANES <= dim:  # so many blocks at once as registers can hold
            add_up(members.ids, begin, end, d, 4, inputs, words, before, i)
            d += 4 * LANES
        if d + 3 * LANES == dim:
            add_up(members.ids, begin, end, d, 3, inputs, words, before, i)
        elif d + 2 * LANES == dim:
            add_up(members.ids, begin, end, d, 2, inputs, words, before, i)
        elif d + LANES == dim:
            add_up(members.ids, begin, end, d, 1, inputs, words, before, i)


@inlined
def add_up(rows, begin, end, d, num_blocks, inputs, words, before, word):
    """words[word] = before[word] = the mean of some inputs, in `num_blocks` blocks from d on."""
    sums = stack_blocks(num_blocks)
    for b in range(num_blocks):
        store(sums, b, 0, splat(ZERO))
    for member in range(begin, end):
        for b in range(num_blocks):
            store(sums, b, 0, load(sums, b, 0) + load(inputs, rows[member], d + b * LANES))
    scale = np.float32(1 / (end - begin))
    for b in range(num_blocks):
        mean = scale * load(sums, b, 0)
        store(words, word, d + b * LANES, mean)
        store(before, word, d + b * LANES, mean)


@called
def decompose(ids, num_words, thread, num_threads, dim, members, inputs, words, before):
    """Add words[i] - before[i] to each member of word ids[i] that is this thread's, for `num_words` words.

    Every member belongs to one thread, which goes through the words in their order: so the sums do not
    depend on how many threads there are.
    """
    for i in range(num_words):
        if i + 1 < num_words:
            prefetch_members(ids[i + 1], thread, num_threads, dim, members, inputs, True)
        for member in range(members.offsets[ids[i]], members.offsets[ids[i] + 1]):
            row = members.ids[member]
            if owner(row, num_threads) == thread:
                for d in range(0, dim, LANES):
                    change = load(words, i, d) - load(before, i, d)
                    store(inputs, row, d, load(inputs, row, d) + change)


@inlined
def owner(row, num_threads):
    """The thread that a row belongs to: an even share of any stretch of rows for each."""
    hashed = (np.uint64(row) * _GOLDEN) & _LOW_HALF
    return np.int64((hashed * np.uint64(num_threads)) >> np.uint64(32))


@inlined
def prefetch_members(word, thread, num_threads, dim, members, inputs, writing):
    """Ask for the members of a word that are this thread's."""
    for member in range(members.offsets[word], members.offsets[word + 1]):
        row = members.ids[member]
        if owner(row, num_threads) == thread:
            prefetch_row(inputs, row, dim, writing)
