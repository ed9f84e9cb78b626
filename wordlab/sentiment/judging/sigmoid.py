"""Scores to probabilities: a sigmoid for each class, fitted on scores of texts that were held out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.resources import one_thread


class Sigmoid(NamedTuple):
    """What makes log-odds of a score: `slope` times the score, plus `offset`."""

    slope: float
    offset: float


UNCHANGED = Sigmoid(1.0, 0.0)
"""For scores that are taken for log-odds as they are."""


@one_thread()
def fit_sigmoid(
    scores: np.ndarray, is_class: np.ndarray, weights: np.ndarray | None = None
) -> Sigmoid | None:
    """The sigmoid of lowest log loss for `scores` (num_texts,) of texts that are of a class or not.

    Platt (1999, section 2.2): the targets are (N+ + 1) / (N+ + 2) and 1 / (N- + 2) instead of 1 and 0,
    which keeps the probabilities of few texts away from both ends; here by scikit-learn's logistic
    regression without a penalty, each text once with either outcome, weighted by its target. `weights`
    (num_texts,) are those of the texts, if they differ. None without texts of both kinds, and where the
    slope would turn all decisions round, as that of scores that say nothing may.
    """
    from sklearn.linear_model import LogisticRegression

    num_class = int(np.count_nonzero(is_class))
    if not 0 < num_class < len(is_class):
        return None
    high, low = (num_class + 1) / (num_class + 2), 1 / (len(is_class) - num_class + 2)
    targets = np.where(is_class, high, low)
    each = np.ones(len(scores)) if weights is None else weights
    scale = float(np.abs(scores).max()) or 1.0  # scores of any size make an equally easy problem
    model = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8)
    model.fit(
        np.concatenate([scores, scores])[:, None] / scale,
        np.repeat([1, 0], len(scores)),
        sample_weight=np.concatenate([each * targets, each * (1 - targets)]),
    )
    slope = float(model.coef_[0, 0]) / scale
    return Sigmoid(slope, float(model.intercept_[0])) if slope > 0 else None
