"""The linear classifier on vectors of texts and on their n-grams: one score of both for each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from wordlab.errors import TrainingError
from wordlab.resources import one_thread
from wordlab.sentiment.models.baseline import MAX_STEPS
from wordlab.sentiment.models.nbsvm import log_count_ratio
from wordlab.sentiment.models.paragraphs.config import ParagraphConfig

_TOLERANCE = 0.1  # liblinear's own
_ALPHA = 1.0  # added to counts of n-grams, as in NB-SVM


@dataclass(frozen=True)
class Part:
    """A linear classifier of one class against the rest: weights (num_features,) float64, and a bias."""

    weights: np.ndarray
    bias: float

    def scores(self, features: csr_matrix | np.ndarray) -> np.ndarray:
        """The score of each row, float64 (num_rows,)."""
        return np.asarray(features @ self.weights + self.bias)


@dataclass(frozen=True)
class Side:
    """What adds up to the log-odds of one class against the rest.

    `of_vectors` float64 (dim,) applies to the vector of a text, `of_grams` float64 (num_grams,) to whether
    it has an n-gram; `bias` is added.
    """

    of_vectors: np.ndarray
    of_grams: np.ndarray
    bias: float


@one_thread()
def fit_side(vectors: np.ndarray, present: csr_matrix, is_side: np.ndarray, config: ParagraphConfig) -> Side:
    """The classifier of the texts with `is_side`, bool (num_texts,), against the others.

    Logistic regression on `vectors` (num_texts, dim), and on which n-grams are `present`, sparse
    (num_texts, num_grams), times their log-count ratios. How much each counts is learnt, by another logistic
    regression, from their scores for texts that were held out of both: each of the folds is a stretch of
    neighbouring texts of either class, as neighbours often have their subject in common. Its scores are
    log-odds. Raises TrainingError if the weights are not finite.
    """
    on_vectors = _fit_vectors(vectors, is_side, config)
    on_grams = _fit_grams(present, is_side, config)
    stacked = _stack(_held_out_scores(vectors, present, is_side, config), is_side)
    side = Side(
        of_vectors=stacked[0] * on_vectors.weights,
        of_grams=stacked[1] * on_grams.weights,
        bias=stacked[0] * on_vectors.bias + stacked[1] * on_grams.bias + stacked[2],
    )
    if not (np.isfinite(side.of_vectors).all() and np.isfinite(side.of_grams).all()):
        raise TrainingError("the weights are not finite numbers; a smaller cost may help")
    return side


def _fit_vectors(vectors: np.ndarray, is_side: np.ndarray, config: ParagraphConfig) -> Part:
    """Logistic regression on the vectors, each dimension standardised; the weights take that in."""
    mean, spread = vectors.mean(axis=0, dtype=np.float64), vectors.std(axis=0, dtype=np.float64)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(
        C=config.vector_cost, class_weight=_class_weight(config), max_iter=MAX_STEPS
    ).fit((vectors - mean) / spread, is_side)
    weights = model.coef_.ravel() / spread
    return Part(weights, float(model.intercept_[0] - weights @ mean))


def _fit_grams(present: csr_matrix, is_side: np.ndarray, config: ParagraphConfig) -> Part:
    """Logistic regression on n-grams scaled by their log-count ratios; those in no text weigh nothing."""
    ratio = log_count_ratio(present, is_side, _ALPHA)
    ratio[np.asarray(present.sum(axis=0)).ravel() == 0] = 0
    scaled = csr_matrix((ratio[present.indices], present.indices, present.indptr), present.shape)
    model = LogisticRegression(
        C=config.cost, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=MAX_STEPS,
        class_weight=_class_weight(config), random_state=config.seed,
    ).fit(scaled, is_side)  # fmt: skip
    return Part(model.coef_.ravel() * ratio, float(model.intercept_[0]))


def _held_out_scores(
    vectors: np.ndarray, present: csr_matrix, is_side: np.ndarray, config: ParagraphConfig
) -> np.ndarray:
    """The scores (num_texts, 2) of both for each text, trained on the other folds; NaN if there are none."""
    scores = np.full((len(is_side), 2), np.nan)
    num_folds = min(config.stacking_folds, int(is_side.sum()), int((~is_side).sum()))
    if num_folds < 2:
        return scores
    folds = _folds(is_side, num_folds)
    for fold in range(num_folds):
        kept, held = folds != fold, folds == fold
        scores[held, 0] = _fit_vectors(vectors[kept], is_side[kept], config).scores(vectors[held])
        scores[held, 1] = _fit_grams(present[kept], is_side[kept], config).scores(present[held])
    return scores


def _folds(is_side: np.ndarray, num_folds: int) -> np.ndarray:
    """The fold of each text (num_texts,): stretches of neighbours among the texts of either class."""
    folds = np.empty(len(is_side), np.int64)
    for rows in (np.flatnonzero(is_side), np.flatnonzero(~is_side)):
        folds[rows] = np.arange(len(rows)) * num_folds // len(rows)
    return folds


def _stack(scores: np.ndarray, is_side: np.ndarray) -> tuple[float, float, float]:
    """How much the scores of vectors and n-grams count, never less than nothing, and what is added.

    Half each where no text was held out.
    """
    if np.isnan(scores).any():
        return 0.5, 0.5, 0.0
    used = [0, 1]
    while used:
        model = LogisticRegression(C=np.inf, max_iter=MAX_STEPS).fit(scores[:, used], is_side)
        found = dict(zip(used, model.coef_.ravel().tolist(), strict=True))
        if min(found.values()) >= 0:
            return found.get(0, 0.0), found.get(1, 0.0), float(model.intercept_[0])
        used.remove(min(found, key=found.__getitem__))
    return 0.5, 0.5, 0.0  # neither says anything of texts that it has not seen


def _class_weight(config: ParagraphConfig) -> str | None:
    return None if config.class_weights == "none" else config.class_weights
