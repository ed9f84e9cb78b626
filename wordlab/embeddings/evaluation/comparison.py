"""Several sets of vectors, judged by the words that all of them have, and whether they differ by chance."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.evaluation.bootstrap import Interval, between, resample
from wordlab.embeddings.evaluation.datasets import chosen_files
from wordlab.embeddings.evaluation.judging import Judging, NamedSample
from wordlab.embeddings.evaluation.kinds import KINDS, Files, checked_files
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.neighbours import neighbours_in_each, num_shared
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress
from wordlab.text.casing import Language
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import listed

_TIMED = 20  # words whose neighbours are looked for, one after the other
BANDS = (0, 1_000, 5_000, 20_000)
"""Where bands of frequency end, as ranks among the common words."""


class Difference(NamedTuple):
    """How much more than the first set a set scores, and the 95% interval of that."""

    value: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """`better` or `worse` if the interval leaves out 0, else `not clear`."""
        return "better" if self.low > 0 else "worse" if self.high < 0 else "not clear"


@dataclass(frozen=True)
class ComparedScore:
    """One score of each set on the same `num_items` pairs, questions or words.

    `intervals` are those of each score, of 95%; `differences` are those of the second set and the others from
    the first. All are None where too few items could be used.
    """

    test: str
    measure: str
    num_items: int
    values: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]
    differences: tuple[Difference | None, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields and the verdicts, ready for JSON."""
        told = [each and {**each._asdict(), "verdict": each.verdict} for each in self.differences]
        return {**asdict(self), "differences": told}


class Band(NamedTuple):
    """Common words of ranks `first` to `last`, from 1, and the share of neighbours that each set keeps.

    `overlaps` are means over the words, of the first set with the second and each of the others.
    """

    first: int
    last: int
    overlaps: tuple[float, ...]


class Measured(NamedTuple):
    """A set's size and speed; `milliseconds` is the median time to find the 10 nearest words of one word."""

    num_words: int
    dim: int
    megabytes: float
    milliseconds: float


@dataclass(frozen=True)
class VectorComparison:
    """What `compare_vectors` found of the sets called `names`, on `num_common` words that all have.

    `notes` say of tests why few of their items could be used, or how their words had to be spelt.
    """

    names: tuple[str, ...]
    num_common: int
    sets: tuple[Measured, ...]
    scores: tuple[ComparedScore, ...]
    bands: tuple[Band, ...]
    k: int
    notes: tuple[str, ...] = ()

    @property
    def worse(self) -> list[tuple[str, ComparedScore]]:
        """Sets, and the scores in which they are worse than the first beyond chance."""
        return [
            (name, score)
            for score in self.scores
            for name, difference in zip(self.names[1:], score.differences, strict=True)
            if difference is not None and difference.verdict == "worse"
        ]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as nested dicts, ready for JSON."""
        return {
            "names": list(self.names),
            "num_common": self.num_common,
            "sets": [each._asdict() for each in self.sets],
            "scores": [score.to_dict() for score in self.scores],
            "k": self.k,
            "neighbours": [band._asdict() for band in self.bands],
            "notes": list(self.notes),
        }


def compare_vectors(
    sets: Mapping[str, WordVectors],
    *,
    files: Files | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    k: int = 10,
    num_resamples: int = 1_000,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> VectorComparison:
    """Scores of all `sets` on the words that all have, each with its difference from the first set.

    `files` are test sets by kind, as for `evaluate`. Every set has the same items and candidates for answers.
    Words count as common where they are written alike; n-grams are left aside. The intervals are percentiles
    of a paired bootstrap (Efron and Tibshirani 1993, chapter 13): pairs, and words with a category, are drawn
    with replacement, and of questions those together that begin with the same pair of words or ask about the
    same group, as questions about the same words succeed or fail together. Each interval stands for itself:
    of twenty, one may leave out 0 by chance.

    Raises ConfigError for fewer than two sets, or fewer than two words in common; SourceError and
    FormatError for files.
    """
    if len(sets) < 2:
        raise ConfigError(f"vectors: expected two sets or more to compare, found {len(sets)}")
    if num_resamples < 1 or k < 1:
        raise ConfigError(f"expected k and num_resamples of 1 or more, found {k} and {num_resamples}")
    files = checked_files(files)
    plain = Judging(language=language, num_resamples=num_resamples, seed=seed)
    given = plain if table is None else replace(plain, table=table)
    common = _on_common_words(sets)
    scores: list[ComparedScore] = []
    notes: list[str] = []
    for kind, how in KINDS.items():
        chosen = files.get(kind, ())
        judging = given if chosen else plain
        for name, path in chosen_files(kind, chosen):
            sampled = [how.judge.sampled(each, path, name, judging, on_progress) for each in common]
            notes += [f"{name}: {note}" for note in dict.fromkeys(each.note for each in sampled) if note]
            of_sets = zip(*(each.samples for each in sampled), strict=True)
            scores += [_compared(samples, judging) for samples in of_sets]
    return VectorComparison(
        names=tuple(sets),
        num_common=len(common[0]),
        sets=tuple(_measure(vectors) for vectors in sets.values()),
        scores=tuple(scores),
        bands=tuple(_bands(common, k, on_progress)),
        k=k,
        notes=tuple(notes),
    )


def _on_common_words(sets: Mapping[str, WordVectors]) -> list[WordVectors]:
    """The sets without the words that others lack, in the first one's order; ConfigError for fewer than 2."""
    first, *others = sets.values()
    words = [word for word in first.vocabulary if all(word in other.vocabulary for other in others)]
    if len(words) < 2:
        looks = "; ".join(f"those of {name} look like {_examples(each)}" for name, each in sets.items())
        raise ConfigError(f"vectors: expected words that all sets have, found {len(words)}; {looks}")
    counts = first.vocabulary.counts[first.vocabulary.find(words)]
    vocabulary = Vocabulary(words, counts)
    return [
        WordVectors(vocabulary, each.matrix[each.vocabulary.find(words)], tokenizer=each.tokenizer)
        for each in sets.values()
    ]


