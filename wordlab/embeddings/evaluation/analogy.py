"""Analogy questions: "Athens is to Greece as Baghdad is to ?", by section and in total."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from wordlab.checks import check_threads
from wordlab.embeddings import queries
from wordlab.embeddings.choices import ANALOGY_METHODS, AnalogyMethod, Policy
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.gensim_answers import gensim_answer
from wordlab.embeddings.evaluation.lookup import Lookup, fit
from wordlab.embeddings.evaluation.questions import Section, is_of_grammar, read_questions
from wordlab.embeddings.evaluation.search import search_answers
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, rows_in
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
    num_through_subwords: int | None = None
    """How many of those used ask with a word that only n-grams give a vector; None without subwords."""

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
        fields = {name: value for name, value in vars(self).items() if value is not None}
        return {**fields, "accuracy": self.accuracy, "coverage": self.coverage}


@dataclass(frozen=True)
class AnalogyResult:
    """Scores of one method on one data set.

    Questions with a lost word are left out of the accuracy (gensim's ``dummy4unknown=False``). Words asked
    with may have vectors made of n-grams; the word to be found is in the vocabulary, or it is lost.
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
        part = [score for score in self.sections if is_of_grammar(score.name) == of_grammar]
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
    first with a vector is asked about, and in an answer each is right. Any of a, b and c may be outside
    the vocabulary if subwords give it a vector, as for `evaluate_similarity`; answers are words of the
    vocabulary. `language` and other spellings are as
    for `evaluate_similarity`. Under gensim's policy 3CosAdd gives the numbers of
    ``KeyedVectors.evaluate_word_analogies``. Raises SourceError and FormatError.
    """
    answered = answer_questions(
        vectors, path, methods=methods, policy=policy, restrict_vocab=restrict_vocab, encoding=encoding,
        language=language, threads=threads, on_progress=on_progress,
    )  # fmt: skip
    results = []
    for method, correct in answered.correct.items():
        scores = _score(answered.sections, answered.used, correct, answered.through)
        results.append(AnalogyResult(name or set_name(path), method, scores, **answered.facts))
    return tuple(results)


class Answered(NamedTuple):
    """The questions of a file by section; which could be `used`, bool (num_questions,), over all sections.

    `correct` says for each method which were answered rightly; `through` which were asked with the help of
    n-grams, None without any. `facts` are the other fields of an AnalogyResult.
    """

    sections: Sequence[Section]
    used: np.ndarray
    correct: Mapping[str, np.ndarray]
    through: np.ndarray | None
    facts: dict[str, Any]


def answer_questions(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    methods: Sequence[AnalogyMethod] = ("3cosadd", "3cosmul"),
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    encoding: str = "utf-8",
    language: Language | None = None,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> Answered:
    """Each question of a file, answered; for options and errors see `evaluate_analogies`."""
    check_threads(threads)
    for method in methods:
        if method not in ANALOGY_METHODS:
            raise ValueError(f"expected a method out of {', '.join(ANALOGY_METHODS)}, found {method!r}")
    sections, lines = read_questions(path, encoding=encoding, skip_invalid=policy == "gensim")
    questions = [question for _, questions in sections for question in questions]
    alternatives = policy != "gensim"
    wanted = Lookup(vectors, policy, restrict_vocab, language=language, has_alternatives=alternatives)
    lookup, found, note, composed = fit(wanted, vectors, questions, "questions")
    rows = {word: ids[0] for word, ids in found.items() if ids}
    if composed is not None:  # their rows follow those of the vocabulary
        rows |= {word: len(vectors) + row for word, row in composed.row_of.items()}
    used = np.array([all(word in rows for word in abc) and bool(found[d]) for *abc, d in questions])
    asked = [questions[index] for index in np.flatnonzero(used)]
    triples = np.array([[rows[word] for word in abc] for *abc, _ in asked], dtype=np.int64).reshape(-1, 3)
    through = np.zeros(len(used), dtype=bool)
    through[used] = (triples >= len(vectors)).any(axis=1)
    all_correct: dict[str, np.ndarray] = {}
    reporter = Reporter(on_progress, "answer analogies", "%", total=100)
    for number, method in enumerate(methods):
        answers = _answer(
            vectors, lookup, composed, triples, method, threads or available_cores(),
            partial(_report, reporter, number, len(methods)),
        )  # fmt: skip
        reporter.report(round(100 * (number + 1) / len(methods)))
        correct = all_correct[method] = np.zeros(len(used), dtype=bool)
        # under gensim's policy any case variant of the expected word is correct
        first = [lookup.same(id)[0] if id >= 0 else -1 for id in answers.tolist()]
        correct[used] = [id in found[d] for id, (*_, d) in zip(first, asked, strict=True)]
    facts = {"policy": lookup.describe(), "lines": lines, "note": note}
    return Answered(sections, used, all_correct, None if composed is None else through, facts)


def _answer(
    vectors: WordVectors,
    lookup: Lookup,
    composed: Composed | None,
    triples: np.ndarray,
    method: AnalogyMethod,
    threads: int,
    report: Callable[[float], None],
) -> np.ndarray:
    """The id that answers each triple of rows (n, 3), those of words `composed` last; int64 (n,)."""
    num_words = len(vectors)
    excluded = [
        sorted({same for id in triple if id < num_words for same in lookup.same(id)})
        for triple in triples.tolist()
    ]
    bounds = np.array([0, *np.cumsum([len(ids) for ids in excluded])], dtype=np.int64)
    if not len(triples):
        return np.zeros(0, np.int64)
    flat = np.concatenate([np.array(ids, dtype=np.int64) for ids in excluded])
    distinct, questions = np.unique(triples, return_inverse=True)
    asked = rows_in(vectors.matrix, composed, distinct)
    best, answers, close = search_answers(
        vectors.matrix[: lookup.num_candidates], vectors.norms[: lookup.num_candidates],
        asked, questions.reshape(triples.shape), flat, bounds, method=method, threads=threads, report=report,
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
            rows = rows_in(vectors.matrix, composed, triples[q])
            answers[q] = _exact_answer(vectors, lookup.num_candidates, rows, excluded[q], method)
    return answers


def _exact_answer(
    vectors: WordVectors,
    num_candidates: int,
    triple: np.ndarray,
    excluded: Sequence[int],
    method: AnalogyMethod,
) -> int:
    """The answer to three vectors (3, D) by float64 scores, the lower id of equal ones; -1 for none."""
    matrix, norms = vectors.matrix[:num_candidates], vectors.norms[:num_candidates]
    if method == "3cosmul":
        ranking = queries.cosmul_rows(matrix, norms, triple[None], 1, [excluded])[0]
    else:
        a, b, c = queries.unit_rows(triple).astype(np.float64)
        ranking = queries.nearest_rows(matrix, norms, (b - a + c)[None], 1, [excluded])[0]
    return ranking[0][0] if ranking else -1


def _score(
    sections: Sequence[Section], used: np.ndarray, correct: np.ndarray, through: np.ndarray | None
) -> tuple[AnalogyScore, ...]:
    """The score of each section, from bool (num_questions,) over the questions of all."""
    scores, start = [], 0
    for section, questions in sections:
        part = slice(start, start + len(questions))
        num_used = int(used[part].sum())
        composed = None if through is None else int(through[part].sum())
        num_lost = len(questions) - num_used
        scores.append(AnalogyScore(section, int(correct[part].sum()), num_used, num_lost, composed))
        start = part.stop
    return tuple(scores)


def _sum(name: str, scores: Sequence[AnalogyScore]) -> AnalogyScore:
    fields = ("num_correct", "num_used", "num_lost")
    through = [score.num_through_subwords for score in scores if score.num_through_subwords is not None]
    counts = {field: sum(getattr(score, field) for score in scores) for field in fields}
    return AnalogyScore(name, **counts, num_through_subwords=sum(through) if through else None)


def _report(reporter: Reporter, number: int, num_methods: int, share: float) -> None:
    """Say that `share` of method `number` (from 0) is done."""
    reporter.update(round(100 * (number + share) / num_methods))
