"""The texts of a search: those that trials learn from, and those that judge them, in several parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordlab.errors import CorpusError, TrainingError
from wordlab.sentiment.judging.folds import rows_of_folds, stratified_folds
from wordlab.sentiment.judging.held_out import held_out_rows
from wordlab.sentiment.judging.multi_label_choices import THRESHOLD
from wordlab.sentiment.models.linear.features import TokenisedTexts
from wordlab.sentiment.models.linear.goals import Goals
from wordlab.sentiment.models.linear.model import LinearModel

ENOUGH = 5_000
"""Texts to judge by: the score of one setting is then known to 0.7 points, and that of a thousand to 1.6."""


class Texts(NamedTuple):
    """Some texts, tokenised, and the classes of each."""

    tokenised: TokenisedTexts
    goals: Goals

    def __len__(self) -> int:
        return len(self.tokenised.line_ends)

    def take(self, rows: np.ndarray) -> Texts:
        """Those at `rows`, in that order."""
        return Texts(self.tokenised.take(rows), self.goals.take(rows))


class Part(NamedTuple):
    """Texts to train on, and others to judge by; `rows` are the places of the former, None for all."""

    training: Texts
    judging: Texts
    rows: np.ndarray | None = None


def held_out_parts(texts: Texts, share: float, *, seed: int, most: int | None = None) -> list[Part]:
    """The same `share` of each class held out in turn, until `ENOUGH` texts have been, or `most` times.

    No text is held out twice. CorpusError where there are too few texts.
    """
    number = max(1, round(share * len(texts)))
    parts = min(round(1 / share), -(-ENOUGH // number), most or len(texts))
    found = _several_labels(texts, share, parts, seed) if texts.goals.several else None
    if not texts.goals.several:
        rows = held_out_rows(texts.goals.places, share, seed=seed)
        found = rows and ([rows] if parts < 2 else _folds(texts.goals, share, parts, seed))
    if not found:
        raise CorpusError(
            f"labels: expected texts enough to hold out {share:g} of each class, "
            f"found {len(texts)} texts of {len(texts.goals.classes)} classes"
        )
    return [Part(texts.take(kept), texts.take(held), kept) for kept, held in found]


def _folds(goals: Goals, share: float, parts: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    num_folds = max(2, min(round(1 / share), int(goals.counts.max())))
    folds = stratified_folds(goals.places, num_folds, seed=seed)
    return list(rows_of_folds(folds))[:parts]


def _several_labels(
    texts: Texts, share: float, parts: int, seed: int
) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    order = np.random.default_rng(seed).permutation(len(texts))
    number = round(share * len(texts))
    if not 0 < number < len(texts):
        return []
    held = [order[part * number : (part + 1) * number] for part in range(parts)]
    return [(np.setdiff1d(order, rows), np.sort(rows)) for rows in held if len(rows)]


def judged(model: LinearModel, texts: Texts) -> float:
    """The accuracy of `model`, or its micro-F1 where texts may have several labels; TrainingError."""
    with np.errstate(over="ignore", invalid="ignore"):  # of vectors that are large, but still numbers
        chances = model.block_probabilities(texts.tokenised.as_block())
    if not np.isfinite(chances).all():
        raise TrainingError("probabilities are not finite numbers")
    goals = texts.goals
    if not goals.several:
        return float(np.mean(chances.argmax(axis=1) == goals.places))
    given = np.zeros(chances.shape, dtype=bool)
    given[np.repeat(np.arange(len(given)), np.diff(goals.bounds)), goals.places] = True
    predicted = chances >= THRESHOLD
    return 2 * int((given & predicted).sum()) / max(1, int(given.sum() + predicted.sum()))
