"""ParagraphSettings: how paragraph vectors are learnt, whoever uses them."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number


@dataclass(frozen=True, kw_only=True)
class ParagraphSettings:
    """Settings of paragraph vectors, checked when they are made: ConfigError names the field.

    >>> ParagraphSettings(dim=50).epochs
    12
    """

    dim: int = 200
    """Dimensions of the vectors of texts and n-grams."""
    ngrams: int = 3
    """The longest run of words that has a vector."""
    min_count: int = 2
    """How often a run of words must occur, labelled and unlabelled texts together, to have a vector."""
    epochs: int = 12
    """Passes over all texts."""
    negative: float = 5.0
    """Noise for each n-gram; drawn once for several n-grams, it weighs as much as so many words."""
    ns_exponent: float = 0.75
    """Noise is drawn in proportion to the counts to this power."""
    learning_rate: float = 0.025
    """Step size at the beginning; it goes down to zero."""
    shards: int = 2
    """Parts of the texts that train side by side and are merged every few thousand n-grams: up to so many
    threads train, and all numbers of threads give the same bytes."""
    seed: int = 1
    """Seed of the first vectors and of every draw."""

    def __post_init__(self) -> None:
        for name, least, most in (
            ("dim", 1, 10_000),
            ("ngrams", 1, 10),
            ("min_count", 1, 1_000_000),
            ("epochs", 1, 1_000_000),
            ("shards", 1, 64),
            ("seed", 0, 2**31 - 1),
        ):
            check_number(self, name, int, least, most)
        for name, low, high in (
            ("negative", 0.0, 1_000.0),
            ("ns_exponent", -10.0, 10.0),
            ("learning_rate", 0.0, 100.0),
        ):
            check_number(self, name, float, low, high)
