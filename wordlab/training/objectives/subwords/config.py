"""SubwordConfig: the choices of word2vec, and how words are taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import check_number
from wordlab.embeddings.choices import MAX_BUCKETS, MAX_NGRAM
from wordlab.errors import ConfigError
from wordlab.training.objectives.word2vec.config import Ties, Word2VecConfig


@dataclass(frozen=True, kw_only=True)
class SubwordConfig(Word2VecConfig):
    """How to train word vectors that are made of the vectors of character n-grams.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> SubwordConfig(max_ngram=5).buckets
    2000000
    """

    min_ngram: int = 3
    """Characters of the shortest n-grams of a word; the brackets around the word count, too."""
    max_ngram: int = 6
    """Characters of the longest n-grams."""
    buckets: int = 2_000_000
    """Vectors that all n-grams share; memory is taken only for those that occur."""

    objective: ClassVar[str] = "subwords"
    learning_rates: ClassVar[Mapping[str, float]] = {"skipgram": 0.025, "cbow": 0.1}
    ties: ClassVar[Ties] = "fasttext"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "min_ngram", int, 1, MAX_NGRAM)
        check_number(self, "max_ngram", int, 1, MAX_NGRAM)
        check_number(self, "buckets", int, 1, MAX_BUCKETS)
        if self.min_ngram > self.max_ngram:
            raise ConfigError(
                f"min_ngram: expected at most the max_ngram {self.max_ngram}, found {self.min_ngram}"
            )

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest, with the name of the objective."""
        return {"objective": self.objective, **super().to_dict()}
