"""Analogy questions: "Athens is to Greece as Baghdad is to ?", by section and in total."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab.checks import check_threads
from wordlab.embeddings import queries
from wordlab.embeddings.choices import ANALOGY_METHODS, AnalogyMethod, Policy
from wordlab.embeddings.evaluation.analogy_scores import AnalogyResult, section_scores
from wordlab.embeddings.evaluation.bootstrap import Share, numbered
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.gensim_answers import gensim_answer
from wordlab.embeddings.evaluation.judging import Judge, Judging, NamedSample, Sampled
from wordlab.embeddings.evaluation.lookup import Lookup, fit
from wordlab.embeddings.evaluation.questions import Section, is_of_grammar, read_questions
from wordlab.embeddings.evaluation.search import search_answers
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, rows_in
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores
from wordlab.text.casing import Language

_FEW = 16  # candidates; with fewer, gensim's list of the five best may run out


def evaluate_analogies(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    methods: Sequence[AnalogyMethod] = ANALOGY_METHODS,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    encoding: str = "utf-8",
    language: Language | None = None,
    seed: int = 1,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[AnalogyResult, ...]:
    """For each method the scores on a file of questions as `read_questions` takes them.

    Words and answers are looked up among the first `restrict_vocab` words (None: all, or 300,000
    under gensim's policy); a, b and c are never answers. Of the alternatives ``b/c/d`` in a question the
    first with a vector is asked about, and in an answer each is right. Any of a, b and c may be outside
    the vocabulary if subwords give it a vector, as for `evaluate_similarity`; answers are words of the
    vocabulary. `language` and other spellings are as for `evaluate_similarity`. Under gensim's policy 3CosAdd
    gives the numbers of ``KeyedVectors.evaluate_word_analogies``. `seed` is that of the bootstrap, which
    draws all questions of a section that begin with the same pair of words together. Raises SourceError and
    FormatError.
    """
    judging = Judging(
        policy=policy, restrict_vocab=restrict_vocab, table=TableOptions(encoding=encoding),
        language=language, seed=seed,
    )  # fmt: skip
    answered = answer_questions(
        vectors, path, judging, methods=methods, threads=threads, on_progress=on_progress
    )
    return _scored(answered, name or set_name(path), judging)


def _scored(answered: Answered, name: str, judging: Judging) -> tuple[AnalogyResult, ...]:
    results = []
    for method, correct in answered.correct.items():
        scores = section_scores(answered.sections, answered.used, correct, answered.through)
        interval = judging.interval(answered.sample(method, answered.used))
        results.append(AnalogyResult(name, method, scores, interval=interval, **answered.facts))
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

    def sample(self, method: str, chosen: np.ndarray) -> Share:
        """The `chosen` questions, bool (num_questions,), those that begin with the same pair in a cluster."""
        first = [(name, *question[:2]) for name, questions in self.sections for question in questions]
        rows = np.flatnonzero(chosen).tolist()
        return Share(self.correct[method][rows], numbered([first[row] for row in rows]))

    def parts(self, name: str) -> dict[str, np.ndarray]:
        """The questions used, bool (num_questions,), and where Google's two kinds are there each of them."""
        grammar = [is_of_grammar(section) for section, questions in self.sections for _ in questions]
        is_grammar, used = np.array(grammar, dtype=bool), self.used
        if is_grammar[used].any() and not is_grammar[used].all():
            of_kind = {"semantic": used & ~is_grammar, "syntactic": used & is_grammar}
            return {name: used, **{f"{name}, {kind}": chosen for kind, chosen in of_kind.items()}}
        return {name: used}


def answer_questions(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    judging: Judging,
    *,
    methods: Sequence[AnalogyMethod] = ANALOGY_METHODS,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> Answered:
    """Each question of a file, answered."""
    check_threads(threads)
    for method in methods:
        if method not in ANALOGY_METHODS:
            raise ValueError(f"expected a method out of {', '.join(ANALOGY_METHODS)}, found {method!r}")
    gensims = judging.policy == "gensim"
    sections, lines = read_questions(path, encoding=judging.table.encoding, skip_invalid=gensims)
    questions = [question for _, questions in sections for question in questions]
    wanted = Lookup(
        vectors, judging.policy, judging.restrict_vocab, language=judging.language,
        has_alternatives=not gensims,
    )  # fmt: skip
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


def _report(reporter: Reporter, number: int, num_methods: int, share: float) -> None:
    """Say that `share` of method `number` (from 0) is done."""
    reporter.update(round(100 * (number + share) / num_methods))


def _results(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> tuple[AnalogyResult, ...]:
    return _scored(answer_questions(vectors, path, judging, on_progress=on_progress), name, judging)


def _sampled(
    vectors: WordVectors, path: Path, name: str, judging: Judging, on_progress: OnProgress | None
) -> Sampled:
    answered = answer_questions(vectors, path, judging, on_progress=on_progress)
    samples = [
        NamedSample(part, method, answered.sample(method, chosen))
        for part, chosen in answered.parts(name).items()
        for method in answered.correct
    ]
    return Sampled(samples, answered.facts["note"])


def _one_set(path: Path) -> list[Path]:
    return [path]


JUDGE = Judge(results=_results, sampled=_sampled, sets_in=_one_set)
"""How `KINDS` scores sets of this kind; a directory is one set, as that of BATS."""
