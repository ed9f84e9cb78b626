"""The held-out figure of models whose own training holds nothing out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from wordlab.checks import check_value
from wordlab.sentiment.data.inputs import check_known_labels, check_targets, check_texts
from wordlab.sentiment.judging.held_out import HeldOut, held_out_rows

Judging = float | tuple[Sequence[str], Sequence[str]]
"""A share of the training texts to hold out from a first training, or other texts and their labels."""


class _Predicts(Protocol):
    classes: tuple[str, ...]

    def predict(self, texts: Sequence[str], /) -> list[str]: ...


def check_judging(judging: Judging, labels: Sequence[object]) -> None:
    """Raise, before anything is trained on `labels`, for what `judged_by` cannot judge by.

    ConfigError for a share out of range, CorpusError for labels that are not among `labels`, ValueError
    unless each of the other texts has one.
    """
    if not isinstance(judging, tuple):
        check_value("validation", judging, float, 0.0, 0.9)
        return
    texts, targets = check_texts(judging[0]), check_targets(judging[1])
    if not texts or len(texts) != len(targets):
        raise ValueError(f"expected a label for each text, found {len(texts)} texts, {len(targets)} labels")
    check_known_labels(targets, labels)


def judged_by(
    judging: Judging,
    model: _Predicts,
    texts: Sequence[str],
    labels: Sequence[object] | np.ndarray,
    *,
    seed: int,
    train: Callable[[list[str], list[str]], _Predicts],
) -> HeldOut | None:
    """How well texts are classified that were not trained on; None for a share of 0.

    Of a share of `texts` and `labels` another model is judged, which `train` makes without them, as `model`
    is made of all; other texts are given to `model` itself. None also where there are too few texts to hold
    some of each class out.
    """
    if isinstance(judging, tuple):
        held, targets = list(judging[0]), np.array([str(label) for label in judging[1]])
        return HeldOut.of(np.array(model.predict(held)), targets, model.classes)
    named = np.array([str(label) for label in labels])
    rows = held_out_rows(named, judging, seed=seed) if judging else None
    if rows is None:
        return None
    kept, out = (part.tolist() for part in rows)
    first = train([texts[row] for row in kept], named[kept].tolist())
    return HeldOut.of(np.array(first.predict([texts[row] for row in out])), named[out], first.classes)
