"""Phrases: what was found, pass by pass, and how the tokens of a new text are joined by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

JOINER = "_"

Row = tuple[int, str, str, str, int, float]
"""The number of a pass, from 1, and the fields of a Phrase."""


class Phrase(NamedTuple):
    """Two words, the connector words `between` them (joined, or empty), its count and its score."""

    first: str
    between: str
    second: str
    count: int  # type: ignore[assignment]  # hides a method of tuples
    score: float

    @property
    def joined(self) -> str:
        """The phrase as one word."""
        return JOINER.join(part for part in self[:3] if part)


@dataclass(frozen=True)
class PhrasePass:
    """The phrases of one pass, best first, and the settings with which they were found."""

    scorer: str
    threshold: float
    min_count: int
    connector_words: tuple[str, ...]
    phrases: tuple[Phrase, ...]

    @cached_property
    def _connectors(self) -> frozenset[str]:
        return frozenset(self.connector_words)

    @cached_property
    def _parts(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((first, between, second) for first, between, second, _, _ in self.phrases)

    def settings(self) -> dict[str, Any]:
        """The settings, as a manifest records them."""
        return {
            "scorer": self.scorer,
            "threshold": self.threshold,
            "min_count": self.min_count,
            "connector_words": list(self.connector_words),
        }

    def join(self, tokens: Iterable[str]) -> list[str]:
        """The tokens of a line with each phrase as one token, from left to right, as gensim does it."""
        joined: list[str] = []
        held: list[str] = []  # a word that may begin a phrase, and the connector words after it
        for token in tokens:
            if token in self._connectors:
                (held or joined).append(token)
            elif held and (held[0], JOINER.join(held[1:]), token) in self._parts:
                joined.append(JOINER.join([*held, token]))
                held = []
            else:
                joined += held
                held = [token]
        return joined + held


@dataclass(frozen=True)
class Phrases:
    """The phrases of one or more passes; each pass joins what the one before has left. Immutable.

    >>> found = PhrasePass("default", 10.0, 5, ("of",), (Phrase("bank", "of", "america", 9, 31.5),))
    >>> Phrases((found,)).join("the bank of america".split())
    ['the', 'bank_of_america']
    """

    passes: tuple[PhrasePass, ...] = ()

    def __len__(self) -> int:
        return sum(len(one.phrases) for one in self.passes)

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(one.phrases):,}" for one in self.passes)
        digest = hashlib.sha256(repr(self.passes).encode("utf-8", "surrogatepass")).hexdigest()
        return f"<phrases {digest[:8]}: {counts}>"

    def __deepcopy__(self, memo: object) -> Phrases:
        return self  # scikit-learn's clone would look at each of them

    def join(self, tokens: Iterable[str]) -> list[str]:
        """The tokens of a line, joined pass by pass."""
        joined = list(tokens)
        for one in self.passes:
            joined = one.join(joined)
        return joined

    def then(self, more: Phrases) -> Phrases:
        """These passes, followed by `more`."""
        return Phrases((*self.passes, *more.passes))

    def best(self, number: int | None = None) -> list[tuple[int, Phrase]]:
        """The number of its pass and each phrase, best first, of equal ones by spelling; all by default."""
        numbered = [(place, each) for place, one in enumerate(self.passes, 1) for each in one.phrases]
        return sorted(numbered, key=_rank)[:number]

    def settings(self) -> list[dict[str, Any]]:
        """The settings of each pass, as a manifest records them; the phrases themselves are `rows`."""
        return [one.settings() for one in self.passes]

    def rows(self) -> Iterator[Row]:
        """The phrases of all passes, each with the number of its pass."""
        for place, one in enumerate(self.passes, 1):
            yield from ((place, *phrase) for phrase in one.phrases)

    @classmethod
    def of(cls, settings: Sequence[dict[str, Any]], rows: Iterable[Sequence[Any]]) -> Phrases:
        """The phrases of which `settings` and `rows` tell; ValueError for a row of no pass."""
        found: list[list[Phrase]] = [[] for _ in settings]
        for number, *fields in rows:
            if not 1 <= number <= len(found):
                raise ValueError(f"expected passes from 1 to {len(found)}, found {number}")
            found[number - 1].append(Phrase(*fields))
        return cls(
            tuple(
                PhrasePass(
                    **{**one, "connector_words": tuple(one["connector_words"])}, phrases=tuple(phrases)
                )
                for one, phrases in zip(settings, found, strict=True)
            )
        )


def in_order(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The phrases of a pass, best first, each once."""
    return tuple(phrase for _, phrase in sorted({(1, phrase) for phrase in phrases}, key=_rank))


def _rank(numbered: tuple[int, Phrase]) -> tuple[Any, ...]:
    number, phrase = numbered
    return -phrase.score, phrase.joined, number, phrase
