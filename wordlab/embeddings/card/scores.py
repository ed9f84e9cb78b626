"""The scores of a card: each with its interval and its coverage."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.evaluation.analogy import Answered, answer_questions
from wordlab.embeddings.evaluation.datasets import DATA_SETS, chosen_files
from wordlab.embeddings.evaluation.similarity import evaluate_similarity
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.text.casing import Language

MEASURES = {"spearman": "Spearman", "3cosadd": "3CosAdd", "3cosmul": "3CosMul"}
_RESAMPLES = 1_000
_TAILS = (0.025, 0.975)


@dataclass(frozen=True)
class CardScore:
    """A score on a `test`; `value` and `interval` (95%) are None where too few of its items could be used.

    Of the items `num_used` could be asked, `num_through_subwords` of these with words outside the vocabulary.
    """

    test: str
    measure: str
    value: float | None
    interval: tuple[float, float] | None
    num_used: int
    num_lost: int
    num_through_subwords: int
    policy: str
    note: str | None = None
    licence: str | None = None
    """That of the data of the test, where it is known."""

    @property
    def coverage(self) -> float:
        """The share of the items that could be used."""
        return self.num_used / max(1, self.num_used + self.num_lost)

    def to_dict(self) -> dict[str, Any]:
        """The fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


def card_scores(
    vectors: WordVectors,
    *,
    similarity_files: Sequence[str | os.PathLike[str]] = (),
    analogy_files: Sequence[str | os.PathLike[str]] = (),
    table: TableOptions | None = None,
    language: Language | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> tuple[CardScore, ...]:
    """The scores on the files, of either kind on all packaged sets if there are none of it.

    Words are looked up as `evaluate` does by default. SourceError and FormatError for files.
    """
    return tuple(_scores(vectors, similarity_files, analogy_files, table, language, seed, on_progress))


def _scores(
    vectors: WordVectors,
    similarity_files: Sequence[str | os.PathLike[str]],
    analogy_files: Sequence[str | os.PathLike[str]],
    table: TableOptions | None,
    language: Language | None,
    seed: int,
    on_progress: OnProgress | None,
) -> Iterator[CardScore]:
    licences = {data.name: data.licence for data in DATA_SETS}
    for name, path in chosen_files("similarity", similarity_files):
        options = table if similarity_files else None
        found = evaluate_similarity(vectors, path, name=name, table=options, language=language, seed=seed)
        yield CardScore(
            name, "spearman", found.spearman, found.interval, found.num_pairs, found.num_lost,
            found.num_through_subwords, found.policy, found.note, licences.get(name),
        )  # fmt: skip
    for name, path in chosen_files("analogy", analogy_files):
        encoding = table.encoding if table and analogy_files else "utf-8"
        answered = answer_questions(
            vectors, path, encoding=encoding, language=language, on_progress=on_progress
        )
        used = answered.used
        through = 0 if answered.through is None else int(answered.through.sum())
        for method, correct in answered.correct.items():
            yield CardScore(
                name, method, float(correct[used].mean()) if used.any() else None,
                _interval(answered, correct, seed), int(used.sum()), int((~used).sum()), through,
                answered.facts["policy"], answered.facts["note"], licences.get(name),
            )  # fmt: skip


def _interval(answered: Answered, correct: np.ndarray, seed: int) -> tuple[float, float] | None:
    """The percentile bootstrap interval of the share of right answers; None without any question.

    Questions of a section that begin with the same pair are drawn together, as in `compare_vectors`: they
    succeed or fail together, and drawn one by one would make the interval too narrow.
    """
    rows = np.flatnonzero(answered.used)
    if not len(rows):
        return None
    first = [f"{(name, *question[:2])}" for name, questions in answered.sections for question in questions]
    _, cluster = np.unique([first[row] for row in rows], return_inverse=True)
    sizes, right = np.bincount(cluster), np.bincount(cluster, correct[rows])
    draws = np.random.default_rng(seed).integers(0, len(sizes), (_RESAMPLES, len(sizes)))
    low, high = np.quantile(right[draws].sum(axis=1) / sizes[draws].sum(axis=1), _TAILS)
    return float(low), float(high)
