"""How a classifier does on each class, and the means over the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of a class, or their means; `support` is the number of its texts.

    Of the texts taken for the class the share `precision` is of it; of its texts the share `recall` is taken
    for it; F1 is their harmonic mean. A share of no texts is 0.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int


def scores_by_class(
    targets: np.ndarray, predicted: np.ndarray, classes: tuple[str, ...]
) -> tuple[tuple[ClassScores, ...], ClassScores, ClassScores]:
    """The scores of each class, their plain means ("macro") and those weighted by support ("weighted").

    `targets` and `predicted` are positions in `classes`, int64 (num_texts,). A class neither given nor
    predicted has no part in the means, as it has no F1.
    """
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(
        targets, predicted, labels=range(len(classes)), zero_division=0.0
    )
    shares = np.stack(columns[:3])  # (3, num_classes)
    support = np.asarray(columns[3], dtype=np.int64)
    found = tuple(
        _scores(label, shares[:, place], int(support[place])) for place, label in enumerate(classes)
    )
    present = np.union1d(targets, predicted)
    total = int(support.sum())
    macro = _scores("macro", shares[:, present].mean(axis=1), total)
    return found, macro, _scores("weighted", shares @ support / max(1, total), total)


def _scores(label: str, shares: np.ndarray, support: int) -> ClassScores:
    precision, recall, f1 = shares.tolist()
    return ClassScores(label, precision, recall, f1, support)
