"""WordVectorsTransformer: texts to the mean of their words' vectors, for scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose, row_numbers, rows_in
from wordlab.errors import ConfigError
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.models.baseline_config import WEIGHTINGS
from wordlab.text.tokenizers import Tokenizer


class WordVectorsTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Texts to vectors (num_texts, D), float32: the mean of the vectors of a text's known words.

    Words outside the vocabulary are known, too, if subwords give them a vector; their weight is 1, that of
    a word of probability 0.

    `weighting` "sif" is smooth inverse frequency (Arora, Liang and Ma 2017, algorithm 1): a word of
    probability p has the weight a / (a + p), and what the texts of `fit` have in common, their first
    singular vector, is removed. The probabilities come from the vocabulary's counts or, where these are
    unknown, from the texts of `fit`. A text without known words is the zero vector. `tokenizer` None
    stands for the vectors' own. `coverage_` is the share of the words in `fit` that have a vector,
    `coverage_through_subwords_` the share that have it through their n-grams alone.
    """

    def __init__(
        self,
        vectors: WordVectors,
        *,
        weighting: str = "mean",
        a: float = 1e-3,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.vectors = vectors
        self.weighting = weighting
        self.a = a
        self.tokenizer = tokenizer

    def fit(self, texts: Iterable[str], labels: object = None) -> WordVectorsTransformer:
        """The transformer, with what "sif" learns from `texts`; `labels` are ignored."""
        if self.weighting not in WEIGHTINGS:
            raise ConfigError(f"weighting: expected one of {', '.join(WEIGHTINGS)}, found {self.weighting!r}")
        if not self.a > 0:
            raise ConfigError(f"a: expected a number above 0, found {self.a!r}")
        self.tokenizer_ = choose_tokenizer(self.tokenizer, self.vectors)
        counts, composed, num_tokens = self._count(check_texts(texts))
        self._n_features_out = self.vectors.dim
        found = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()  # (V + num_composed,)
        own, through = found[: len(self.vectors)], found[len(self.vectors) :]
        self.coverage_ = float(counts.sum(dtype=np.float64) / max(1, num_tokens))
        self.coverage_through_subwords_ = float(through.sum() / max(1, num_tokens))
        self.weights_ = self._weights(own)
        self.component_ = None
        if self.weighting == "sif":
            self.component_ = _first_singular_vector(self._average(counts, composed))
        return self

    def transform(self, texts: Iterable[str]) -> np.ndarray:
        """The vectors of `texts`, float32 (num_texts, D)."""
        check_is_fitted(self, "weights_")
        counts, composed, _ = self._count(check_texts(texts))
        averages = self._average(counts, composed)
        if self.component_ is not None:
            averages -= np.outer(averages @ self.component_, self.component_)  # (num_texts, D)
        return averages

    def known(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The positions (n,) of the tokens that have a vector, these (n, D), and their weights (n,)."""
        check_is_fitted(self, "weights_")
        composed = compose(tokens, self.vectors.vocabulary, self.vectors.subwords)
        numbers = row_numbers(tokens, self.vectors.vocabulary, composed)
        positions = np.flatnonzero(numbers >= 0)
        numbers = numbers[positions]
        return positions, rows_in(self.vectors.matrix, composed, numbers), self._weights_of(numbers)

    def _count(self, texts: list[str]) -> tuple[csr_matrix, Composed | None, int]:
        """How often each word is in each text, sparse (num_texts, V + num_composed), and how many tokens."""
        places: dict[str, int] = {}  # of the different words, in first-seen order
        found: list[int] = []
        ends = [0]
        for text in texts:
            found += [places.setdefault(token, len(places)) for token in self.tokenizer_(text)]
            ends.append(len(found))
        vocabulary = self.vectors.vocabulary
        composed = compose(places, vocabulary, self.vectors.subwords)
        numbers = row_numbers(places, vocabulary, composed)[np.array(found, dtype=np.int64)]
        known = numbers >= 0
        ends_known = np.concatenate([[0], np.cumsum(known)])[ends]
        width = len(vocabulary) + (0 if composed is None else len(composed.vectors))
        ones = np.ones(int(known.sum()), dtype=np.float32)
        counts = csr_matrix((ones, numbers[known], ends_known), (len(texts), width))
        counts.sum_duplicates()
        return counts, composed, len(found)

    def _weights(self, found: np.ndarray) -> np.ndarray:
        """The weight of each word, float32 (V,); `found` is how often each is in the texts of `fit`."""
        if self.weighting == "mean":
            return np.ones(len(self.vectors), dtype=np.float32)
        known = self.vectors.vocabulary.counts
        counts = known if known.any() else found
        probabilities = counts / max(1, counts.sum())
        return np.asarray(self.a / (self.a + probabilities), dtype=np.float32)

    def _weights_of(self, rows: np.ndarray) -> np.ndarray:
        """The weights at `rows` (n,) of the matrix followed by what is composed, float32 (n,)."""
        weights = np.ones(len(rows), dtype=np.float32)
        own = rows < len(self.vectors)
        weights[own] = self.weights_[rows[own]]
        return weights

    def _average(self, counts: csr_matrix, composed: Composed | None) -> np.ndarray:
        """The weighted sums of the words' vectors, divided by the number of words (equation 1)."""
        lengths = np.asarray(counts.sum(axis=1))  # (num_texts, 1)
        used = np.unique(counts.indices)  # most of 400,000 words are in no text
        rows = rows_in(self.vectors.matrix, composed, used)
        sums = counts[:, used].multiply(self._weights_of(used)) @ rows
        return np.asarray(sums / np.maximum(lengths, 1), dtype=np.float32)  # (num_texts, D)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _first_singular_vector(rows: np.ndarray) -> np.ndarray:
    """The right singular vector of `rows` (n, D) to the largest singular value, float32 (D,)."""
    _, vectors = np.linalg.eigh(rows.T.astype(np.float64) @ rows)
    return np.asarray(vectors[:, -1], dtype=np.float32)
