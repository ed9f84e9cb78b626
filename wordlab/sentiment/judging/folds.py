"""Folds for cross-validation: which of them each text is in."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator

import numpy as np

Rows = np.ndarray
"""Positions of texts, int64, ascending."""


def stratified_folds(labels: Iterable[object], num_folds: int, *, seed: int) -> np.ndarray:
    """The fold of each text, from 0, int64 (num_texts,): each has the same share of every class.

    Of a class with fewer texts than folds, some folds have none. ValueError unless there are as many
    folds as texts at most, and two or more.
    """
    from sklearn.model_selection import StratifiedKFold

    targets = np.asarray(list(labels))
    folds = np.zeros(len(targets), dtype=np.int64)
    splitter = StratifiedKFold(num_folds, shuffle=True, random_state=seed % 2**32)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        for number, (_, held) in enumerate(splitter.split(np.zeros(len(targets)), targets)):
            folds[held] = number
    return folds


def rows_of_folds(folds: np.ndarray) -> Iterator[tuple[Rows, Rows]]:
    """The rows to train on and those held out, for each fold in ascending order."""
    for fold in np.unique(folds):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
