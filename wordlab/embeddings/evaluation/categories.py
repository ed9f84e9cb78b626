"""Word categorisation: do clusters of the vectors hold words of one category?"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.bootstrap import Share
from wordlab.embeddings.evaluation.category_files import CategorisedWord, read_categories, sets_in
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.judging import Judge, Judging, NamedSample, Sampled, TestScore
from wordlab.embeddings.evaluation.known_words import known_words
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.queries import unit_rows
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Reporter
from wordlab.text.casing import Language
from wordlab.visible import listed

NUM_SEEDS = 10
"""How many times k-means begins anew, each time with a seed of its own."""

_STARTS = 10  # of which each seed keeps the tightest; scikit-learn's number when the literature used it
_SHOWN = 3


@dataclass(frozen=True)
class CategoryResult:
    """How pure the clusters of the words of one data set are.

    `purity` is the mean of `purities`, one for each seed of k-means, and `deviation` their standard deviation
    (of a sample, ddof 1). `interval` is a 95% bootstrap interval over words, whose clusters stay as they are.
    All are None or empty if fewer than two categories have words that could be used. Words without a vector
    are left out: `num_lost` of them.
    """

    name: str
    purity: float | None
    deviation: float | None
    interval: tuple[float, float] | None
    purities: tuple[float, ...]
    num_categories: int
    num_words: int
    num_lost: int
    lost_words: tuple[str, ...]
    policy: str
    columns: str
    """How the file was read."""

    note: str | None = None
    """What readers of the score must know; None if there is nothing to say."""

    num_through_subwords: int | None = None
    """How many of the words have a vector made of n-grams; None where such do not count."""

    @property
    def coverage(self) -> float:
        """The share of the words that could be used."""
        return self.num_words / max(1, self.num_words + self.num_lost)

    @property
    def read_as(self) -> str:
        """`columns`, as all kinds of results call what was guessed about a file."""
        return self.columns

    @property
    def scores(self) -> tuple[TestScore, ...]:
        """The purity as a row of the table of all tests."""
        counts = (self.num_words, self.num_lost, self.num_through_subwords)
        return (TestScore(self.name, "purity", self.purity, self.interval, *counts),)

    def to_dict(self) -> dict[str, Any]:
        """All fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


