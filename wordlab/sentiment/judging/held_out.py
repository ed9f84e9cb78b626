"""What a baseline is judged on before it is used: texts that it, or one like it, was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab import schema


@dataclass(frozen=True, eq=False)
class Validation:
    """Texts to judge on: a `share` of the training texts, drawn by `seed`, or other `texts` with `labels`."""

    share: float = 0.0
    seed: int = 1
    texts: Sequence[str] = ()
    labels: Sequence[object] = ()


@dataclass(frozen=True)
class HeldOut:
    """The share of `num_texts` texts that models had right which were trained on others.

    `num_folds` is that of a cross-validation, in which each training text is held out once; None where a
    share, or texts of their own, were held out.
    """

    accuracy: float
    num_texts: int
    num_folds: int | None = None

    @classmethod
    def of(cls, predicted: np.ndarray, labels: np.ndarray, num_folds: int | None = None) -> HeldOut | None:
        """The figure for `predicted` labels (num_texts,); None without texts."""
        if not len(labels):
            return None
        return cls(float(np.mean(predicted == labels)), len(labels), num_folds)

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain values, for JSON and the manifest."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Any, where: str) -> HeldOut:
        """The figure that `to_dict` gave; ArtifactError, beginning with `where`, for anything else."""
        return schema.config_from(facts, cls, where, required=("accuracy", "num_texts"))


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
