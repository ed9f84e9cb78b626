"""The plain mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from wordlab.sentiment.documents.poolings.base import Pooling, WordStatistics


@dataclass(frozen=True, kw_only=True)
class Mean(Pooling):
    """All words weigh the same."""

    name: ClassVar = "mean"
    weighs_by_texts: ClassVar = False

    def weights(self, words: WordStatistics) -> np.ndarray:
        """1 for each word."""
        return np.ones(words.num_words + 1)
