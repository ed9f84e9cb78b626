"""NB-SVM (Wang and Manning 2012): a linear classifier on n-grams that naive Bayes weighs first."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from wordlab.checks import check_choice, check_number
from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.judging.folds import rows_of_folds, stratified_folds
from wordlab.sentiment.judging.held_out import HeldOut, Validation
from wordlab.sentiment.judging.sigmoid import UNCHANGED, Sigmoid, fit_sigmoid
from wordlab.sentiment.models.baseline import MAX_STEPS, class_weighted, fit_weighted, linear_options
from wordlab.sentiment.models.baseline_config import LOSSES, BaselineConfig
from wordlab.sentiment.models.ngrams import NgramBaseline
from wordlab.sentiment.models.passes import Passes
from wordlab.text.tokenizers import Tokenizer

_TOLERANCE = 0.1  # liblinear's own; with scikit-learn's 1e-4 IMDb takes 17 times as long and is no better
_COST, _COST_OF_MANY = 1.0, 0.03
_FEW = 5  # texts of a class: fewer do not determine a sigmoid of its own


class NBSVM(NgramBaseline):
    """Linear classifier on naive Bayes features (Wang and Manning 2012, section 2.3).

    Which n-grams are in a text, not how often, times their log-count ratio r (`log_count_ratio`). The
    result is interpolated with multinomial naive Bayes, whose weights are r and whose bias is the
    log-odds of the classes, scaled to the same size: (1 - beta) mean|w| + beta w (equation 4). `loss` is
    the paper's squared hinge, or the logistic loss. With more than two classes there is one such
    classifier for each class, against the rest, in whose ratios the smoothing is shared out by size. `C`
    None stands for 1, as in the paper, and with more than two classes for 0.03.

    Such scores say which class is likelier, not how likely. They become log-odds by a sigmoid for each
    class (Platt 1999, `judging.sigmoid`), fitted on the scores that each text gets from a classifier
    trained on the other of `calibration_folds` folds; 0 keeps the scores as they are. Cross-validation
    leaves all texts to the classifier itself and gives its held-out accuracy at the same time; a sigmoid
    has two parameters, which a few hundred texts determine, where isotonic regression needs thousands.
    A class of fewer than five texts shares the sigmoid of all scores together. With `sample_weight` a text is
    in one fold, whatever it weighs: its copies would be judged by a classifier that was trained on them.
    """

    title: ClassVar = "NB-SVM"

    def __init__(
        self,
        *,
        ngrams: int = 2,
        beta: float = 0.25,
        alpha: float = 1.0,
        C: float | None = None,  # noqa: N803 - scikit-learn's own name
        loss: str = "squared-hinge",
        calibration_folds: int = 5,
        min_count: int = 1,
        class_weight: str | None = None,
        tokenizer: Tokenizer | None = None,
        seed: int = 1,
    ) -> None:
        self.ngrams = ngrams
        self.beta = beta
        self.alpha = alpha
        self.C = C
        self.loss = loss
        self.calibration_folds = calibration_folds
        self.min_count = min_count
        self.class_weight = class_weight
        self.tokenizer = tokenizer
        self.seed = seed

    @classmethod
    def from_config(
        cls, config: BaselineConfig, *, vectors: WordVectors | None, tokenizer: Tokenizer | None
    ) -> Self:
        """The estimator with the settings of `config`, to be fitted; `vectors` are not needed."""
        return cls(
            ngrams=config.ngrams,
            beta=config.beta,
            loss=config.loss,
            calibration_folds=config.calibration_folds,
            min_count=config.min_count or 1,
            tokenizer=tokenizer,
            seed=config.seed,
            **linear_options(config),
        )

    def check_settings(self) -> None:
        """Raise ConfigError for settings that make no sense."""
        super().check_settings()
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "alpha", float, 1e-9, 1e9)
        check_choice(self, "loss", LOSSES)
        if self.class_weight is not None:
            check_choice(self, "class_weight", ("balanced",))
        check_number(self, "calibration_folds", int, 0, 1_000)
        check_number(self, "seed", int, 0, 2**31 - 1)

    def num_passes(self, targets: np.ndarray) -> int:
        """One for each classifier, and for each once for all folds but one."""
        return len(self._sides) * max(1, self._num_folds(targets))

    def learn_rows(
        self,
        counts: csr_matrix,
        targets: np.ndarray,
        validation: Validation,
        passes: Passes,
        weights: np.ndarray | None,
    ) -> HeldOut | None:
        """Train on texts whose n-grams are counted, and calibrate.

        The figure is that of the cross-validation, or of the texts that `validation` has, which then
        calibrate as well.
        """
        present = self.weigh(counts)
        # (num_sides, num_ngrams) and (num_sides,)
        coef, intercept = self._fit(present, targets, weights, passes)
        num_folds, weights_judged = None, None
        if len(validation.texts):
            judged = np.asarray(validation.labels)
            scores = self.features(list(validation.texts)) @ coef.T + intercept
        else:
            judged, num_folds = targets, self._num_folds(targets) or None
            scores, weights_judged = self._held_out_scores(present, targets, weights, passes), weights
        sigmoids = self._sigmoids(scores, judged, weights_judged)
        slopes, offsets = (np.array(part) for part in zip(*sigmoids, strict=True))  # (num_sides,)
        self._keep(coef * slopes[:, None].astype(np.float32), intercept * slopes + offsets)
        rows = np.isfinite(scores).all(axis=1)
        found = self.labels_of(scores[rows] * slopes + offsets)
        return HeldOut.of(found, judged[rows], self.classes_, num_folds)

    @property
    def _sides(self) -> np.ndarray:
        """The classes that have a classifier of their own: the second of two, or all."""
        return self.classes_[1:] if len(self.classes_) == 2 else self.classes_

    def _num_folds(self, targets: np.ndarray) -> int:
        """How many folds there are; 0 where no class has two texts."""
        most = int(np.unique(targets, return_counts=True)[1].max())
        folds = min(self.calibration_folds, most)
        return folds if folds > 1 else 0

    def _fit(
        self, present: csr_matrix, targets: np.ndarray, weights: np.ndarray | None, passes: Passes
    ) -> tuple[np.ndarray, np.ndarray]:
        """The weights and the biases of all sides; NaN for a side of which there is no text."""
        coef = np.full((len(self._sides), present.shape[1]), np.nan, dtype=np.float32)
        intercept = np.full(len(self._sides), np.nan)
        for number, side in enumerate(self._sides):
            is_side = targets == side
            if 0 < np.count_nonzero(is_side) < len(is_side):
                coef[number], intercept[number] = self._fit_side(present, is_side, weights)
            passes.add(len(targets))
        return coef, intercept

    def _fit_side(
        self, present: csr_matrix, is_side: np.ndarray, weights: np.ndarray | None
    ) -> tuple[np.ndarray, float]:
        """The weights (num_ngrams,), r multiplied in, and the bias of one class against the rest."""
        by_size = len(self.classes_) > 2
        ratio = log_count_ratio(present, is_side, self.alpha, by_size=by_size, weights=weights)
        scaled = csr_matrix((ratio[present.indices], present.indices, present.indptr), present.shape)
        model = fit_weighted(self._linear_model(), scaled, is_side, weights)
        of_ngrams = model.coef_.ravel()
        size = (1 - self.beta) * float(np.abs(of_ngrams).mean())
        share = np.average(is_side, weights=weights)
        log_odds = float(np.log(share / (1 - share)))
        bias = size * log_odds + self.beta * float(model.intercept_[0])
        return (size + self.beta * of_ngrams) * ratio, bias

    def _linear_model(self) -> Any:
        cost = self.C if self.C is not None else _COST if len(self.classes_) == 2 else _COST_OF_MANY
        options = {
            "C": cost, "dual": True, "tol": _TOLERANCE, "class_weight": self.class_weight,
            "random_state": self.seed,
        }  # fmt: skip
        if self.loss == "logistic":
            return LogisticRegression(solver="liblinear", max_iter=MAX_STEPS, **options)
        return LinearSVC(max_iter=MAX_STEPS, **options)

    def _held_out_scores(
        self, present: csr_matrix, targets: np.ndarray, weights: np.ndarray | None, passes: Passes
    ) -> np.ndarray:
        """The score of each text by classifiers trained on the other folds, (num_texts, num_sides).

        NaN where these folds had no text of the side.
        """
        scores = np.full((len(targets), len(self._sides)), np.nan)
        num_folds = self._num_folds(targets)
        if num_folds:
            for rows, held in rows_of_folds(stratified_folds(targets, num_folds, seed=self.seed)):
                of_rows = None if weights is None else weights[rows]
                coef, intercept = self._fit(present[rows], targets[rows], of_rows, passes)
                scores[held] = present[held] @ coef.T + intercept
        return scores

    def _sigmoids(self, scores: np.ndarray, targets: np.ndarray, weights: np.ndarray | None) -> list[Sigmoid]:
        """What makes log-odds of the scores (num_texts, num_sides) of each side."""
        each = np.ones(len(targets)) if weights is None else weights
        parts = []
        for number, side in enumerate(self._sides):
            rows = np.isfinite(scores[:, number])
            parts.append((scores[rows, number], targets[rows] == side, each[rows]))
        pooled = self._sigmoid(*(np.concatenate(part) for part in zip(*parts, strict=True))) or UNCHANGED
        found = []
        for of_side, is_side, of_texts in parts:
            has_few = min(np.count_nonzero(is_side), np.count_nonzero(~is_side)) < _FEW
            found.append(pooled if has_few else self._sigmoid(of_side, is_side, of_texts) or pooled)
        return found

    def _sigmoid(self, scores: np.ndarray, is_side: np.ndarray, weights: np.ndarray) -> Sigmoid | None:
        """The sigmoid of these scores, in which texts and classes weigh what they did in training."""
        each = class_weighted(weights, self.class_weight, is_side) if len(is_side) else None
        return fit_sigmoid(scores, is_side, each)

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """1 for each n-gram in a text, sparse (num_texts, num_ngrams)."""
        return csr_matrix((np.ones_like(counts.data), counts.indices, counts.indptr), counts.shape)

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        """The probability of each class against the rest, scaled so that the sum is 1."""
        chances = expit(scores)
        return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-300))


def log_count_ratio(
    present: csr_matrix,
    is_side: np.ndarray,
    alpha: float,
    *,
    by_size: bool = False,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """log((p / |p|) / (q / |q|)) of each n-gram, float32 (num_ngrams,) (Wang and Manning 2012, section 2).

    p is how many texts of the side have it, plus `alpha`, q the same for the others; |p| is p's sum. With
    `by_size` both get a share of 2 `alpha` that is their share of all counts: the same for sides of equal
    size, while a plain alpha weighs more on the smaller one. With one class of twenty an n-gram that only
    the others have, once, would speak for it. `weights` (num_texts,) say how many texts each stands for.
    """
    if weights is None:
        p, q = (np.asarray(present[side].sum(axis=0), np.float64).ravel() for side in (is_side, ~is_side))
    else:
        p, q = (np.asarray(weights[side] @ present[side], np.float64) for side in (is_side, ~is_side))
    share = p.sum() / max(1.0, p.sum() + q.sum()) if by_size else 0.5
    p += max(2 * alpha * share, 1e-9)  # texts without a word have no share
    q += max(2 * alpha * (1 - share), 1e-9)
    return np.asarray(np.log((p / p.sum()) / (q / q.sum())), dtype=np.float32)
