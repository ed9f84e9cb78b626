"""LinearConfig: the settings of the linear classifier, checked when it is made, and those of fastText."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import MAX_THREADS, check_number
from wordlab.embeddings.choices import MAX_BUCKETS, MAX_NGRAM
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.sentiment.models.names import LINEAR
from wordlab.sentiment.models.settings import ModelConfig

LOSSES = ("softmax", "ova", "hierarchical")

PRESETS: dict[str, dict[str, Any]] = {
    "fasttext": {  # args.cc of fastText 0.9.3, for its supervised mode
        "tokenizer": "whitespace",
        "dim": 100,
        "learning_rate": 0.1,
        "epochs": 5,
        "ngrams": 1,
        "min_count": 1,
        "buckets": 2_000_000,
        "loss": "softmax",
    },
}
"""The settings of other programs, by the program's name: fields of the config, and the tokenizer."""


@dataclass(frozen=True, kw_only=True)
class LinearConfig(ModelConfig):
    """How to train a linear classifier; the defaults are the best of those measured on five data sets.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> LinearConfig(ngrams=3).dim
    16
    """

    choices: ClassVar = {"model": LINEAR, "loss": LOSSES, "class_weights": ("none", "balanced")}

    model: str = "linear"
    """The classifier by name; there is one of this kind."""
    dim: int = 16
    """Dimensions of the vectors of words and n-grams; given vectors have their own."""
    ngrams: int = 2
    """The longest run of words that has a vector."""
    min_ngram: int = 3
    """Characters of the shortest n-grams of a word, if `max_ngram` says that there are any."""
    max_ngram: int = 0
    """Characters of the longest n-grams of a word, whose brackets count, too; 0 for none."""
    buckets: int = 2_000_000
    """Vectors that all runs of words and n-grams of characters share; memory is taken only for those that
    occur."""
    min_count: int = 1
    """Words that occur less often have no vector of their own; they still are part of runs of words."""
    loss: str = "softmax"
    """`softmax`; `ova`, one class against the rest; `hierarchical`, a Huffman tree, for many classes."""
    class_weights: str = "none"
    """`balanced` weights the loss of each class by the inverse of its share."""
    learning_rate: float = 0.5
    """Size of the first step; it falls to 0."""
    epochs: int = 5
    """Passes over the training texts."""
    threads: int = dataclasses.field(default_factory=available_cores)
    """Threads; any number of them gives the same bytes."""
    seed: int = 1
    """Seed of the initial vectors and of the order of the texts."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least, most in (
            ("dim", 1, 10_000),
            ("ngrams", 1, 10),
            ("min_ngram", 1, MAX_NGRAM),
            ("max_ngram", 0, MAX_NGRAM),
            ("buckets", 1, MAX_BUCKETS),
            ("min_count", 1, 1_000_000),
            ("epochs", 1, 1_000_000),
            ("threads", 1, MAX_THREADS),
            ("seed", 0, 2**63 - 1),
        ):
            check_number(self, name, int, least, most)
        check_number(self, "learning_rate", float, 0.0, 1_000.0)
        if 0 < self.max_ngram < self.min_ngram:
            raise ConfigError(
                f"min_ngram: expected at most the max_ngram {self.max_ngram}, found {self.min_ngram}"
            )

    @property
    def has_buckets(self) -> bool:
        """Whether anything but words has vectors."""
        return self.ngrams > 1 or self.max_ngram > 0

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values; without `threads`, which change nothing."""
        fields = super().to_dict()
        del fields["threads"]
        return fields


def preset_options(name: str) -> Mapping[str, Any]:
    """What the preset called `name` sets; ConfigError that lists the presets if there is none."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name.lower(), PRESETS, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"preset: expected one of {', '.join(PRESETS)}, found {name!r}{hint}")
    return PRESETS[name]


def preset_config(name: str, **options: Any) -> LinearConfig:
    """The config that the preset called `name` describes; `options` are fields, and win over it.

    Its tokenizer is another argument of training: ``preset_options(name)["tokenizer"]``. ConfigError for an
    unknown preset, and for values that the config refuses.

    >>> preset_config("fasttext", ngrams=2).dim
    100
    """
    fields = {**preset_options(name), **options}
    del fields["tokenizer"]
    return LinearConfig(**fields)
