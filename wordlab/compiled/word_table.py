"""A table of words as bytes, which numbers them in the order in which they come.

Words stand one after the other, word i in ``data[ends[i]:ends[i + 1]]``, in UTF-8 and with a line feed after
each. An open-addressing table finds them: a slot is empty, 0, or holds a word's hash and its number plus one.
The hash is fastText's, FNV-1a of bytes that have a sign.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wordlab.compiled.jit import PLAIN, cached_njit

OFFSET_BASIS = np.uint32(2166136261)  # FNV-1a, 32 bits
LINE_FEED = 10
_PRIME = np.uint32(16777619)
_32, _ONE, _LOW = np.uint64(32), np.uint64(1), np.uint64(0xFFFFFFFF)
_LEAST_SLOTS = 1 << 10


class WordTable:
    """Words, each with its number. It grows as words are added."""

    def __init__(self) -> None:
        self._data = np.empty(8 * _LEAST_SLOTS, np.uint8)
        self._ends = np.zeros(_LEAST_SLOTS // 2 + 1, np.int64)
        self._hashes = np.empty(_LEAST_SLOTS // 2, np.uint32)
        self._slots = np.zeros(_LEAST_SLOTS, np.uint64)
        self._num_words = 0

    def __len__(self) -> int:
        return self._num_words

    @property
    def packed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The words: bytes uint8, where each begins and all end int64 (num_words + 1,), and hashes uint32."""
        size = self._num_words
        return self._data[: self._ends[size]], self._ends[: size + 1], self._hashes[:size]

    def add(self, data: np.ndarray, ends: np.ndarray, hashes: np.ndarray) -> np.ndarray:
        """The numbers of some words, int32 (num_words,); those that are new get the next ones in order."""
        most = self._num_words + len(hashes)
        if 2 * most > len(self._slots):
            num_slots = len(self._slots)
            while 2 * most > num_slots:
                num_slots *= 2
            self._slots = grown_slots(self._hashes[: self._num_words], num_slots)
            self._hashes = grown(self._hashes, num_slots // 2)
            self._ends = grown(self._ends, num_slots // 2 + 1)
        needed = int(self._ends[self._num_words]) + len(data)
        if needed > len(self._data):
            self._data = grown(self._data, max(needed, 2 * len(self._data)))
        ids = np.empty(len(hashes), np.int32)
        self._num_words = int(
            _add_words(
                data, ends, hashes, self._num_words, self._slots, self._data, self._ends, self._hashes, ids
            )
        )
        return ids

    def find(self, data: np.ndarray, ends: np.ndarray, hashes: np.ndarray) -> np.ndarray:
        """The numbers of some words, int32 (num_words,); -1 for each that is not in the table."""
        ids = np.empty(len(hashes), np.int32)
        _find_words(data, ends, hashes, self._slots, self._data, self._ends, ids)
        return ids


def grown(array: np.ndarray, size: int) -> np.ndarray:
    """`array` with room for `size` elements."""
    larger = np.empty(size, array.dtype)
    larger[: len(array)] = array
    return larger


def grown_slots(hashes: np.ndarray, num_slots: int) -> np.ndarray:
    """Slots that hold the words with `hashes`, all of them different."""
    slots = np.zeros(num_slots, np.uint64)
    _fill_slots(hashes, slots)
    return slots


def hash_words(data: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """fastText's hash of each word, uint32 (num_words,)."""
    hashes = np.empty(len(ends) - 1, np.uint32)
    _hash_words(data, ends, hashes)
    return hashes


def renumber(ids: np.ndarray, numbers: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """``numbers[ids]``, int32, each of which adds one to its place in `counts`."""
    renumbered = np.empty(len(ids), np.int32)
    _renumber(ids, numbers, counts, renumbered)
    return renumbered


@cached_njit(**PLAIN)
def _renumber(ids, numbers, counts, renumbered):
    for i in range(len(ids)):
        number = numbers[ids[i]]
        renumbered[i] = number
        counts[number] += 1


@cached_njit(**PLAIN)
def _add_words(data, ends, hashes, num_words, slots, words, word_ends, word_hashes, ids):
    """Fill `ids` and add what is new to the table, which has room for it; returns its number of words."""
    tail = word_ends[num_words]
    for i in range(len(ids)):
        slot, word = look_up(data, ends[i], ends[i + 1] - 1, hashes[i], slots, words, word_ends)
        if word < 0:
            word = num_words
            slots[slot] = entry(hashes[i], word)
            word_hashes[word] = hashes[i]
            for at in range(ends[i], ends[i + 1]):
                words[tail] = data[at]
                tail += 1
            num_words += 1
            word_ends[num_words] = tail
        ids[i] = word
    return num_words


@cached_njit(**PLAIN)
def _find_words(data, ends, hashes, slots, words, word_ends, ids):
    for i in range(len(ids)):
        _, ids[i] = look_up(data, ends[i], ends[i + 1] - 1, hashes[i], slots, words, word_ends)


@cached_njit(**PLAIN)
def _hash_words(data, ends, hashes):
    for i in range(len(hashes)):
        hashed = OFFSET_BASIS
        for at in range(ends[i], ends[i + 1] - 1):
            hashed = _hashed_on(hashed, data[at])
        hashes[i] = hashed


@cached_njit(**PLAIN)
def _fill_slots(hashes, slots):
    """Put the words with `hashes` into empty `slots`."""
    for word in range(len(hashes)):
        slot = _first_slot(hashes[word], len(slots))
        while slots[slot]:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = entry(hashes[word], word)


@njit
def look_up(data, start, stop, hashed, slots, words, ends):
    """The slot and the number of the word ``data[start:stop]``; the slot for it and -1 if there is none."""
    slot = _first_slot(hashed, len(slots))
    while slots[slot]:
        if np.uint32(slots[slot] >> _32) == hashed:
            word = np.int64((slots[slot] & _LOW) - _ONE)
            begin = ends[word]
            if ends[word + 1] - begin - 1 == stop - start:
                same = 0
                while same < stop - start and words[begin + same] == data[start + same]:
                    same += 1
                if same == stop - start:
                    return slot, word
        slot = (slot + 1) & (len(slots) - 1)
    return slot, -1


@njit
def entry(hashed, word):
    """What the slot of a word holds."""
    return (np.uint64(hashed) << _32) | np.uint64(word + 1)


@njit
def put_byte(words, put, hashed, byte):
    """The place after `byte`, once it is at ``words[put]``, and the hash with it."""
    words[put] = byte
    return put + 1, _hashed_on(hashed, byte)


@njit
def _hashed_on(hashed, byte):
    return np.uint32((hashed ^ np.uint32(np.int32(np.int8(byte)))) * _PRIME)


@njit
def _first_slot(hashed, num_slots):
    return np.int64((hashed ^ (hashed >> np.uint32(15))) & np.uint32(num_slots - 1))
