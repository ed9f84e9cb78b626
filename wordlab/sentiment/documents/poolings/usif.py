"""Unsupervised smooth inverse frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from wordlab.sentiment.documents.poolings.base import Pooling, WordStatistics


@dataclass(frozen=True, kw_only=True)
class Usif(Pooling):
    """As SIF with a constant that follows from the texts; five components lose a share each.

    Ethayarajh (2018), "Unsupervised random walk sentence embeddings: a strong but simple baseline".
    """

    name: ClassVar = "usif"

    num_components: int = 5

    def weights(self, words: WordStatistics) -> np.ndarray:
        """``a / (a / 2 + p)`` with ``a = (1 - alpha) / (alpha V / 2)``.

        `alpha` is the share of the V words whose probability exceeds ``1 - (1 - 1 / V) ** n``, that of being
        drawn at least once in a text of `n` words, the mean length, were all words as likely. Where none is
        so probable, `a` is infinite and all words weigh 2.
        """
        num_words = words.num_words
        with np.errstate(divide="ignore"):  # of a single word: -inf, so that the threshold is 1
            threshold = -np.expm1(words.mean_length * np.log1p(-1 / num_words))
        share = float(np.mean(words.probabilities[:-1] > threshold))
        alpha = min(share, 1 - 1 / num_words)  # all of them exceed it by rounding only
        inverse = alpha * num_words / 2 / (1 - alpha)  # of a
        return np.asarray(1 / (0.5 + words.probabilities * inverse))

    def shares(self, squares: np.ndarray) -> np.ndarray:
        """Each component's share of the squared singular values of all that are removed."""
        return np.asarray(squares / squares.sum())
