"""Character n-grams in fastText's way: hashed into buckets, and averaged in fastText's order.

A word is put in angle brackets and all its n-grams are taken by UTF-8 characters; see
Dictionary::computeSubwords and FastText::getWordVector in fastText's source. Sums run term by term in
float32, so that results are equal to fastText's own bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

_END_OF_LINE = b"</s>"  # fastText's word for it, which it never takes apart
_OFFSET_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)  # FNV-1a, 32 bits
_WORDS_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 17


class Ngrams(NamedTuple):
    """The n-grams of some successive words."""

    part: slice
    """which words of all these are"""

    offsets: np.ndarray
    """int64 (num_words + 1,): those of word i are ``buckets[offsets[i]:offsets[i + 1]]``"""

    buckets: np.ndarray
    """int64 (num_ngrams,), in the order in which fastText adds them"""


def hash_ngrams(words: Sequence[str], *, min_n: int, max_n: int, num_buckets: int) -> Iterator[Ngrams]:
    """The buckets of the n-grams of `min_n` to `max_n` characters of all words, some words at a time."""
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    start = size = 0
    for end, word in enumerate(encoded, 1):
        size += len(word)
        if end - start == _WORDS_AT_ONCE or size > _BYTES_AT_ONCE or end == len(encoded):
            offsets, hashes = _hash(encoded[start:end], min_n, max_n)
            yield Ngrams(slice(start, end), offsets, (hashes % np.uint32(num_buckets)).astype(np.int64))
            start, size = end, 0


def mean_vectors(own: np.ndarray, offsets: np.ndarray, rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The mean of each word's own vector and of its n-grams, float32 (num_words, dim).

    `own` is (num_words, dim), or (num_words, 0) for words that have none; the n-grams of word i are
    ``table[rows[offsets[i]:offsets[i + 1]]]``. Zero for a word that has nothing at all. Infinite where
    a sum is beyond float32.
    """
    from scipy.sparse import csr_array

    num_words, num_own = len(own), int(own.shape[1] > 0)
    needed, columns = np.unique(rows, return_inverse=True)
    terms = table[needed]
    if num_own:
        terms = np.concatenate([own, terms])
        columns = np.insert(columns + num_words, offsets[:-1], np.arange(num_words))
    offsets = offsets + num_own * np.arange(num_words + 1)
    # The product with a sparse matrix of ones adds a row's terms one after the other, as they stand.
    adder = csr_array((np.ones(len(columns), np.float32), columns, offsets), shape=(num_words, len(terms)))
    # fastText multiplies by the float32 next to 1 / n
    scale = (1.0 / np.maximum(np.diff(offsets), 1)).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray((adder @ terms) * scale[:, None], dtype=np.float32)


def _hash(words: list[bytes], min_n: int, max_n: int) -> tuple[np.ndarray, np.ndarray]:
    data = np.frombuffer(b"".join([b"<%b>" % word for word in words]), np.uint8)
    starts = np.flatnonzero((data & 0xC0) != 0x80)  # (num_characters,) all but UTF-8's inner bytes
    word_starts = np.cumsum([0, *[len(word) + 2 for word in words]])
    first = np.searchsorted(starts, word_starts)  # (num_words + 1,) the character each word starts at
    hashes, found = _hash_from_each_character(data, starts, first, min_n, max_n)
    for index in [index for index, word in enumerate(words) if word == _END_OF_LINE]:
        found[first[index] : first[index + 1]] = False
    counts = np.add.reduceat(found.sum(axis=1), first[:-1])
    return np.concatenate([[0], np.cumsum(counts)]), hashes[found]


def _hash_from_each_character(
    data: np.ndarray, starts: np.ndarray, first: np.ndarray, min_n: int, max_n: int
) -> tuple[np.ndarray, np.ndarray]:
    """FNV-1a of the n-grams that begin at each character, and which count: both (num_characters, max_n).

    Those that are a bracket and nothing else do not count, nor do lengths below `min_n`.
    """
    num_characters = np.diff(first)
    longest = min(max_n, int(num_characters.max()))
    ends = np.repeat(first[1:], num_characters)  # the character at which each one's word ends
    widths = np.diff(starts, append=len(data))
    signed = data.astype(np.int8).astype(np.int32).view(np.uint32)  # fastText's bytes have a sign
    hashes = np.empty((len(starts), longest), np.uint32)
    found = np.zeros((len(starts), longest), bool)
    current = np.full(len(starts), _OFFSET_BASIS)
    for length in range(1, longest + 1):
        reaching = np.flatnonzero(np.arange(length - 1, len(starts) + length - 1) < ends)
        added = reaching + length - 1
        for byte in range(int(widths[added].max())):
            has = widths[added] > byte
            at = reaching[has]
            current[at] = (current[at] ^ signed[starts[added[has]] + byte]) * _PRIME
        hashes[:, length - 1] = current
        found[reaching, length - 1] = length >= min_n
    found[first[:-1], 0] = found[first[1:] - 1, 0] = False
    return hashes, found
