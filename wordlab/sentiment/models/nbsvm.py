"""NB-SVM (Wang and Manning 2012): a linear classifier on n-grams that naive Bayes weighs first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from wordlab.checks import check_choice, check_number
from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.data.inputs import check_labelled
from wordlab.sentiment.models.baseline import MAX_STEPS, linear_options
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.ngrams import NgramBaseline
from wordlab.text.tokenizers import Tokenizer

LOSSES = ("logistic", "hinge")


class NBSVM(NgramBaseline):
    """Linear classifier on naive Bayes features (Wang and Manning 2012, section 2.3).

    Which n-grams are in a text, not how often, times their log-count ratio r (`log_count_ratio`). The
    result is interpolated with multinomial naive Bayes, whose weights are r and whose bias is the
    log-odds of the classes, scaled to the same size: (1 - beta) mean|w| + beta w (equation 4).

    `loss` "hinge" is the paper's support vector machine, squared hinge; the logistic loss is as
    accurate and its scores are log-odds, so that they make probabilities. With more than two classes
    there is one such classifier for each class, against the rest.
    """

    title: ClassVar = "NB-SVM"
    binary: ClassVar = True

    def __init__(
        self,
        *,
        ngrams: int = 2,
        beta: float = 0.5,
        alpha: float = 1.0,
        C: float = 1.0,  # noqa: N803 - scikit-learn's own name
        loss: str = "logistic",
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
            min_count=config.min_count or 1,
            tokenizer=tokenizer,
            seed=config.seed,
            **linear_options(config),
        )

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense, CorpusError without words."""
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "alpha", float, 1e-9, 1e9)
        check_choice(self, "loss", LOSSES)
        check_number(self, "seed", int, 0, 2**31 - 1)
        found, targets = check_labelled(texts, labels)
        present = self.fit_counts(found, self.tokenizer, self.min_count)  # (num_texts, num_ngrams)
        self.classes_ = np.unique(targets)
        sides = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        weights, biases = zip(*(self._fit_side(present, targets == side) for side in sides), strict=True)
        return self._keep(np.stack(weights), np.array(biases))

    def _fit_side(self, present: csr_matrix, is_side: np.ndarray) -> tuple[np.ndarray, float]:
        """The weights (num_ngrams,), r multiplied in, and the bias of one class against the rest."""
        ratio = log_count_ratio(present, is_side, self.alpha)
        model = self._linear_model().fit(present.multiply(ratio).tocsr(), is_side)
        weights = model.coef_.ravel()
        size = (1 - self.beta) * float(np.abs(weights).mean())
        log_odds = float(np.log(is_side.mean() / (1 - is_side.mean())))
        bias = size * log_odds + self.beta * float(model.intercept_[0])
        return (size + self.beta * weights) * ratio, bias

    def _linear_model(self) -> Any:
        options = {"C": self.C, "dual": True, "class_weight": self.class_weight, "random_state": self.seed}
        if self.loss == "logistic":
            return LogisticRegression(solver="liblinear", max_iter=MAX_STEPS, **options)
        from sklearn.svm import LinearSVC

        return LinearSVC(max_iter=MAX_STEPS, **options)

    def features(self, texts: list[str]) -> csr_matrix:
        """1 for each n-gram in a text, sparse (num_texts, num_ngrams)."""
        return self.counter_.transform(texts)

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        """The probability of each class against the rest, scaled so that the sum is 1."""
        chances = expit(scores)
        return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-300))


def log_count_ratio(present: csr_matrix, is_side: np.ndarray, alpha: float) -> np.ndarray:
    """log((p / |p|) / (q / |q|)) of each n-gram, float32 (num_ngrams,) (Wang and Manning 2012, section 2).

    p is how many texts of the side have it, plus `alpha`, q the same for the others; |p| is p's sum.
    """
    p = alpha + np.asarray(present[is_side].sum(axis=0), dtype=np.float64).ravel()
    q = alpha + np.asarray(present[~is_side].sum(axis=0), dtype=np.float64).ravel()
    return np.asarray(np.log((p / p.sum()) / (q / q.sum())), dtype=np.float32)
