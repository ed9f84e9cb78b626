"""Subwords: vectors of words outside the vocabulary, made of their character n-grams.

Bojanowski, Grave, Joulin & Mikolov (2017), "Enriching Word Vectors with Subword Information", section
3.2, with n-grams hashed into buckets as fastText does, or floret.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any

import numpy as np

from wordlab.embeddings.choices import MAX_BUCKETS, MAX_HASHES, MAX_NGRAM
from wordlab.embeddings.matrices import checked_matrix
from wordlab.embeddings.ngrams import Ngrams, hash_ngrams, mean_vectors, ngram_strings, own_vectors
from wordlab.errors import FormatError

_NUMBERS_AT_ONCE = 1 << 21


@dataclass(frozen=True, eq=False)
class Subwords:
    """The vectors of character n-grams, from which words outside the vocabulary get theirs.

    Raises ValueError for impossible lengths and shapes.
    """

    min_n: int
    """The length of the shortest n-grams, in characters."""

    max_n: int
    """The length of the longest n-grams, in characters."""

    matrix: np.ndarray
    """float32 (num_buckets, dim), read-only: row h is shared by all n-grams whose hash is h. With `buckets`,
    row i is that of bucket ``buckets[i]``, and a last row of zeros that of all others."""

    _: KW_ONLY

    buckets: np.ndarray | None = None
    """uint32 (num_rows - 1,), ascending: the buckets that training met; None for all."""

    num_buckets: int = 0
    """The number of vectors that the n-grams share, B; 0 stands for as many as the matrix has."""

    pruned: bool = False
    """Whether n-grams in other buckets than `buckets` are left out of means, as fastText leaves out those
    that it pruned, instead of counting as zeros."""

    own: np.ndarray | None = None
    """float32 (num_words, dim), read-only: the own vectors of the words of the vocabulary, from which
    training continues; None where only their means with the n-grams are known, and where they have none."""

    num_hashes: int = 0
    """How many buckets each n-gram has by floret's hashing, 1 to 4, and so the whole word in its brackets,
    which then has no own vector; 0 for fastText's hashing."""

    def __post_init__(self) -> None:
        if not (0 <= self.min_n <= self.max_n and 1 <= self.max_n <= MAX_NGRAM):
            raise ValueError(
                f"expected 0 <= min_n <= max_n and max_n from 1 to {MAX_NGRAM}, "
                f"found {self.min_n} and {self.max_n}"
            )
        matrix = checked_matrix(self.matrix, "the buckets")
        if matrix.ndim != 2 or 0 in matrix.shape:
            raise ValueError(f"expected a matrix with a row a bucket, found shape {matrix.shape}")
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "num_buckets", self.num_buckets or len(matrix))
        if self.pruned and self.buckets is None:
            raise ValueError("expected the buckets that are left of a pruned model, found none")
        self._check_buckets()
        if not 0 <= self.num_hashes <= MAX_HASHES:
            raise ValueError(f"expected from 0 to {MAX_HASHES} hashes, found {self.num_hashes}")
        if self.num_hashes and (self.pruned or self.own is not None):
            what = "pruned buckets" if self.pruned else "own vectors"
            raise ValueError(f"expected no {what} beside hashes of each n-gram, found both")
        if self.own is not None:
            own = checked_matrix(self.own, "the own vectors")
            if own.shape[1:] != (self.dim,):
                raise ValueError(f"expected own vectors of {self.dim} dimensions, found shape {own.shape}")
            object.__setattr__(self, "own", own)

    def _check_buckets(self) -> None:
        """Raise ValueError unless the matrix has a row for each bucket that it is to have."""
        if not 1 <= self.num_buckets <= MAX_BUCKETS:
            raise ValueError(f"expected from 1 to {MAX_BUCKETS} buckets, found {self.num_buckets}")
        if self.buckets is None:
            if self.num_buckets != len(self.matrix):
                raise ValueError(f"expected {self.num_buckets} rows, found {len(self.matrix)}")
            return
        buckets = np.array(self.buckets, np.int64)
        if buckets.ndim != 1 or len(buckets) + 1 != len(self.matrix) or self.matrix[-1].any():
            raise ValueError(
                f"expected a row for each of {buckets.size} buckets and one of zeros, "
                f"found {len(self.matrix)} rows"
            )
        if not (np.diff(buckets) > 0).all():
            raise ValueError("expected buckets in ascending order, found another order")
        if len(buckets) and not 0 <= buckets[0] <= buckets[-1] < self.num_buckets:
            raise ValueError(f"expected buckets below {self.num_buckets}, found {buckets[-1]}")
        kept = buckets.astype(np.uint32)
        kept.flags.writeable = False
        object.__setattr__(self, "buckets", kept)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.facts(), self.matrix, self.buckets, self.own)  # checked and read-only again

    def __repr__(self) -> str:
        hashes = f", {self.num_hashes} hashes" if self.num_hashes else ""
        return f"Subwords({self.min_n} to {self.max_n} characters, {self.num_buckets:,} buckets{hashes})"

    def facts(self) -> dict[str, Any]:
        """The numbers behind it as plain values, by the names of the arguments."""
        facts: dict[str, Any] = {"min_n": self.min_n, "max_n": self.max_n}
        if self.buckets is not None:
            facts["num_buckets"] = self.num_buckets
        if self.pruned:
            facts["pruned"] = True
        if self.num_hashes:
            facts["num_hashes"] = self.num_hashes
        return facts

    def equals(self, other: Subwords) -> bool:
        """Whether `other` gives all words the same vectors."""
        return (
            self.facts() == other.facts()
            and np.array_equal(self.known, other.known)
            and np.array_equal(self.matrix, other.matrix)
        )

    def without_own(self) -> Subwords:
        """The same without the vectors that only training needs."""
        return self if self.own is None else replace(self, own=None)

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    def ngrams(self, word: str) -> Iterator[str]:
        """The n-grams of a word, those included that a pruned model has no vector for."""
        return ngram_strings(word, min_n=self.min_n, max_n=self.max_n, num_hashes=self.num_hashes)

    def vector(self, word: str) -> np.ndarray:
        """The vector of a word outside the vocabulary, float32 (dim,); zero if it has no n-grams."""
        return np.asarray(self.vectors([word])[0])

    def vectors(self, words: Sequence[str]) -> np.ndarray:
        """The vectors of words outside the vocabulary, float32 (num_words, dim): means of n-grams."""
        return self.compose(words, None)

    def compose(
        self, words: Sequence[str], own: np.ndarray | None, *, out: np.ndarray | None = None
    ) -> np.ndarray:
        """The means of each word's `own` vector (num_words, dim) and of its n-grams, float32.

        That is how the vector of a word in the vocabulary is made. None stands for words without own vectors.
        `out`, which can be `own`, takes the result.
        """
        if own is None:
            own = np.empty((len(words), 0), np.float32)
        result = np.empty((len(words), self.dim), np.float32) if out is None else out
        for part, offsets, buckets in self._ngrams(words):
            result[part] = mean_vectors(own[part], offsets, buckets, self.matrix)
        return result

    def decompose(self, words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """The own vectors of words, float32 (num_words, dim), of which `compose` makes `vectors`.

        Equal to the last bit wherever there is such a vector, as for everything that fastText or
        `compose` made; else the nearest. FloatingPointError if only numbers beyond float32 would do.
        """
        own = np.empty((len(words), self.dim), np.float32)
        for part, offsets, buckets in self._ngrams(words):
            own[part] = own_vectors(vectors[part], offsets, buckets, self.matrix)
        if not (np.abs(own) < np.finfo(np.float32).max).all():
            raise FloatingPointError("expected own vectors within float32, found larger ones")
        return own

    @property
    def known(self) -> np.ndarray:
        """uint32, ascending: the buckets that have vectors of their own."""
        return np.arange(self.num_buckets, dtype=np.uint32) if self.buckets is None else self.buckets

    def rows_of(self, buckets: np.ndarray) -> np.ndarray:
        """The vectors of `buckets` (n,), float32 (n, dim)."""
        return np.asarray(self.matrix[self._places(buckets)])

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """All buckets in order, some at a time, int64 (n,), and their vectors, float32 (n, dim)."""
        step = max(1, _NUMBERS_AT_ONCE // self.dim)
        for start in range(0, self.num_buckets, step):
            buckets = np.arange(start, min(start + step, self.num_buckets))
            yield buckets, self.rows_of(buckets)

    def _places(self, buckets: np.ndarray) -> np.ndarray:
        """The rows of the matrix that hold `buckets` (n,); the last one holds those that it does not know."""
        if self.buckets is None:
            return buckets
        # not by a table of all buckets: of files, their number is only what the header says
        wanted = buckets.astype(np.uint32)
        last = len(self.buckets)
        places = np.searchsorted(self.buckets, wanted)
        found = self.buckets[np.minimum(places, last - 1)] == wanted if last else np.zeros(len(wanted), bool)
        return np.where(found, places, last)

    def check_as_fasttext(self, what: str) -> None:
        """Raise FormatError if it is pruned or hashed as in floret, for which `what` has no place."""
        if self.num_hashes:
            raise FormatError(
                f"cannot be written as {what}: expected n-grams hashed as in fastText, found "
                f"{self.num_hashes} hashes of each; --format floret writes these"
            )
        if self.pruned:
            raise FormatError(
                f"cannot be written as {what}: expected n-grams that all count, found those of a pruned "
                "model; numpy and safetensors hold them"
            )

    def own_vectors(self, words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """The own vectors of the vocabulary's `words`, whose means with the n-grams are `vectors`.

        Those of training, if it left them, else found as `decompose` does.
        """
        return self.decompose(words, vectors) if self.own is None else self.own

    def _ngrams(self, words: Sequence[str]) -> Iterator[Ngrams]:
        """The n-grams of the words that count, with rows of the matrix in the place of buckets."""
        for ngrams in hash_ngrams(
            words,
            min_n=self.min_n,
            max_n=self.max_n,
            num_buckets=self.num_buckets,
            num_hashes=self.num_hashes,
        ):
            placed = ngrams._replace(buckets=self._places(ngrams.buckets))
            yield placed.where(placed.buckets < len(self.matrix) - 1) if self.pruned else placed


def _again(
    facts: dict[str, Any], matrix: np.ndarray, buckets: np.ndarray | None, own: np.ndarray | None
) -> Subwords:
    return Subwords(matrix=matrix, buckets=buckets, own=own, **facts)
