"""Inverse document frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from wordlab.sentiment.documents.poolings.base import Pooling, WordStatistics


@dataclass(frozen=True, kw_only=True)
class Idf(Pooling):
    """A word weighs the logarithm of how many texts there are for each that it is in (Spärck Jones 1972)."""

    name: ClassVar = "idf"

    def weights(self, words: WordStatistics) -> np.ndarray:
        """``ln((N + 1) / df)`` of N texts; a word that was in none of them has a df of 1.

        The one that is added leaves a word of all texts some weight: of one text alone nothing would be left.
        """
        return np.asarray(np.log((words.num_texts + 1) / np.maximum(words.document_counts, 1)))
