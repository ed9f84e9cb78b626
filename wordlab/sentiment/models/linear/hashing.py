"""Which rows the words and n-grams of texts have: hashed and ordered as fastText does it.

Dictionary::getLine and Dictionary::addWordNgrams of fastText's source. A text has, in this order, the rows of
each of its words and then one bucket for each run of two words or more, in which words outside the vocabulary
take part as well. Every text ends with the word ``</s>``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.bitmaps import bit_of, count_bits, lowest_bit, word_of
from wordlab.compiled.jit import PLAIN, cached_njit

# uint64 throughout: numba turns an int64 beside a uint64 into float64
_FACTOR = np.uint64(116049371)


class WordRows(NamedTuple):
    """What must be known of some words: word w adds ``members[offsets[w]:offsets[w + 1]]`` to a text.

    `members` are int64 (num_members,): the word's own row if the vocabulary has it, and its n-grams of
    characters; `offsets` int64 (num_words + 1,). `hashes` are int32 (num_words,), with
    a sign as in fastText's runs.
    """

    hashes: np.ndarray
    offsets: np.ndarray
    members: np.ndarray


@cached_njit(**PLAIN)
def count_rows(begin, end, ids, line_ends, last, words, ngrams, counts):
    """Fill `counts` int64 (num_texts,): how many rows each text has; arguments as in `find_rows`."""
    start = line_ends[begin - 1] if begin else 0
    for text in range(begin, end):
        number = words.offsets[last + 1] - words.offsets[last]
        for at in range(start, line_ends[text]):
            number += words.offsets[ids[at] + 1] - words.offsets[ids[at]]
        num_words = line_ends[text] - start + 1
        for size in range(2, ngrams + 1):
            number += max(0, num_words - size + 1)
        counts[text], start = number, line_ends[text]


@cached_njit(**PLAIN)
def find_rows(begin, end, ids, line_ends, last, words, ngrams, num_buckets, num_words, offsets, rows):
    """Fill `rows`, uint32, with those of the texts from `begin` to `end`; text i has them from offsets[i] on.

    `ids` int32 (num_tokens,) of texts that end at `line_ends` index `words`, and `last` is the index of the
    word that ends each text. Runs have up to `ngrams` words; row `num_words` is the first of `num_buckets`.
    """
    start, buckets = line_ends[begin - 1] if begin else 0, np.uint64(max(1, num_buckets))
    for text in range(begin, end):
        place, stop = offsets[text], line_ends[text]
        for at in range(start, stop + 1):
            word = ids[at] if at < stop else last
            for member in range(words.offsets[word], words.offsets[word + 1]):
                rows[place] = words.members[member]
                place += 1
        for first in range(start, stop + 1 if ngrams > 1 else start):
            hashed = _signed(words.hashes[ids[first] if first < stop else last])
            for at in range(first + 1, min(first + ngrams, stop + 1)):
                hashed = hashed * _FACTOR + _signed(words.hashes[ids[at] if at < stop else last])
                rows[place] = num_words + np.int64(hashed % buckets)
                place += 1
        start = stop


class Places(NamedTuple):
    """Which buckets have rows, as a bitmap uint64, and how many have one before each of its words, int32.

    A last number, behind those of the words, is that of all.
    """

    bits: np.ndarray
    ranks: np.ndarray


@cached_njit(**PLAIN)
def mark_buckets(rows, num_words, bits):
    """Set the bits of the buckets among `rows`, which follow those of `num_words` words."""
    for i in range(len(rows)):
        if rows[i] >= num_words:
            bucket = np.int64(rows[i]) - num_words
            bits[word_of(bucket)] |= bit_of(bucket)


@cached_njit(**PLAIN)
def set_bits(buckets, bits):
    """Set the bits of `buckets`."""
    for i in range(len(buckets)):
        bits[word_of(buckets[i])] |= bit_of(buckets[i])


def place_bits(bits: np.ndarray) -> Places:
    """The places of the buckets whose bits are set."""
    ranks = np.empty(len(bits) + 1, np.int32)
    _rank_bits(bits, ranks)
    return Places(bits, ranks)


def list_bits(places: Places) -> np.ndarray:
    """The numbers of the bits that are set, uint32, ascending."""
    found = np.empty(places.ranks[-1], np.uint32)
    _list_bits(places.bits, found)
    return found


@cached_njit(**PLAIN)
def _rank_bits(bits, ranks):
    before = 0
    for word in range(len(bits)):
        ranks[word] = before
        before += count_bits(bits[word])
    ranks[len(bits)] = before


@cached_njit(**PLAIN)
def _list_bits(bits, found):
    place = 0
    for word in range(len(bits)):
        left = bits[word]
        while left:
            found[place] = 64 * word + lowest_bit(left)
            left &= left - np.uint64(1)
            place += 1


@cached_njit(**PLAIN)
def place_rows(begin, end, rows, num_words, places, missing):
    """Replace each bucket among rows[begin:end], uint32, by its row; by `missing` if it has none."""
    for i in range(begin, end):
        if rows[i] >= num_words:
            bucket = np.int64(rows[i]) - num_words
            word, bit = word_of(bucket), bit_of(bucket)
            if places.bits[word] & bit:
                rank = places.ranks[word] + count_bits(places.bits[word] & (bit - np.uint64(1)))
                rows[i] = num_words + rank
            else:
                rows[i] = missing


@njit(inline="always")
def _signed(hashed):
    """32 bits with a sign as 64 bits without one."""
    return np.uint64(np.int64(hashed))
