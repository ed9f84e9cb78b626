"""What a change of vectors does to their scores."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.embeddings.evaluation.suite import evaluate
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress


@dataclass(frozen=True)
class Score:
    """One score before and after; None where no question of the test could be asked."""

    test: str
    measure: str
    before: float | None
    after: float | None


def compare_scores(
    before: WordVectors, after: WordVectors, on_progress: OnProgress | None = None
) -> tuple[Score, ...]:
    """Every score of the packaged test sets, before and after."""
    old, new = (evaluate(vectors, on_progress=on_progress).scores for vectors in (before, after))
    return tuple(
        Score(was.test, was.measure, was.value, now.value) for was, now in zip(old, new, strict=True)
    )
