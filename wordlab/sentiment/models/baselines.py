"""What a good engineer runs first: NB-SVM, TF-IDF and mean word vectors, each with a linear classifier.

All three are scikit-learn estimators over lists of texts; equal seeds give equal weights. After `fit`
they are features of a text, and weights of these: `coef_` and `intercept_`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from wordlab.checks import check_choice, check_number
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import CorpusError
from wordlab.sentiment.data.inputs import check_labelled, check_texts, choose_tokenizer
from wordlab.sentiment.features.transformer import WordVectorsTransformer
from wordlab.sentiment.models.baseline_config import WEIGHTINGS
from wordlab.text.tokenizers import Tokenizer

LOSSES = ("logistic", "hinge")
_MAX_STEPS = 2_000  # of the solver; far more than it needs


class Baseline(ClassifierMixin, BaseEstimator):
    """What the three have in common.

    `coef_` (num_rows, num_features) float32 and `intercept_` (num_rows,) float64 have one row for two
    classes, which is for the second, else one a class.
    """

    classes_: np.ndarray
    coef_: np.ndarray
    intercept_: np.ndarray

    def features(self, texts: list[str]) -> csr_matrix | np.ndarray:
        """What the weights are of, (num_texts, num_features)."""
        raise NotImplementedError

    def decision_function(self, texts: Iterable[str]) -> np.ndarray:
        """Scores: (num_texts,) of the second of two classes, or (num_texts, num_classes)."""
        check_is_fitted(self, "coef_")
        scores = self.features(check_texts(texts)) @ self.coef_.T + self.intercept_
        return np.asarray(scores[:, 0] if len(self.classes_) == 2 else scores)

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, float64 (num_texts, num_classes), in the order of `classes_`."""
        scores = self.decision_function(texts)
        if scores.ndim == 1:
            return np.column_stack([expit(-scores), expit(scores)])
        return self._shares(scores)

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        return np.asarray(softmax(scores, axis=1))

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """The most probable label of each text (num_texts,)."""
        probabilities = self.predict_proba(texts)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def _keep(self, coef: np.ndarray, intercept: np.ndarray) -> Self:
        self.coef_ = np.asarray(coef, dtype=np.float32)
        self.intercept_ = np.asarray(intercept, dtype=np.float64)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags


class NBSVM(Baseline):
    """Linear classifier on naive Bayes features (Wang and Manning 2012, section 2.3).

    Which n-grams are in a text, not how often, times their log-count ratio r (`log_count_ratio`). The
    result is interpolated with multinomial naive Bayes, whose weights are r and whose bias is the
    log-odds of the classes, brought to the same size: (1 - beta) mean|w| + beta w (equation 4).

    `loss` "hinge" is the paper's support vector machine, squared hinge; the logistic loss is as
    accurate and its scores are log-odds, so that they make probabilities. With more than two classes
    there is one such classifier a class, against the rest.
    """

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

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense, CorpusError without words."""
        _check_counting(self)
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "alpha", float, 1e-9, 1e9)
        check_choice(self, "loss", LOSSES)
        found, targets = check_labelled(texts, labels)
        self.tokenizer_ = choose_tokenizer(self.tokenizer)
        self.counter_ = make_counter(self.tokenizer_, self.ngrams, self.min_count, binary=True)
        present = _fit_counts(self.counter_, found)  # (num_texts, num_ngrams)
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
            return LogisticRegression(solver="liblinear", max_iter=_MAX_STEPS, **options)
        from sklearn.svm import LinearSVC

        return LinearSVC(max_iter=_MAX_STEPS, **options)

    def features(self, texts: list[str]) -> csr_matrix:
        """1 for each n-gram in a text, sparse (num_texts, num_ngrams)."""
        return self.counter_.transform(texts)

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        """The probability of each class against the rest, brought to a sum of 1."""
        chances = expit(scores)
        return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-300))


def log_count_ratio(present: csr_matrix, is_side: np.ndarray, alpha: float) -> np.ndarray:
    """log((p / |p|) / (q / |q|)) of each n-gram, float32 (num_ngrams,) (Wang and Manning 2012, section 2).

    p is how many texts of the side have it, plus `alpha`, q the same for the others; |p| is p's sum.
    """
    p = alpha + np.asarray(present[is_side].sum(axis=0), dtype=np.float64).ravel()
    q = alpha + np.asarray(present[~is_side].sum(axis=0), dtype=np.float64).ravel()
    return np.asarray(np.log((p / p.sum()) / (q / q.sum())), dtype=np.float32)


class TfidfClassifier(Baseline):
    """Logistic regression on TF-IDF: 1 + log(count) of each n-gram times its inverse text frequency.

    Texts are brought to length 1; n-grams in fewer than `min_count` texts are left out.
    """

    def __init__(
        self,
        *,
        ngrams: int = 2,
        C: float = 10.0,  # noqa: N803 - scikit-learn's own name
        min_count: int = 2,
        class_weight: str | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.ngrams = ngrams
        self.C = C
        self.min_count = min_count
        self.class_weight = class_weight
        self.tokenizer = tokenizer

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense, CorpusError without words."""
        _check_counting(self)
        found, targets = check_labelled(texts, labels)
        self.tokenizer_ = choose_tokenizer(self.tokenizer)
        self.counter_ = make_counter(self.tokenizer_, self.ngrams, self.min_count, binary=False)
        self.weighting_ = TfidfTransformer(sublinear_tf=True)
        features = self.weighting_.fit_transform(_fit_counts(self.counter_, found))
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=_MAX_STEPS)
        model.fit(features, targets)
        self.classes_ = model.classes_
        return self._keep(model.coef_, model.intercept_)

    def features(self, texts: list[str]) -> csr_matrix:
        """The TF-IDF of each n-gram, sparse (num_texts, num_ngrams)."""
        return self.weighting_.transform(self.counter_.transform(texts))


