"""What GloVe learns of each word: as a word, as a context, and how far it has come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.embeddings.matrices import checked_matrix


class GloveParts(NamedTuple):
    """The vectors of words in both roles, float32 (num_words, D + 1) each, with the bias in the last column.

    Row i belongs to word i of the vocabulary. Training continues from them.
    """

    words: np.ndarray
    """w and its bias."""
    contexts: np.ndarray
    """c and its bias."""
    word_squares: np.ndarray
    """AdaGrad's sums of squares for each number of `words`,"""
    context_squares: np.ndarray
    """and of `contexts`."""

    def checked(self, num_words: int, dim: int) -> GloveParts:
        """The same, read-only; ValueError for other shapes, FormatError for NaN and infinity."""
        for name, part in self._asdict().items():
            if np.shape(part) != (num_words, dim + 1):
                raise ValueError(f"expected {name} of shape {(num_words, dim + 1)}, found {np.shape(part)}")
        return GloveParts(*(checked_matrix(part, f"the {name}") for name, part in self._asdict().items()))

    def combined(self, result: str) -> np.ndarray:
        """The word vectors, float32 (num_words, D): the ``sum`` of both, or ``word`` or ``context`` alone."""
        vectors = np.array((self.contexts if result == "context" else self.words)[:, :-1])
        if result == "sum":
            vectors += self.contexts[:, :-1]
        return vectors
