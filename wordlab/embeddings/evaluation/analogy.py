"""Analogy questions: "Athens is to Greece as Baghdad is to ?", by section and in total."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from wordlab.checks import check_threads
from wordlab.embeddings import queries
from wordlab.embeddings.choices import ANALOGY_METHODS, AnalogyMethod, Policy
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.gensim_answers import gensim_answer
from wordlab.embeddings.evaluation.lookup import Lookup, fit
from wordlab.embeddings.evaluation.questions import Section, read_questions
from wordlab.embeddings.evaluation.search import search_answers
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores
from wordlab.text.casing import Language

_FEW = 16  # candidates; with fewer, gensim's list of the five best may run out


@dataclass(frozen=True)
class AnalogyScore:
    """How many questions of one section, or of several, were answered correctly."""

    name: str
    num_correct: int
    num_used: int
    num_lost: int

    @property
    def accuracy(self) -> float:
        """The share of correct answers among the questions used; 0 if none could be used."""
        return self.num_correct / max(1, self.num_used)

    @property
    def coverage(self) -> float:
        """The share of the questions all of whose words have vectors."""
        return self.num_used / max(1, self.num_used + self.num_lost)

    def to_dict(self) -> dict[str, Any]:
        """All fields, accuracy and coverage, ready for JSON."""
        return {**vars(self), "accuracy": self.accuracy, "coverage": self.coverage}


@dataclass(frozen=True)
class AnalogyResult:
    """Scores of one method on one data set.

    Questions with a lost word are left out of the accuracy (gensim's ``dummy4unknown=False``).
    """

    name: str
    method: str
    sections: tuple[AnalogyScore, ...]
    policy: str
    lines: str = "questions"
    """What the lines of the file held."""

    note: str | None = None
    """Why few questions could be used, or how words had to be spelt; None if there is nothing to say."""

    @property
    def total(self) -> AnalogyScore:
        """The score on all questions."""
        return _sum("total", self.sections)

    @property
    def semantic(self) -> AnalogyScore | None:
        """The score on Google's questions about the world; None if the sections are not Google's."""
        return self._part("semantic", of_grammar=False)

    @property
    def syntactic(self) -> AnalogyScore | None:
        """The score on Google's questions about grammar; None if the sections are not Google's."""
        return self._part("syntactic", of_grammar=True)

    def _part(self, name: str, *, of_grammar: bool) -> AnalogyScore | None:
        part = [score for score in self.sections if score.name.startswith("gram") == of_grammar]
        return _sum(name, part) if 0 < len(part) < len(self.sections) else None

    def to_dict(self) -> dict[str, Any]:
        """The result as nested dicts, ready for JSON."""
        parts = {name: getattr(self, name) for name in ("total", "semantic", "syntactic")}
        return {
            "name": self.name,
            "method": self.method,
            "policy": self.policy,
            "lines": self.lines,
            "note": self.note,
            "sections": [section.to_dict() for section in self.sections],
            **{name: score and score.to_dict() for name, score in parts.items()},
        }


def evaluate_analogies(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    methods: Sequence[AnalogyMethod] = ("3cosadd", "3cosmul"),
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    encoding: str = "utf-8",
    language: Language | None = None,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[AnalogyResult, ...]:
    """For each method the scores on a file of questions as `read_questions` takes them.

    Words and answers are looked up among the first `restrict_vocab` words (None: all, or 300,000
    under gensim's policy); a, b and c are never answers. Of the alternatives ``b/c/d`` in a question the
    first with a vector is asked about, and in an answer each is right. `language` and other spellings are as
    for `evaluate_similarity`. Under gensim's policy 3CosAdd gives the numbers of
    ``KeyedVectors.evaluate_word_analogies``. Raises SourceError and FormatError.
    """
    check_threads(threads)
    for method in methods:
        if method not in ANALOGY_METHODS:
            raise ValueError(f"expected a method out of {', '.join(ANALOGY_METHODS)}, found {method!r}")
    sections, lines = read_questions(path, encoding=encoding, skip_invalid=policy == "gensim")
    questions = [question for _, questions in sections for question in questions]
    alternatives = policy != "gensim"
    wanted = Lookup(vectors, policy, restrict_vocab, language=language, has_alternatives=alternatives)
    lookup, found, note = fit(wanted, vectors, questions, "questions")
    used = np.array([all(found[word] for word in question) for question in questions])
    asked = [[found[word] for word in questions[index]] for index in np.flatnonzero(used)]
    triples = np.array([[ids[0] for ids in fields[:3]] for fields in asked], dtype=np.int64).reshape(-1, 3)
    results = []
    reporter = Reporter(on_progress, "answer analogies", "%", total=100)
    for number, method in enumerate(methods):
        answers = _answer(
            vectors, lookup, triples, method, threads or available_cores(),
            partial(_report, reporter, number, len(methods)),
        )  # fmt: skip
        reporter.report(round(100 * (number + 1) / len(methods)))
        correct = np.zeros(len(used), dtype=bool)
        # under gensim's policy any case variant of the expected word is correct
        first = [lookup.same(id)[0] if id >= 0 else -1 for id in answers.tolist()]
        correct[used] = [id in fields[3] for id, fields in zip(first, asked, strict=True)]
        scores = _score(sections, used, correct)
        results.append(
            AnalogyResult(name or set_name(path), method, scores, lookup.describe(), lines=lines, note=note)
        )
    return tuple(results)


def _answer(
    vectors: WordVectors,
    lookup: Lookup,
    triples: np.ndarray,
    method: AnalogyMethod,
    threads: int,
    report: Callable[[float], None],
) -> np.ndarray:
    """The id that answers each triple of ids (n, 3); int64 (n,)."""
    excluded = [sorted({same for id in triple for same in lookup.same(id)}) for triple in triples.tolist()]
    bounds = np.array([0, *np.cumsum([len(ids) for ids in excluded])], dtype=np.int64)
    if not len(triples):
        return np.zeros(0, np.int64)
    flat = np.concatenate([np.array(ids, dtype=np.int64) for ids in excluded])
    best, answers, close = search_answers(
        vectors.matrix[: lookup.num_candidates], vectors.norms[: lookup.num_candidates],
        triples, flat, bounds, method=method, threads=threads, report=report,
    )  # fmt: skip
    doubtful = close | (answers < 0)
    if lookup.policy == "gensim" and method == "3cosadd":
        # gensim divides by zero if a vector is zero, and tries no more than five answers
        matrix = vectors.matrix[: lookup.num_candidates]
        norms = np.linalg.norm(matrix, axis=1)
        doubtful |= (best <= 0) | ~vectors.matrix[triples].any(axis=2).all(axis=1) | (np.diff(bounds) >= 6)
        doubtful |= lookup.num_candidates < _FEW
        for q in np.flatnonzero(doubtful):
            answers[q] = gensim_answer(matrix, norms, triples[q], excluded[q])
    else:
        for q in np.flatnonzero(doubtful):
            answers[q] = _exact_answer(vectors, lookup.num_candidates, triples[q], excluded[q], method)
    return answers


def _exact_answer(
    vectors: WordVectors,
    num_candidates: int,
    triple: np.ndarray,
    excluded: Sequence[int],
    method: AnalogyMethod,
) -> int:
    """The answer by float64 scores, the lower id of equal ones; -1 if no candidate is left."""
    matrix, norms = vectors.matrix[:num_candidates], vectors.norms[:num_candidates]
    if method == "3cosmul":
        ranking = queries.cosmul_rows(matrix, norms, matrix[triple][None], 1, [excluded])[0]
    else:
        a, b, c = queries.unit_rows(matrix[triple]).astype(np.float64)
        ranking = queries.nearest_rows(matrix, norms, (b - a + c)[None], 1, [excluded])[0]
    return ranking[0][0] if ranking else -1


def _score(sections: Sequence[Section], used: np.ndarray, correct: np.ndarray) -> tuple[AnalogyScore, ...]:
    """The score of each section, from bool (num_questions,) over the questions of all."""
    scores, start = [], 0
    for section, questions in sections:
        part = slice(start, start + len(questions))
        num_used = int(used[part].sum())
        scores.append(AnalogyScore(section, int(correct[part].sum()), num_used, len(questions) - num_used))
        start = part.stop
    return tuple(scores)


def _sum(name: str, scores: Sequence[AnalogyScore]) -> AnalogyScore:
    fields = ("num_correct", "num_used", "num_lost")
    return AnalogyScore(name, *(sum(getattr(score, field) for score in scores) for field in fields))


def _report(reporter: Reporter, number: int, num_methods: int, share: float) -> None:
    """Say that `share` of method `number` (from 0) is done."""
    reporter.update(round(100 * (number + share) / num_methods))
