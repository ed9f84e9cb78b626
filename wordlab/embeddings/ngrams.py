"""Character n-grams as in fastText: hashed into buckets, and averaged in fastText's order.

A word is put in angle brackets and its n-grams are counted in UTF-8 characters; see
Dictionary::computeSubwords and FastText::getWordVector in fastText's source. Sums run term by term in
float32, so that results are equal to fastText's own bit by bit.

floret, which is made for spaCy, hashes the word in its brackets as well, in the place of a vector of its own,
and gives each of these strings several buckets, so that few strings share all of theirs and few buckets do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

LINE_END = "</s>"
"""The word for the end of a line in fastText, which never takes it apart, and in word2vec.c."""

MURMUR_SEED = 2166136261
"""That of floret's hash, which its files name."""

_LINE_END = LINE_END.encode()
_OFFSET_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)  # FNV-1a, 32 bits
_WORDS_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 17
_CORRECTIONS = 4  # of the inverse of a mean, each for the rounding of the one before
_LARGEST = int(np.array(np.finfo(np.float32).max).view(np.int32))
_NEAR = 128  # float32 numbers; what is sought is rarely further from its estimate
_ELEMENTS_AT_ONCE = 1 << 16


class Ngrams(NamedTuple):
    """The n-grams of some successive words."""

    part: slice
    """which of all words these are"""

    offsets: np.ndarray
    """int64 (num_words + 1,): word i has ``buckets[offsets[i]:offsets[i + 1]]``"""

    buckets: np.ndarray
    """int64 (num_ngrams,), in the order in which fastText adds them"""

    def where(self, kept: np.ndarray) -> Ngrams:
        """Those of the n-grams that are `kept`, bool (num_ngrams,)."""
        ends = np.concatenate([[0], np.cumsum(kept)])
        return Ngrams(self.part, ends[self.offsets], self.buckets[kept])


def hash_ngrams(
    words: Sequence[str], *, min_n: int, max_n: int, num_buckets: int, num_hashes: int = 0
) -> Iterator[Ngrams]:
    """The buckets of the n-grams of `min_n` to `max_n` characters of all words, some words at a time.

    With `num_hashes`, from 1 to 4, that many of each n-gram, and first those of the whole word, as in floret;
    with none as in fastText.
    """
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    start = size = 0
    for end, word in enumerate(encoded, 1):
        size += len(word)
        if end - start == _WORDS_AT_ONCE or size > _BYTES_AT_ONCE or end == len(encoded):
            some = encoded[start:end]
            offsets, hashes = (
                _hash_as_floret(some, min_n, max_n, num_hashes)
                if num_hashes
                else _hash_as_fasttext(some, min_n, max_n)
            )
            yield Ngrams(slice(start, end), offsets, (hashes % np.uint32(num_buckets)).astype(np.int64))
            start, size = end, 0


def ngram_strings(word: str, *, min_n: int, max_n: int, num_hashes: int = 0) -> Iterator[str]:
    """The n-grams whose buckets `hash_ngrams` gives, in the same order; each once, also with several hashes.

    >>> list(ngram_strings("cat", min_n=3, max_n=4))
    ['<ca', '<cat', 'cat', 'cat>', 'at>']
    """
    if word == LINE_END and not num_hashes:
        return
    text = f"<{word}>"
    if num_hashes:
        yield text
    for start in range(len(text)):
        for end in range(start + max(min_n, 1), min(start + max_n, len(text)) + 1):
            is_lone_bracket = end - start == 1 and (start == 0 or end == len(text))
            if num_hashes or not is_lone_bracket:
                yield text[start:end]


def num_terms(
    words: Sequence[str], *, min_n: int, max_n: int, num_buckets: int, num_hashes: int = 0
) -> np.ndarray:
    """How many vectors each word of a vocabulary is the mean of, int64 (num_words,), its own included."""
    ngrams = hash_ngrams(words, min_n=min_n, max_n=max_n, num_buckets=num_buckets, num_hashes=num_hashes)
    return np.concatenate([np.diff(part.offsets) for part in ngrams]) + (num_hashes == 0)


