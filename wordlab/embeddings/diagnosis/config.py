"""DiagnosisConfig: how closely vectors are looked at, in a module that loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number


@dataclass(frozen=True, kw_only=True)
class DiagnosisConfig:
    """How closely to look. Raises ConfigError.

    >>> DiagnosisConfig(k=5).num_words
    10000
    """

    k: int = 10
    """Neighbours of each word that hubs are counted by."""
    num_words: int = 10_000
    """Hubs are looked for among so many of the most frequent words; all else is about all words."""
    seed: int = 1
    """Seed of the planes that words with nearly the same vector are looked for by."""

    def __post_init__(self) -> None:
        check_number(self, "k", int, 1, 1_000)
        check_number(self, "num_words", int, 2, 1_000_000)
        check_number(self, "seed", int, 0, 2**63 - 1)
