"""Outlier detection: is the word that does not belong to a group the one least like the others?

Camacho-Collados and Navigli (2016), "Find the word that does not belong: A Framework for an Intrinsic
Evaluation of Word Vector Representations", RepEval.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.bootstrap import Share, numbered
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.judging import Judge, Judging, NamedSample, Sampled, TestScore
from wordlab.embeddings.evaluation.known_words import KnownWords, known_words
from wordlab.embeddings.evaluation.outlier_files import Group, read_outliers
from wordlab.embeddings.evaluation.spellings import AS_WRITTEN
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.queries import unit_rows
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.text.casing import Language

_FEWEST = 2  # words of a group with a vector: with one, it and the outlier are equally like the other
_TIE = 1e-9  # compactness that differs by less is equal


@dataclass(frozen=True)
class OutlierScore:
    """How well the outliers of one group, or of several, were told from its words.

    A question asks for one outlier among the words of its group. `num_lost` of them could not be asked,
    because the outlier or all but one of the group have no vector; `num_shortened` of those used were asked
    without words of the group that have none.
    """

    name: str
    num_found: int
    sum_positions: float
    num_used: int
    num_lost: int
    num_shortened: int
    num_through_subwords: int | None = None
    """How many of those used hold a word whose vector is made of n-grams; None where such do not count."""

    @property
    def accuracy(self) -> float:
        """The share of outliers that are least like the others; 0 if none could be used."""
        return self.num_found / max(1, self.num_used)

    @property
    def opp(self) -> float:
        """The outlier position percentage as a share: the mean of position / size of the group."""
        return self.sum_positions / max(1, self.num_used)

    def to_dict(self) -> dict[str, Any]:
        """Counts and scores, ready for JSON."""
        return {
            "name": self.name,
            "accuracy": self.accuracy,
            "opp": self.opp,
            "num_found": self.num_found,
            "num_used": self.num_used,
            "num_lost": self.num_lost,
            "num_shortened": self.num_shortened,
            "num_through_subwords": self.num_through_subwords,
        }


@dataclass(frozen=True)
class OutlierResult:
    """Accuracy and outlier position percentage (OPP) on one data set, by group and in total.

    The intervals are 95% bootstrap intervals over groups; None with fewer than two.
    """

    name: str
    groups: tuple[OutlierScore, ...]
    interval: tuple[float, float] | None
    opp_interval: tuple[float, float] | None
    lost_words: tuple[str, ...]
    policy: str
    num_through_parts: int
    """How many of the questions used hold an entry such as ``Real_Madrid`` whose vector is the mean of those
    of its words."""

    note: str | None = None
    """What readers of the scores must know; None if there is nothing to say."""

    read_as = None

    @property
    def total(self) -> OutlierScore:
        """The score over all groups."""
        fields = ["num_found", "sum_positions", "num_used", "num_lost", "num_shortened"]
        if all(group.num_through_subwords is not None for group in self.groups):
            fields.append("num_through_subwords")
        return OutlierScore(
            "total", *(sum(getattr(group, field) for group in self.groups) for field in fields)
        )

    @property
    def scores(self) -> tuple[TestScore, ...]:
        """Accuracy and OPP as rows of the table of all tests."""
        total = self.total
        counts = (total.num_used, total.num_lost, total.num_through_subwords)
        values = (total.accuracy, total.opp) if total.num_used else (None, None)
        return (
            TestScore(self.name, "accuracy", values[0], self.interval, *counts),
            TestScore(self.name, "opp", values[1], self.opp_interval, *counts),
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as nested dicts, ready for JSON."""
        groups = {"total": self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}
        return {**asdict(self), **groups}


def evaluate_outliers(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    encoding: str = "utf-8",
    language: Language | None = None,
    seed: int = 1,
) -> OutlierResult:
    """Accuracy and OPP on the groups of a file or directory that `read_outliers` reads.

    Each outlier is put among the n words of its group, and all n + 1 are ordered by how like they are to the
    others: the mean of their n cosines with them, which the paper calls pseudo-inverted compactness
    (section 2.1) and which orders as compactness does. The position of the outlier counts the words that are
    more like the others than it; it is found if that is all n, and OPP is the mean of position / n. Words as
    unlike as the outlier count against it.

    A question whose outlier has no vector is lost, and words of the group without one are left out of it; it
    is lost, too, if fewer than two are left. An entry such as ``Real_Madrid`` has the vector of that
    word, or else the mean of those of its words if all have one, as in the paper, or else one of its n-grams.
    `policy`, `restrict_vocab` and `language` are as for `evaluate_similarity`; `seed` is that of the
    bootstrap, which draws groups. Raises SourceError and FormatError.
    """
    judging = Judging(
        policy=policy, restrict_vocab=restrict_vocab, table=TableOptions(encoding=encoding),
        language=language, seed=seed,
    )  # fmt: skip
    return _scored(_ask(vectors, path, judging), name or set_name(path), judging)


class _Asked(NamedTuple):
    """The questions used of all groups: the group of each, int64 (n,), and the outlier's position / size.

    `facts` are the other fields of an OutlierResult.
    """

    groups: list[OutlierScore]
    group: np.ndarray
    positions: np.ndarray
    facts: dict[str, Any]

    def samples(self) -> dict[str, Share]:
        """The questions for each measure, those of a group together."""
        return {
            "accuracy": Share((self.positions == 1).astype(float), self.group),
            "opp": Share(self.positions, self.group),
        }


