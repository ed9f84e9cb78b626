"""How the words of a test set are asked about, and the form in which every kind of test gives its scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.bootstrap import Interval, Sample, check_seed, interval_of
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress
from wordlab.text.casing import Language


@dataclass(frozen=True, kw_only=True)
class Judging:
    """What all tests are told; raises ConfigError."""

    policy: Policy = "wordlab"
    """How words are looked up, see `Lookup`."""

    restrict_vocab: int | None = None
    """Look only among this many words; None: all, or 300,000 under gensim's policy."""

    language: Language | None = None
    """The language whose lower case is meant; None: that of the vectors' tokenizer."""

    table: TableOptions = field(default_factory=TableOptions)
    """How files are read."""

    num_resamples: int = 1_000
    """Resamples of the bootstrap."""

    seed: int = 1
    """Seed of the bootstrap and of k-means."""

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if self.num_resamples < 1:
            raise ConfigError(f"num_resamples: expected 1 or more, found {self.num_resamples}")

    def interval(self, sample: Sample) -> Interval | None:
        """The 95% bootstrap interval of a score."""
        return interval_of(sample, num_resamples=self.num_resamples, seed=self.seed)


class NamedSample(NamedTuple):
    """The items behind one score, for a paired bootstrap."""

    test: str
    measure: str
    sample: Sample


class Sampled(NamedTuple):
    """The samples of all scores of a test, and what readers must know of it."""

    samples: Sequence[NamedSample]
    note: str | None


@dataclass(frozen=True)
class TestScore:
    """One score of one test: a row of the table that shows tests of all kinds.

    `value` is None where too few items could be used, and `interval`, of 95%, where that or fewer than two
    independent items. `num_through_subwords` of those used need a vector made of n-grams; None where such
    do not count.
    """

    __test__ = False  # it is no class of tests, whatever pytest makes of its name

    test: str
    measure: str
    value: float | None
    interval: Interval | None
    num_used: int
    num_lost: int
    num_through_subwords: int | None = None

    @property
    def coverage(self) -> float:
        """The share of the items that could be used."""
        return self.num_used / max(1, self.num_used + self.num_lost)

    def to_dict(self) -> dict[str, Any]:
        """All fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


class Result(Protocol):
    """What every kind of test finds of some vectors."""

    @property
    def name(self) -> str:
        """What the test is called."""

    @property
    def policy(self) -> str:
        """How words were looked up, in words."""

    @property
    def note(self) -> str | None:
        """What readers of the scores must know; None if there is nothing to say."""

    @property
    def read_as(self) -> str | None:
        """What was guessed about the file; None if there was nothing to guess."""

    @property
    def scores(self) -> Sequence[TestScore]:
        """Its scores."""

    def to_dict(self) -> dict[str, Any]:
        """The result as nested dicts, ready for JSON."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """How sets of a kind are found and scored.

    `results` scores vectors on the set at a path, under a name; a kind with several ways of asking gives
    several results. `sampled` gives the items behind the scores instead of intervals. `sets_in` says which
    sets a path holds, as a directory may hold several.
    """

    results: Callable[[WordVectors, Path, str, Judging, OnProgress | None], Sequence[Result]]
    sampled: Callable[[WordVectors, Path, str, Judging, OnProgress | None], Sampled]
    sets_in: Callable[[Path], Sequence[Path]]
