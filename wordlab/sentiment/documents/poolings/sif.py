"""Smooth inverse frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from wordlab.checks import check_number
from wordlab.sentiment.documents.poolings.base import Pooling, WordStatistics


@dataclass(frozen=True, kw_only=True)
class Sif(Pooling):
    """A word of probability p weighs a / (a + p); the first singular vector of the texts is removed.

    Arora, Liang and Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings", algorithm 1.
    """

    name: ClassVar = "sif"

    num_components: int = 1
    a: float = 1e-3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "a", float, 1e-30, 1e30)

    def weights(self, words: WordStatistics) -> np.ndarray:
        """``a / (a + p)``, which is 1 for a word that was never met."""
        return np.asarray(self.a / (self.a + words.probabilities))
