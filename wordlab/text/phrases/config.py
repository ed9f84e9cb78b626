"""PhraseConfig: how phrases are found; nothing heavy is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from wordlab.checks import check_choice, check_number
from wordlab.errors import ConfigError
from wordlab.text.phrases.scorers import SCORERS

ENGLISH_CONNECTOR_WORDS = (
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without",
)  # fmt: skip
"""Articles, prepositions and conjunctions, the same fifteen as in gensim."""

_MOST = 10**12


@dataclass(frozen=True)
class PhraseConfig:
    """How phrases are found in a corpus; ConfigError for settings that make no sense.

    >>> PhraseConfig(scorer="npmi").threshold
    0.5
    """

    scorer: str = "default"
    """The score: that of Mikolov et al. as gensim scales it, or as word2phrase does, or npmi."""
    threshold: float | None = None
    """What the score must be above."""
    min_count: int = 5
    """Pairs that occur less often are no phrases; the scores of rare ones are lowered by it."""
    passes: int = 1
    """How often phrases are joined: two make up to four words into one, three up to eight."""
    connector_words: tuple[str, ...] = ()
    """Words that may stand inside a phrase, but not at its ends, as in bank_of_america."""

    def __post_init__(self) -> None:
        check_choice(self, "scorer", tuple(SCORERS))
        check_number(self, "min_count", int, 1, _MOST)
        check_number(self, "passes", int, 1, 100)
        object.__setattr__(self, "threshold", _threshold(self.scorer, self.threshold))
        object.__setattr__(self, "connector_words", _connector_words(self.connector_words))


def _threshold(name: str, value: Any) -> float:
    """The threshold to use; ConfigError if the scorer called `name` cannot have it."""
    scorer = SCORERS[name]
    if value is None:
        return scorer.threshold
    if isinstance(value, int | float) and not isinstance(value, bool):
        if scorer.lowest < value <= scorer.highest and not math.isinf(value):
            return float(value)
        if value == scorer.lowest and scorer.reaches_lowest:
            return float(value)
    allowed = (
        f"a number from {scorer.lowest:g} to {scorer.highest:g}"
        if scorer.reaches_lowest
        else f"a number above {scorer.lowest:g}"
    )
    raise ConfigError(f"threshold: expected {allowed} with the scorer {name}, found {value!r}")


def _connector_words(words: Any) -> tuple[str, ...]:
    """The words in order, each once; ConfigError for anything but some words."""
    found = None if isinstance(words, str | bytes) else words
    try:
        listed = list(found)  # type: ignore[arg-type]
    except TypeError:
        raise ConfigError(f"connector_words: expected a list of words, found {words!r}") from None
    for word in listed:
        if not isinstance(word, str) or not word:
            raise ConfigError(f"connector_words: expected words, found {word!r}")
    return tuple(sorted(set(listed)))
