"""Subwords: vectors of words outside the vocabulary, made of their character n-grams as fastText does.

Bojanowski, Grave, Joulin & Mikolov (2017), "Enriching Word Vectors with Subword Information", section
3.2, with n-grams hashed into buckets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.matrices import checked_matrix
from wordlab.embeddings.ngrams import Ngrams, hash_ngrams, mean_vectors, own_vectors

LONGEST_NGRAM = 64
"""Characters; fastText's default is 6. No honest file asks for more than this."""


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
    """float32 (num_buckets, dim), read-only: row h is shared by all n-grams whose hash is h."""

    def __post_init__(self) -> None:
        if not (0 <= self.min_n <= self.max_n and 1 <= self.max_n <= LONGEST_NGRAM):
            raise ValueError(
                f"expected 0 <= min_n <= max_n and max_n from 1 to {LONGEST_NGRAM}, "
                f"found {self.min_n} and {self.max_n}"
            )
        matrix = checked_matrix(self.matrix, "the buckets")
        if matrix.ndim != 2 or 0 in matrix.shape:
            raise ValueError(f"expected a matrix with a row a bucket, found shape {matrix.shape}")
        object.__setattr__(self, "matrix", matrix)

    def __reduce__(self) -> tuple[type[Subwords], tuple[int, int, np.ndarray]]:
        return Subwords, (self.min_n, self.max_n, self.matrix)  # checked and read-only again

    def __repr__(self) -> str:
        return f"Subwords({self.min_n} to {self.max_n} characters, {self.num_buckets:,} buckets)"

    @property
    def num_buckets(self) -> int:
        """The number of vectors that the n-grams share, B."""
        return len(self.matrix)

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    def vector(self, word: str) -> np.ndarray:
        """The vector of a word outside the vocabulary, float32 (dim,); zero if it has no n-grams."""
        return np.asarray(self.vectors([word])[0])

    def vectors(self, words: Sequence[str]) -> np.ndarray:
        """The vectors of words outside the vocabulary, float32 (num_words, dim): means of n-grams."""
        return self.compose(words, np.empty((len(words), 0), np.float32))

    def compose(self, words: Sequence[str], own: np.ndarray) -> np.ndarray:
        """The means of each word's `own` vector (num_words, dim) and of its n-grams, float32.

        That is how fastText makes the vector of a word in its vocabulary. An `own` without columns is
        left out.
        """
        result = np.empty((len(words), self.dim), np.float32)
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

    def _ngrams(self, words: Sequence[str]) -> Iterator[Ngrams]:
        return hash_ngrams(words, min_n=self.min_n, max_n=self.max_n, num_buckets=self.num_buckets)