def _examples(vectors: WordVectors) -> str:
    return listed([repr(word) for word in vectors.vocabulary.words[:3]])


def _compared(samples: Sequence[NamedSample], judging: Judging) -> ComparedScore:
    """One score of all sets, from the sample of each."""
    test, measure, first = samples[0]
    each = [sample for *_, sample in samples]
    values = tuple(sample.value for sample in each)
    known = [value for value in values if value is not None]
    nothing = (None,) * len(each)
    if len(known) < len(each):
        return ComparedScore(test, measure, first.num_items, nothing, nothing, nothing[1:])
    if first.num_units < 2:  # what would be drawn is always the same
        return ComparedScore(test, measure, first.num_items, values, nothing, nothing[1:])
    drawn = resample(each, num_resamples=judging.num_resamples, seed=judging.seed)
    differences = tuple(
        _difference(value - known[0], found - drawn[0])
        for value, found in zip(known[1:], drawn[1:], strict=True)
    )
    intervals = tuple(between(found) for found in drawn)
    return ComparedScore(test, measure, first.num_items, values, intervals, differences)


def _difference(value: float, resampled: np.ndarray) -> Difference | None:
    bounds = between(resampled)
    return None if bounds is None else Difference(value, *bounds)


def _bands(sets: Sequence[WordVectors], k: int, on_progress: OnProgress | None) -> Iterator[Band]:
    """The share of the `k` nearest words that the first set has in common with each other, by frequency."""
    first, *others = neighbours_in_each([each.matrix[: BANDS[-1]] for each in sets], k, on_progress)
    overlaps = [num_shared(first, other) / first.shape[1] for other in others]
    for start, end in pairwise(BANDS):
        part = slice(start, min(end, len(first)))
        if part.start < part.stop:
            yield Band(start + 1, part.stop, tuple(float(each[part].mean()) for each in overlaps))


def _measure(vectors: WordVectors) -> Measured:
    asked = vectors.vocabulary.words[:: max(1, len(vectors) // _TIMED)][:_TIMED]
    seconds = []
    vectors.nearest(asked[0], k=10)  # norms are computed once
    for word in asked:
        start = time.perf_counter()
        vectors.nearest(word, k=10)
        seconds.append(time.perf_counter() - start)
    return Measured(len(vectors), vectors.dim, vectors.matrix.nbytes / 1e6, 1e3 * float(np.median(seconds)))