def evaluate_categories(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    num_seeds: int = NUM_SEEDS,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    table: TableOptions | None = None,
    language: Language | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> CategoryResult:
    """The purity of clusters of the words in a file or directory that `read_categories` reads.

    The unit vectors of the words are clustered by scikit-learn's k-means into as many clusters as categories
    have a word that is used, `num_seeds` times with the seeds `seed`, `seed` + 1 and so on. The purity of a
    clustering (Zhao and Karypis 2001) is the share of words whose category is the most frequent one of their
    cluster. A word of several categories is an item of each. Words without a vector are left out, where
    others put the mean of all vectors in their place. `policy`, `restrict_vocab` and `language` are as for
    `evaluate_similarity`. The same on any number of cores. Raises SourceError, FormatError and ConfigError.
    """
    if num_seeds < 1:
        raise ConfigError(f"num_seeds: expected 1 or more, found {num_seeds}")
    judging = Judging(
        policy=policy,
        restrict_vocab=restrict_vocab,
        table=table or TableOptions(),
        language=language,
        seed=seed,
    )
    clustered = _cluster(vectors, path, judging, num_seeds, on_progress)
    return _scored(clustered, name or set_name(path), judging)


class _Clustered(NamedTuple):
    """Whether each word used is of its cluster's category, bool (num_seeds, num_words), empty if too few.

    `facts` are the other fields of a CategoryResult.
    """

    pure: np.ndarray
    facts: dict[str, Any]

    @property
    def sample(self) -> Share:
        """For each word the share of clusterings in which it is."""
        return Share(self.pure.mean(axis=0) if len(self.pure) else np.zeros(0), np.arange(self.pure.shape[1]))


def _cluster(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    judging: Judging,
    num_seeds: int,
    on_progress: OnProgress | None,
) -> _Clustered:
    read = read_categories(path, options=judging.table)
    known = known_words(vectors, [(item.word,) for item in read.items], "words", judging)
    used = [item for item in read.items if item.word in known.rows]
    names, categories = np.unique([item.category for item in used], return_inverse=True)
    pure = np.zeros((0, 0), bool)
    if len(names) > 1:
        rows = unit_rows(np.array([known.rows[item.word] for item in used]))
        seeds = [(judging.seed + number) % 2**32 for number in range(num_seeds)]
        pure = np.array(
            [_pure(clusters, categories) for clusters in _clusterings(rows, len(names), seeds, on_progress)]
        )
    through = known.through
    facts = {
        "num_categories": len(names),
        "num_words": len(used),
        "num_lost": len(read.items) - len(used),
        "lost_words": known.lost,
        "policy": known.lookup.describe(),
        "columns": read.read_as,
        "note": _note(read.num_repeated, read.num_blank, read.items, known.note),
        "num_through_subwords": None if through is None else sum(item.word in through for item in used),
    }
    return _Clustered(pure, facts)


def _clusterings(
    rows: np.ndarray, num_clusters: int, seeds: Sequence[int], on_progress: OnProgress | None
) -> list[np.ndarray]:
    """The cluster of each row (n, D) by k-means with each seed, int (n,)."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    reporter = Reporter(on_progress, "cluster words", "times", len(seeds))
    found = []
    # several threads would add in an order that differs from run to run
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # equal vectors make fewer clusters than asked
        for number, seed in enumerate(seeds, start=1):
            model = KMeans(num_clusters, n_init=_STARTS, random_state=seed)
            found.append(model.fit(rows).labels_)
            reporter.report(number)
    return found


def _pure(clusters: np.ndarray, categories: np.ndarray) -> np.ndarray:
    """Whether the category of each item is the most frequent of its cluster, the first of equal ones."""
    counts = np.zeros((clusters.max() + 1, categories.max() + 1), np.int64)
    np.add.at(counts, (clusters, categories), 1)
    return np.asarray(counts.argmax(axis=1)[clusters] == categories)


def _note(
    num_repeated: int, num_blank: int, items: Sequence[CategorisedWord], note: str | None
) -> str | None:
    """What was left out of the file, and what looks odd in it, beside the `note` on its words."""
    alone = [name for name, size in Counter(item.category for item in items).items() if size == 1]
    in_several = sum(size > 1 for size in Counter(item.word for item in items).values())
    told = {
        f"rows without a word, left out: {num_blank:,}": num_blank,
        f"rows that repeat another, left out: {num_repeated:,}": num_repeated,
        f"words in several categories: {in_several:,}": in_several,
        f"categories of one word: {listed([repr(name) for name in alone], _SHOWN)}": len(alone),
    }
    notes = [text for text, number in told.items() if number] + ([note] if note else [])
    return "; ".join(notes) or None


def _scored(clustered: _Clustered, name: str, judging: Judging) -> CategoryResult:
    purities = tuple(clustered.pure.mean(axis=1).tolist()) if len(clustered.pure) else ()
    return CategoryResult(
        name, clustered.sample.value,
        float(np.std(purities, ddof=1)) if len(purities) > 1 else None,
        judging.interval(clustered.sample), purities, **clustered.facts,
    )  # fmt: skip


def _results(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> list[CategoryResult]:
    return [_scored(_cluster(vectors, path, judging, NUM_SEEDS, on_progress), name, judging)]


def _sampled(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> Sampled:
    clustered = _cluster(vectors, path, judging, NUM_SEEDS, on_progress)
    return Sampled([NamedSample(name, "purity", clustered.sample)], clustered.facts["note"])


JUDGE = Judge(results=_results, sampled=_sampled, sets_in=sets_in)
"""How `KINDS` scores sets of this kind."""
