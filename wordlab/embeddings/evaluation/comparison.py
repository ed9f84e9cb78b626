"""Several sets of vectors, judged by the words that all of them have, and whether they differ by chance."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.evaluation.analogy import Answered, answer_questions
from wordlab.embeddings.evaluation.bootstrap import can_correlate, check_seed, resampled_correlations
from wordlab.embeddings.evaluation.datasets import chosen_files
from wordlab.embeddings.evaluation.questions import is_of_grammar
from wordlab.embeddings.evaluation.similarity import RatedPairs, rate_pairs
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.neighbours import neighbours_in_each, num_shared
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress
from wordlab.text.casing import Language
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import listed

_LEVEL = 0.95
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
    """One score of each set on the same `num_items` pairs or questions.

    `differences` are those of the second set and the others from the first. Both are None where too few
    items could be used.
    """

    test: str
    measure: str
    num_items: int
    values: tuple[float | None, ...]
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
    similarity_files: Sequence[str | os.PathLike[str]] = (),
    analogy_files: Sequence[str | os.PathLike[str]] = (),
    table: TableOptions | None = None,
    language: Language | None = None,
    k: int = 10,
    num_resamples: int = 1_000,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> VectorComparison:
    """Scores of all `sets` on the words that all have, each with its difference from the first set.

    Without files the tests are those of `datasets.DATA_SETS`. Every set then has the same pairs, questions
    and candidates for answers. Words count as common where they are written alike; n-grams are left aside.
    The intervals are percentiles of a paired bootstrap (Efron and Tibshirani 1993, chapter 13): pairs are
    drawn with replacement, and for analogies all questions that begin with the same pair of words together,
    as questions about the same words succeed or fail together. Each interval stands for itself: of twenty,
    one may leave out 0 by chance.

    Raises ConfigError for fewer than two sets, or fewer than two words in common; SourceError and
    FormatError for files.
    """
    check_seed(seed)
    if len(sets) < 2:
        raise ConfigError(f"vectors: expected two sets or more to compare, found {len(sets)}")
    if num_resamples < 1 or k < 1:
        raise ConfigError(f"expected k and num_resamples of 1 or more, found {k} and {num_resamples}")
    common = _on_common_words(sets)
    bootstrap = _Bootstrap(num_resamples, seed)
    scores: list[ComparedScore] = []
    notes: dict[str, str | None] = {}
    for name, path in chosen_files("similarity", similarity_files):
        options = table if similarity_files else None
        rated = [rate_pairs(each, path, table=options, language=language) for each in common]
        notes[name] = rated[0].facts["note"]
        scores.append(_similarity(name, rated, bootstrap))
    for name, path in chosen_files("analogy", analogy_files):
        encoding = table.encoding if table and analogy_files else "utf-8"
        answered = [
            answer_questions(each, path, encoding=encoding, language=language, on_progress=on_progress)
            for each in common
        ]
        notes[name] = answered[0].facts["note"]
        scores += _analogies(name, answered, bootstrap)
    return VectorComparison(
        names=tuple(sets),
        num_common=len(common[0]),
        sets=tuple(_measure(vectors) for vectors in sets.values()),
        scores=tuple(scores),
        bands=tuple(_bands(common, k, on_progress)),
        k=k,
        notes=tuple(f"{name}: {note}" for name, note in notes.items() if note),
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


class _Bootstrap(NamedTuple):
    """Draws with replacement, the same for every set."""

    num_resamples: int
    seed: int

    def draws(self, num_items: int) -> np.ndarray:
        """The items of each resample, (num_resamples, num_items)."""
        return np.random.default_rng(self.seed).integers(0, num_items, (self.num_resamples, num_items))


def _compared(
    test: str, measure: str, num_items: int, values: Sequence[float], resampled: Sequence[np.ndarray]
) -> ComparedScore:
    """The score with its differences, from the `resampled` scores of each set, (num_resamples,)."""
    tails = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    differences = [
        Difference(value - values[0], *np.nanquantile(other - resampled[0], tails).tolist())
        for value, other in zip(values[1:], resampled[1:], strict=True)
    ]
    return ComparedScore(test, measure, num_items, tuple(values), tuple(differences))


def _similarity(test: str, rated: Sequence[RatedPairs], bootstrap: _Bootstrap) -> ComparedScore:
    from scipy.stats import spearmanr

    human = rated[0].human
    if not all(can_correlate(human, each.cosines) for each in rated):
        nothing = (None,) * len(rated)
        return ComparedScore(test, "spearman", len(human), nothing, nothing[1:])
    draws = bootstrap.draws(len(human))
    values = [float(spearmanr(human, each.cosines)[0]) for each in rated]
    resampled = [resampled_correlations(human, each.cosines, draws) for each in rated]
    return _compared(test, "spearman", len(human), values, resampled)


def _analogies(test: str, answered: Sequence[Answered], bootstrap: _Bootstrap) -> Iterator[ComparedScore]:
    """A score for each method, and where Google's two kinds of sections are there, for each of those."""
    used = answered[0].used
    sections = [name for name, questions in answered[0].sections for _ in questions]
    grammar = np.array([is_of_grammar(name) for name in sections], bool)
    first = [(name, *question[:2]) for name, questions in answered[0].sections for question in questions]
    parts = {test: used}
    if grammar[used].any() and not grammar[used].all():
        parts |= {f"{test}, semantic": used & ~grammar, f"{test}, syntactic": used & grammar}
    for part, chosen in parts.items():
        rows = np.flatnonzero(chosen)
        for method in answered[0].correct:
            if not len(rows):
                nothing = (None,) * len(answered)
                yield ComparedScore(part, method, 0, nothing, nothing[1:])
                continue
            _, cluster = np.unique([f"{first[row]}" for row in rows], return_inverse=True)
            sizes = np.bincount(cluster)
            draws = bootstrap.draws(len(sizes))
            correct = [np.bincount(cluster, each.correct[method][rows]) for each in answered]
            drawn = sizes[draws].sum(axis=1)
            yield _compared(
                part, method, len(rows), [float(each.sum() / len(rows)) for each in correct],
                [each[draws].sum(axis=1) / drawn for each in correct],
            )  # fmt: skip


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