def _ask(vectors: WordVectors, path: str | os.PathLike[str], judging: Judging) -> _Asked:
    groups = read_outliers(path, encoding=judging.table.encoding)
    words = dict.fromkeys(word for group in groups for word in (*group.words, *group.outliers))
    known = known_words(vectors, [(word,) for word in words], "words", judging)
    parts = _through_parts(words, known, vectors)
    rows = {**known.rows, **parts}
    through = None if known.through is None else known.through - parts.keys()
    scores: list[OutlierScore] = []
    positions: list[np.ndarray] = []
    num_through_parts = 0
    for group in groups:
        inside = [word for word in group.words if word in rows]
        asked = [word for word in group.outliers if word in rows] if len(inside) >= _FEWEST else []
        found = _positions([rows[word] for word in inside], [rows[word] for word in asked])
        positions.append(found)
        num_through_parts += _num_with(parts.keys(), inside, asked)
        num_shortened = len(asked) if len(inside) < len(group.words) else 0
        num_through = None if through is None else _num_with(through, inside, asked)
        counts = (len(asked), len(group.outliers) - len(asked), num_shortened, num_through)
        scores.append(OutlierScore(group.name, int((found == 1).sum()), float(found.sum()), *counts))
    lost = tuple(word for word in words if word not in rows)
    enough = bool(parts) and 2 * len(lost) <= len(words) and known.lookup.spelling is AS_WRITTEN
    facts = {
        "lost_words": lost,
        "policy": known.lookup.describe(),
        "num_through_parts": num_through_parts,
        "note": _note(groups, scores, num_through_parts, None if enough else known.note),
    }
    cluster = numbered([number for number, found in enumerate(positions) for _ in found])
    return _Asked(scores, cluster, np.concatenate(positions), facts)


def _through_parts(words: Iterable[str], known: KnownWords, vectors: WordVectors) -> dict[str, np.ndarray]:
    """The mean vector of the words of entries such as ``Real_Madrid`` that are no word of the vocabulary."""
    found = {}
    for word in words:
        if "_" in word and (word not in known.rows or word in (known.through or ())):
            ids = [known.lookup.id(part) for part in word.split("_") if part]
            known_ids = [id for id in ids if id is not None]
            if ids and len(known_ids) == len(ids):
                found[word] = vectors.matrix[known_ids].mean(axis=0)
    return found


def _positions(words: Sequence[np.ndarray], outliers: Sequence[np.ndarray]) -> np.ndarray:
    """For each outlier which share of the words is more like the others than it, float64 (num_outliers,)."""
    if not outliers:
        return np.zeros(0)
    rows, others = (unit_rows(np.array(each)).astype(np.float64) for each in (words, outliers))
    # of each word with the other words of the group; no matrix of all with all, as a file may hold many
    within = rows @ rows.sum(axis=0) - np.einsum("ij,ij->i", rows, rows)
    found = np.empty(len(others))
    for number, other in enumerate(others):
        with_outlier = rows @ other
        compactness = (within + with_outlier) / len(rows)
        found[number] = (compactness > with_outlier.mean() + _TIE).mean()
    return found


def _num_with(made: Collection[str], words: Sequence[str], outliers: Sequence[str]) -> int:
    """How many questions hold a word that is `made`: as the outlier, or in the group."""
    if any(word in made for word in words):
        return len(outliers)
    return sum(word in made for word in outliers)


def _note(
    groups: Sequence[Group], scores: Sequence[OutlierScore], num_through_parts: int, note: str | None
) -> str | None:
    """What was left out, and which vectors were made, beside the `note` on the words."""
    num_repeated = sum(group.num_repeated for group in groups)
    num_shortened = sum(score.num_shortened for score in scores)
    told = {
        f"lines that repeat a word of their group, left out: {num_repeated:,}": num_repeated,
        f"questions asked without words of their group that have no vector: {num_shortened:,}": num_shortened,
        f"questions with an entry of several words that has their mean vector: {num_through_parts:,}": (
            num_through_parts
        ),
    }
    notes = [text for text, number in told.items() if number] + ([note] if note else [])
    return "; ".join(notes) or None


def _scored(asked: _Asked, name: str, judging: Judging) -> OutlierResult:
    samples = asked.samples()
    return OutlierResult(
        name,
        tuple(asked.groups),
        judging.interval(samples["accuracy"]),
        judging.interval(samples["opp"]),
        **asked.facts,
    )


def _results(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> list[OutlierResult]:
    return [_scored(_ask(vectors, path, judging), name, judging)]


def _sampled(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> Sampled:
    asked = _ask(vectors, path, judging)
    samples = [NamedSample(name, measure, sample) for measure, sample in asked.samples().items()]
    return Sampled(samples, asked.facts["note"])


def _one_set(path: Path) -> list[Path]:
    return [path]


JUDGE = Judge(results=_results, sampled=_sampled, sets_in=_one_set)
"""How `KINDS` scores sets of this kind; a directory is one set."""
