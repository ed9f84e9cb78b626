"""Scores of analogy questions, by section and in total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.evaluation.judging import TestScore
from wordlab.embeddings.evaluation.questions import Section, is_of_grammar


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

    interval: tuple[float, float] | None = None
    """The 95% bootstrap interval of the total; None if the questions used do not begin with two pairs."""

    @property
    def read_as(self) -> str | None:
        """`lines`, unless there was nothing to guess."""
        return None if self.lines == "questions" else self.lines

    @property
    def scores(self) -> tuple[TestScore, ...]:
        """The total as a row of the table of all tests."""
        total = self.total
        value = total.accuracy if total.num_used else None
        counts = (total.num_used, total.num_lost, total.num_through_subwords)
        return (TestScore(self.name, self.method, value, self.interval, *counts),)

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
            "interval": self.interval,
            "sections": [section.to_dict() for section in self.sections],
            **{name: score and score.to_dict() for name, score in parts.items()},
        }


def section_scores(
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
