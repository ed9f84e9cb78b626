"""SubwordConfig: the choices of word2vec, and how words are taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import check_number
from wordlab.embeddings.choices import MAX_BUCKETS, MAX_HASHES, MAX_NGRAM
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
    buckets: int | None = None
    """Vectors that all n-grams share; memory is taken only for those that occur.

    None stands for 2,000,000, or with `hashes` for 50,000, and is replaced by it.
    """
    hashes: int = 0
    """Vectors that make up each n-gram by floret's hashing, 1 to 4; 2 do with few `buckets`. Words then have
    no vectors of their own. 0 is fastText's hashing, one vector an n-gram and one a word."""

    objective: ClassVar[str] = "subwords"
    learning_rates: ClassVar[Mapping[str, float]] = {"skipgram": 0.025, "cbow": 0.1}
    ties: ClassVar[Ties] = "fasttext"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "min_ngram", int, 1, MAX_NGRAM)
        check_number(self, "max_ngram", int, 1, MAX_NGRAM)
        check_number(self, "hashes", int, 0, MAX_HASHES)
        if self.buckets is None:
            object.__setattr__(self, "buckets", 50_000 if self.hashes else 2_000_000)
        check_number(self, "buckets", int, 1, MAX_BUCKETS)
        if self.min_ngram > self.max_ngram:
            raise ConfigError(
                f"min_ngram: expected at most the max_ngram {self.max_ngram}, found {self.min_ngram}"
            )

    @property
    def ngrams(self) -> dict[str, Any]:
        """How words are taken apart, by the names of the arguments of `hash_ngrams` and `Subwords`."""
        return {
            "min_n": self.min_ngram,
            "max_n": self.max_ngram,
            "num_buckets": self.buckets,
            "num_hashes": self.hashes,
        }

    def num_own(self, num_words: int) -> int:
        """How many vectors `num_words` words have beside those of their n-grams."""
        return 0 if self.hashes else num_words

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest, with the name of the objective."""
        fields = {"objective": self.objective, **super().to_dict()}
        if not self.hashes:  # as before there were any
            del fields["hashes"]
        return fields
