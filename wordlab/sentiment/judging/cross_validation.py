"""Cross-validation: each text is judged by a model that was trained on the texts of the other folds."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.judging.folds import stratified_folds
from wordlab.visible import clipped

MAX_FOLDS = 1_000


@dataclass(frozen=True)
class FoldScores:
    """The accuracy of each fold, in the order of the folds, and what they say together.

    `mean` is that of the folds, `deviation` their standard deviation (of a sample), as papers give them.
    """

    accuracies: tuple[float, ...]
    mean: float
    deviation: float

    @classmethod
    def of(cls, right: np.ndarray, folds: np.ndarray) -> FoldScores:
        """The scores of texts that are `right` or not, bool (num_texts,), in `folds` (num_texts,)."""
        found = [float(right[folds == fold].mean()) for fold in np.unique(folds)]
        return cls(tuple(found), statistics.mean(found), statistics.stdev(found))

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain values, for JSON."""
        return {"accuracies": list(self.accuracies), "mean": self.mean, "deviation": self.deviation}


def choose_folds(data: LabelledTexts, num_folds: int, *, seed: int) -> np.ndarray:
    """The fold of each text, from 0, drawn so that each has the same share of every class, (num_texts,).

    Raises ConfigError for fewer than two folds, CorpusError for more folds than a class has texts to go
    round, where that leaves a class with a single text.
    """
    if not 2 <= num_folds <= MAX_FOLDS:
        raise ConfigError(f"folds: expected a whole number from 2 to {MAX_FOLDS}, found {num_folds}")
    counts = Counter(data.labels)
    if num_folds > max(counts.values()):
        raise CorpusError(
            f"{data.source}: expected {num_folds} texts or more of some class for as many folds, "
            f"found {max(counts.values())} of {clipped(max(counts, key=counts.__getitem__))!r}"
        )
    folds = stratified_folds(data.labels, num_folds, seed=seed)
    check_folds(data, folds)
    return folds


def given_folds(data: LabelledTexts, names: Sequence[str]) -> np.ndarray:
    """The folds that have these `names`, one for each text, as numbers from 0 in the order of the names.

    Numbers are in numeric order. Raises CorpusError unless there are as many names as texts, two different
    ones or more, and a text of each class beside every fold.
    """
    if len(names) != len(data):
        raise CorpusError(
            f"{data.source}: expected the fold of each of {len(data):,} texts, found {len(names):,} folds"
        )
    different = sorted(
        set(names), key=lambda name: (0, int(name), name) if name.isdecimal() else (1, 0, name)
    )
    if not 2 <= len(different) <= MAX_FOLDS:
        raise CorpusError(f"{data.source}: expected 2 to {MAX_FOLDS} folds, found {len(different):,}")
    places = {name: place for place, name in enumerate(different)}
    folds = np.array([places[name] for name in names], dtype=np.int64)
    check_folds(data, folds)
    return folds


def check_folds(data: LabelledTexts, folds: np.ndarray) -> None:
    """Raise CorpusError if all texts of a class are in one fold, as nothing teaches it without that fold."""
    only: dict[str, set[int]] = {}
    for label, fold in zip(data.labels, folds.tolist(), strict=True):
        only.setdefault(label, set()).add(fold)
    for label, found in sorted(only.items()):
        if len(found) < 2:
            raise CorpusError(
                f"{data.source}: expected texts of each class in two folds or more, found {clipped(label)!r} "
                f"in fold {min(found) + 1} alone"
            )