class MeanVectorsClassifier(Baseline):
    """Logistic regression on the mean, or SIF-weighted, vectors of the texts.

    Each dimension is standardised on the training texts, which the weights then contain.
    """

    def __init__(
        self,
        vectors: WordVectors,
        *,
        weighting: str = "mean",
        C: float = 1.0,  # noqa: N803 - scikit-learn's own name
        class_weight: str | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.vectors = vectors
        self.weighting = weighting
        self.C = C
        self.class_weight = class_weight
        self.tokenizer = tokenizer

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense."""
        check_choice(self, "weighting", WEIGHTINGS)
        check_number(self, "C", float, 1e-9, 1e9)
        found, targets = check_labelled(texts, labels)
        self.transformer_ = WordVectorsTransformer(
            self.vectors, weighting=self.weighting, tokenizer=self.tokenizer
        )
        scaler = StandardScaler()
        features = scaler.fit_transform(self.transformer_.fit_transform(found))
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=_MAX_STEPS)
        model.fit(features, targets)
        self.classes_ = model.classes_
        coef = model.coef_ / scaler.scale_
        return self._keep(coef, model.intercept_ - coef @ scaler.mean_)

    def features(self, texts: list[str]) -> np.ndarray:
        """The vectors of the texts, float32 (num_texts, D)."""
        return self.transformer_.transform(texts)


def make_counter(
    tokenizer: Tokenizer, ngrams: int, min_count: int, *, binary: bool, vocabulary: list[str] | None = None
) -> CountVectorizer:
    """A counter of runs of 1 to `ngrams` tokens, a blank between them; `vocabulary` makes it a fitted one."""
    return CountVectorizer(
        tokenizer=tokenizer, token_pattern=None, lowercase=False, ngram_range=(1, ngrams), binary=binary,
        min_df=min_count, dtype=np.float32, vocabulary=vocabulary,
    )  # fmt: skip


def _check_counting(estimator: NBSVM | TfidfClassifier) -> None:
    check_number(estimator, "ngrams", int, 1, 10)
    check_number(estimator, "C", float, 1e-9, 1e9)
    check_number(estimator, "min_count", int, 1, 1_000_000)


def _fit_counts(counter: CountVectorizer, texts: list[str]) -> csr_matrix:
    """The n-grams of `texts`, counted (num_texts, num_ngrams); CorpusError if there are none."""
    try:
        return counter.fit_transform(texts)
    except ValueError as error:  # what scikit-learn says of texts without a word
        raise CorpusError(
            f"expected texts with words that occur often enough, found none ({error})"
        ) from error