def mean_vectors(own: np.ndarray, offsets: np.ndarray, rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The mean of each word's own vector and of its n-grams, float32 (num_words, dim).

    `own` is (num_words, dim), or (num_words, 0) for words that have none; the n-grams of word i are
    ``table[rows[offsets[i]:offsets[i + 1]]]``. Zero for a word that has neither. Infinite where a sum
    exceeds float32.
    """
    needed, columns = np.unique(rows, return_inverse=True)
    if not own.shape[1]:
        return _means(table[needed], offsets, columns)
    return _means(np.concatenate([own, table[needed]]), *_own_first(offsets, columns))


def _own_first(offsets: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`offsets` and `columns` when each word gets its own vector first, which precede all other terms."""
    num_words = len(offsets) - 1
    both = np.insert(columns + num_words, offsets[:-1], np.arange(num_words))
    return offsets + np.arange(num_words + 1), both


def _means(terms: np.ndarray, offsets: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """For each word the mean of ``terms[columns[offsets[i]:offsets[i + 1]]]``, added one by one."""
    from scipy.sparse import csr_array

    # The product with a sparse matrix of ones adds a row's terms one after the other, as they stand.
    ones = np.ones(len(columns), np.float32)
    adder = csr_array((ones, columns, offsets), shape=(len(offsets) - 1, len(terms)))
    # fastText multiplies by the float32 next to 1 / n
    scale = (1.0 / np.maximum(np.diff(offsets), 1)).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray((adder @ terms) * scale[:, None], dtype=np.float32)


def own_vectors(means: np.ndarray, offsets: np.ndarray, rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The own vectors, float32 (num_words, dim), of which `mean_vectors` makes `means`: its inverse.

    Equal to the last bit wherever there is such a vector, else the nearest. The arithmetic inverse misses a
    few elements in a hundred by rounding. But a sum that is rounded after each addition never falls when
    one of its terms rises, so bisection over all float32 numbers finds these.
    """
    counts = np.diff(offsets)[:, None] + 1.0  # of all terms of the mean, the own vector included
    exact = np.zeros(means.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_CORRECTIONS):
            found = mean_vectors(exact.astype(np.float32), offsets, rows, table)
            exact += counts * (means.astype(np.float64) - found)
        own = exact.astype(np.float32)
    missed = np.nonzero(mean_vectors(own, offsets, rows, table) != means)
    for first in range(0, len(missed[0]), _ELEMENTS_AT_ONCE):
        words, columns = (indices[first : first + _ELEMENTS_AT_ONCE] for indices in missed)
        # each element as a word of one dimension
        lengths = np.diff(offsets)[words]
        ends = np.concatenate([[0], np.cumsum(lengths)])
        order = np.arange(ends[-1])
        taken = rows[order + np.repeat(offsets[words] - ends[:-1], lengths)]
        terms = table[taken, np.repeat(columns, lengths)]
        own[words, columns] = _bisect(
            own[words, columns], means[words, columns], terms, *_own_first(ends, order)
        )
    return own


def _bisect(
    own: np.ndarray, means: np.ndarray, terms: np.ndarray, offsets: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """The numbers that with their `terms` have means nearest to `means`, near `own` or anywhere."""

    def means_of(ordinals: np.ndarray) -> np.ndarray:
        return _means(np.concatenate([_from_ordinals(ordinals), terms])[:, None], offsets, columns)[:, 0]

    start = _to_ordinals(own)
    low, high = np.maximum(start - _NEAR, -_LARGEST), np.minimum(start + _NEAR, _LARGEST)
    is_near = (means_of(low) < means) & (means_of(high) >= means)
    low, high = np.where(is_near, low, -_LARGEST), np.where(is_near, high, _LARGEST)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        reached = means_of(middle) >= means
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    with np.errstate(over="ignore", invalid="ignore"):
        too_much = means_of(high).astype(np.float64) - means
        too_little = means - means_of(low).astype(np.float64)
    return np.asarray(_from_ordinals(np.where(too_little < too_much, low, high)))


def _to_ordinals(numbers: np.ndarray) -> np.ndarray:
    """How many float32 numbers lie between zero and each of `numbers`, int64; negative below zero."""
    bits = np.nan_to_num(numbers).view(np.int32).astype(np.int64)
    return np.asarray(np.where(bits < 0, -(bits & 0x7FFFFFFF), bits))


def _from_ordinals(ordinals: np.ndarray) -> np.ndarray:
    """The inverse of `_to_ordinals`, float32."""
    magnitudes = np.abs(ordinals).astype(np.int32).view(np.float32)
    return np.asarray(np.where(ordinals < 0, -magnitudes, magnitudes))


class _Text(NamedTuple):
    """Words in brackets, one after the other, and where their n-grams are."""

    data: np.ndarray
    """uint8 (num_bytes,)"""

    starts: np.ndarray
    """int64 (num_characters + 1,): the byte each character begins at, and the end"""

    first: np.ndarray
    """int64 (num_words + 1,): the character each word begins at"""

    num_left: np.ndarray
    """int64 (num_characters,): from each character to the end of its word, itself included"""

    found: np.ndarray
    """bool (num_characters, longest): whether an n-gram of each length, from 1, begins at each character"""

    def offsets(self) -> np.ndarray:
        """int64 (num_words + 1,): where the n-grams of each word begin among all that are found."""
        return np.concatenate([[0], np.cumsum(np.add.reduceat(self.found.sum(axis=1), self.first[:-1]))])


def _put_in_brackets(words: list[bytes], min_n: int, max_n: int) -> _Text:
    data = np.frombuffer(b"".join([b"<%b>" % word for word in words]), np.uint8)
    starts = np.append(np.flatnonzero((data & 0xC0) != 0x80), len(data))  # all but UTF-8's inner bytes
    first = np.searchsorted(starts, np.cumsum([0, *[len(word) + 2 for word in words]]))
    num_characters = np.diff(first)
    num_left = np.repeat(first[1:], num_characters) - np.arange(first[-1])
    lengths = np.arange(1, min(max_n, int(num_characters.max())) + 1)
    found = (lengths >= min_n) & (lengths <= num_left[:, None])
    return _Text(data, starts, first, num_left, found)


def _hash_as_fasttext(words: list[bytes], min_n: int, max_n: int) -> tuple[np.ndarray, np.ndarray]:
    """FNV-1a of all n-grams, and where those of each word begin. A lone bracket is none."""
    text = _put_in_brackets(words, min_n, max_n)
    text.found[text.first[:-1], 0] = text.found[text.first[1:] - 1, 0] = False
    for index in [index for index, word in enumerate(words) if word == _LINE_END]:
        text.found[text.first[index] : text.first[index + 1]] = False
    return text.offsets(), _hash_from_each_character(text)[text.found]


def _hash_from_each_character(text: _Text) -> np.ndarray:
    """FNV-1a of the text of each length that begins at each character, like `_Text.found`."""
    widths = np.diff(text.starts)
    signed = text.data.astype(np.int8).astype(np.int32).view(np.uint32)  # fastText's bytes have a sign
    hashes = np.empty(text.found.shape, np.uint32)
    current = np.full(len(widths), _OFFSET_BASIS)
    for length in range(1, text.found.shape[1] + 1):
        reaching = np.flatnonzero(text.num_left >= length)
        added = reaching + length - 1
        for byte in range(int(widths[added].max())):
            has = widths[added] > byte
            at = reaching[has]
            current[at] = (current[at] ^ signed[text.starts[added[has]] + byte]) * _PRIME
        hashes[:, length - 1] = current
    return hashes


def _hash_as_floret(
    words: list[bytes], min_n: int, max_n: int, num_hashes: int
) -> tuple[np.ndarray, np.ndarray]:
    """MurmurHash3 of all words and n-grams, `num_hashes` each, and where those of each word begin.

    spaCy counts lone brackets among n-grams of one character, and takes any word apart; floret does not.
    """
    from wordlab.compiled.murmur import murmur_hashes

    text = _put_in_brackets(words, min_n, max_n)
    offsets = text.offsets()
    at, more = np.nonzero(text.found)
    begins, ends = text.starts[at], text.starts[at + more + 1]
    bounds = text.starts[text.first]
    begins, ends = np.insert(begins, offsets[:-1], bounds[:-1]), np.insert(ends, offsets[:-1], bounds[1:])
    hashes = murmur_hashes(text.data, begins, ends, np.uint64(MURMUR_SEED))[:, :num_hashes]
    return num_hashes * (offsets + np.arange(len(offsets))), hashes.ravel()
