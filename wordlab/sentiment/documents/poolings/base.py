"""Pooling: how much each word of a text weighs, and what all texts have in common and lose."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from wordlab.checks import check_number

MAX_COMPONENTS = 1_000


@dataclass(frozen=True, eq=False)
class WordStatistics:
    """What a pooling can know of the words when it weighs them.

    `probabilities` float64 (V + 1,) and `document_counts` int64 (V + 1,), in how many of the `num_texts` each
    word is, have a last entry for all words outside the vocabulary: both are 0 there, as for a word that was
    never met. `mean_length` is the number of known words of a text that has any, 1 if none has.
    """

    probabilities: np.ndarray
    document_counts: np.ndarray
    num_texts: int
    mean_length: float

    @property
    def num_words(self) -> int:
        """The size of the vocabulary, V."""
        return len(self.probabilities) - 1


@dataclass(frozen=True, kw_only=True)
class Pooling(ABC):
    """The settings of a way to pool: a text's vector is the sum of its known words' weighted vectors, divided
    by their number, less its projections on `num_components` directions that the fitted texts share.

    A pooling is a file with a subclass, and a line in `names`. ConfigError for settings that make no sense.
    """

    name: ClassVar[str]
    weighs_by_texts: ClassVar[bool] = True
    """Whether the weights depend on counts, of the vocabulary or of the texts."""

    num_components: int = 0

    def __post_init__(self) -> None:
        check_number(self, "num_components", int, 0, MAX_COMPONENTS)

    @property
    def is_fitted(self) -> bool:
        """Whether it learns anything from texts."""
        return self.weighs_by_texts or self.num_components > 0

    @abstractmethod
    def weights(self, words: WordStatistics) -> np.ndarray:
        """The weight of each word and, last, of a word outside the vocabulary, (V + 1,)."""

    def shares(self, squares: np.ndarray) -> np.ndarray:
        """How much of each component is removed, (m,); `squares` (m,) are its squared singular values."""
        return np.ones(len(squares))

    def to_dict(self) -> dict[str, Any]:
        """The name and the settings, for a manifest."""
        return {"name": self.name, **dataclasses.asdict(self)}
