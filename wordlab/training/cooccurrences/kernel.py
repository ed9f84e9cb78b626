"""Compiled counting: one word after the other, with a dense row of sums (Gustavson 1978).

All places of a word in the text are known from an index. The contexts of each, in the order of the text, are
added into a row that has room for the whole vocabulary. A bitmap of the words met, with a bitmap of its own
words that are not zero, gives them back in ascending order; so nothing is hashed, sorted or merged.

Each row is computed by itself, from the text alone: its bytes depend neither on threads nor on memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.bitmaps import bit_of, bitmap_size, lowest_bit, word_of
from wordlab.compiled.jit import cached_njit
from wordlab.compiled.lanes import prefetch

_REACH_BITS = np.uint64(12)  # of each side: more than any window
_REACH = np.uint64(0xFFF)
_AHEAD = 12  # places whose surroundings are asked for

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


class Row(NamedTuple):
    """The sums of one word, all zero between two words."""

    sums: np.ndarray
    """float64 (num_words,)"""
    met: np.ndarray
    """uint64 (bitmap_size,): the words whose sum is not zero."""
    filled: np.ndarray
    """uint64: the words of `met` that are not zero."""


def empty_row(num_words: int) -> Row:
    """A Row for a vocabulary of `num_words`."""
    size = bitmap_size(num_words)
    return Row(np.zeros(num_words), np.zeros(size, np.uint64), np.zeros(bitmap_size(size), np.uint64))


def row_bytes(num_words: int) -> int:
    """What `empty_row` takes."""
    size = bitmap_size(num_words)
    return 8 * (num_words + size + bitmap_size(size))


@cached_njit(**_OPTIONS)
def count_tokens(token_ids, first, stop, counts):
    """Add to counts[id] how often each id occurs in token_ids[0, first:stop]."""
    for position in range(first, stop):
        counts[token_ids[0, position]] += 1


@cached_njit(**_OPTIONS)
def index_lines(token_ids, line_offsets, first_line, stop_line, window, symmetric, slots, places, index):
    """Note where the words that have a slot stand in some lines, in the order of the text.

    `token_ids` is (1, num_tokens). An entry of `index` is a position, with how far the word's context reaches
    to its left and right. The next entry of the word in slot s goes to places[s], which moves on.
    """
    for line in range(first_line, stop_line):
        begin, end = line_offsets[line], line_offsets[line + 1]
        for position in range(begin, end):
            slot = slots[token_ids[0, position]]
            if slot >= 0:
                left = min(position - begin, window)
                right = min(end - 1 - position, window) if symmetric else 0
                entry = np.uint64(position) << _REACH_BITS | np.uint64(left)
                index[places[slot]] = entry << _REACH_BITS | np.uint64(right)
                places[slot] += 1


@cached_njit(**_OPTIONS)
def count_rows(token_ids, index, offsets, weights, row, context_ids, values, lengths):
    """Write the rows of some words, one after the other; returns the number of pairs.

    The entries of word w in `index` are those from offsets[w] to offsets[w + 1]. weights[d] is what a context
    at distance d counts. lengths[w] becomes the number of contexts.
    """
    num_pairs = 0
    for word in range(len(lengths)):
        add_contexts(token_ids, index, offsets[word], offsets[word + 1], weights, row)
        lengths[word] = drain(row, context_ids, values, num_pairs)
        num_pairs += lengths[word]
    return num_pairs


@cached_njit(**_OPTIONS)
def count_scanned(token_ids, line_offsets, first_line, stop_line, window, symmetric, word, weights, row):
    """Add the contexts of one word in some lines, looking for it in the text itself."""
    for line in range(first_line, stop_line):
        begin, end = line_offsets[line], line_offsets[line + 1]
        for position in range(begin, end):
            if token_ids[0, position] == word:
                left = min(position - begin, window)
                right = min(end - 1 - position, window) if symmetric else 0
                add_around(token_ids, position, left, right, weights, row)


@njit(inline="always")
def add_contexts(token_ids, index, begin, stop, weights, row):
    """Add the contexts of all places that index[begin:stop] says."""
    for place in range(begin, stop):
        if place + _AHEAD < stop:
            prefetch(token_ids, 0, np.int64(index[place + _AHEAD] >> (_REACH_BITS + _REACH_BITS)))
        entry = index[place]
        left, right = np.int64(entry >> _REACH_BITS & _REACH), np.int64(entry & _REACH)
        add_around(token_ids, np.int64(entry >> (_REACH_BITS + _REACH_BITS)), left, right, weights, row)


@njit(inline="always")
def add_around(token_ids, position, left, right, weights, row):
    """Add the contexts of one place, from left to right."""
    for distance in range(left, 0, -1):
        add(row, token_ids[0, position - distance], weights[distance])
    for distance in range(1, right + 1):
        add(row, token_ids[0, position + distance], weights[distance])


@njit(inline="always")
def add(row, context, weight):
    """Add to the sum of one context."""
    if row.sums[context] == 0:
        word = word_of(context)
        row.met[word] |= bit_of(context)
        row.filled[word_of(word)] |= bit_of(word)
    row.sums[context] += weight


@cached_njit(**_OPTIONS)
def drain(row, context_ids, values, start):
    """Write the sums from `start` on, by ascending context, and clear them; returns their number."""
    number = start
    for high in range(len(row.filled)):
        filled = row.filled[high]
        row.filled[high] = 0
        while filled:
            word = 64 * high + lowest_bit(filled)
            filled &= filled - np.uint64(1)
            met = row.met[word]
            row.met[word] = 0
            while met:
                context = 64 * word + lowest_bit(met)
                met &= met - np.uint64(1)
                context_ids[number], values[number] = context, row.sums[context]
                row.sums[context] = 0
                number += 1
    return number - start


@cached_njit(**_OPTIONS)
def first_fault(row_offsets, first_row, context_ids, values, num_words):
    """Where a part of a table is not as it must be: the number of the pair, or -1.

    `context_ids` and `values` hold whole rows from `first_row` on. Contexts must be words, in ascending
    order within a row, values finite and above zero.
    """
    start, row, previous = row_offsets[first_row], first_row, np.int64(-1)
    for pair in range(len(context_ids)):
        while row_offsets[row + 1] == start + pair:
            row, previous = row + 1, np.int64(-1)
        context, value = np.int64(context_ids[pair]), values[pair]
        if context <= previous or context >= num_words or not 0 < value < np.inf:
            return pair
        previous = context
    return -1
