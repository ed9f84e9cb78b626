"""What a baseline is judged on before it is used: texts that it, or one like it, was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab import schema
from wordlab.errors import ArtifactError


@dataclass(frozen=True, eq=False)
class Validation:
    """Texts to judge on: a `share` of the training texts, drawn by `seed`, or other `texts` with `labels`."""

    share: float = 0.0
    seed: int = 1
    texts: Sequence[str] = ()
    labels: Sequence[object] = ()


_MOST_CLASSES = 50  # whose confusion is kept: it has as many numbers as their square


@dataclass(frozen=True)
class HeldOut:
    """The share of `num_texts` texts that models had right which were trained on others.

    `num_folds` are parts of the training texts that were held out in turn, all of them or, in a search of
    settings, some; None where a share, or texts of their own, were held out once. `confusion[i][j]` counts
    texts of class i that were taken for class j; None with more than 50 classes, and where it was not kept.
    """

    accuracy: float
    num_texts: int
    num_folds: int | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None

    @classmethod
    def of(
        cls,
        predicted: np.ndarray,
        labels: np.ndarray,
        classes: Sequence[Any] | np.ndarray,
        num_folds: int | None = None,
    ) -> HeldOut | None:
        """The figures for `predicted` labels (num_texts,), all among `classes`; None without texts."""
        if not len(labels):
            return None
        accuracy = float(np.mean(predicted == labels))
        return cls(accuracy, len(labels), num_folds, _confusion(predicted, labels, classes))

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain values, for JSON and the manifest."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Any, where: str, num_classes: int) -> HeldOut:
        """The figures that `to_dict` gave; ArtifactError, beginning with `where`, for anything else."""
        found = schema.config_from(facts, cls, where, required=("accuracy", "num_texts"))
        rows = found.confusion
        if rows is None:
            return found
        if {num_classes} != {len(rows), *map(len, rows)} or min(min(row) for row in rows) < 0:
            raise ArtifactError(
                f"{where}: confusion: expected {num_classes} rows of as many counts, found others"
            )
        return found


def _confusion(
    predicted: np.ndarray, labels: np.ndarray, classes: Sequence[Any] | np.ndarray
) -> tuple[tuple[int, ...], ...] | None:
    if len(classes) > _MOST_CLASSES:
        return None
    places = {label: place for place, label in enumerate(np.asarray(classes).tolist())}
    counts = np.zeros((len(places), len(places)), np.int64)
    for label, found in zip(np.asarray(labels).tolist(), np.asarray(predicted).tolist(), strict=True):
        counts[places[label], places[found]] += 1
    return tuple(tuple(row) for row in counts.tolist())


def held_out_rows(targets: np.ndarray, share: float, *, seed: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The rows to train on and those held out, the same `share` of each class, ascending.

    None where that many texts cannot hold one of each class.
    """
    from sklearn.model_selection import train_test_split

    try:
        rows, held = train_test_split(
            np.arange(len(targets)), test_size=share, random_state=seed % 2**32, stratify=targets
        )
    except ValueError:
        return None
    return np.sort(rows), np.sort(held)
