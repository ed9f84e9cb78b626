"""What a good engineer runs first: NB-SVM, TF-IDF and mean word vectors, each with a linear classifier.

All three are scikit-learn estimators over lists of texts, and exact: equal seeds give equal weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from wordlab.checks import check_number
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.inputs import check_labelled, check_texts, choose_tokenizer
from wordlab.sentiment.transformer import WordVectorsTransformer
from wordlab.text.tokenizers import Tokenizer

_MAX_STEPS = 2_000  # of the solver; far more than it needs


class Baseline(ClassifierMixin, BaseEstimator):
    """What the three have in common: texts in, `classes_` and probabilities out."""

    classes_: np.ndarray

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, float64 (num_texts, num_classes), in the order of `classes_`."""
        raise NotImplementedError

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """The most probable label of each text (num_texts,)."""
        probabilities = self.predict_proba(texts)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


class NBSVM(Baseline):
    """Linear classifier on naive Bayes features (Wang and Manning 2012, section 2.3).

    Which n-grams are in a text, not how often, times their log-count ratio r = log((p / |p|) / (q / |q|))
    with p and q the numbers of texts on either side, plus `alpha`. The weights are interpolated with
    their mean magnitude, which is what naive Bayes alone would use: (1 - beta) mean|w| + beta w
    (equation 4). Where the paper has a support vector machine, `loss` "hinge", the default is the
    logistic loss, whose scores are log-odds, so that they make probabilities; the accuracy is the same.
    With more than two classes there is one such classifier a class, against the rest.
    """

    def __init__(
        self,
        *,
        ngrams: int = 2,
        beta: float = 0.25,
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
        """The classifier, trained; ConfigError for options that make no sense."""
        _check_linear(self)
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "alpha", float, 1e-9, 1e9)
        if self.loss not in ("logistic", "hinge"):
            raise ConfigError(f"loss: expected logistic or hinge, found {self.loss!r}")
        found, targets = check_labelled(texts, labels)
        self.tokenizer_ = choose_tokenizer(self.tokenizer)
        self.counter_ = _counter(self.tokenizer_, self.ngrams, self.min_count, binary=True)
        present = _fit_counts(self.counter_, found)  # (num_texts, num_ngrams)
        self.classes_ = np.unique(targets)
        sides = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        fitted = [self._fit_side(present, targets == side) for side in sides]
        self.coef_ = np.stack([weights for weights, _ in fitted]).astype(np.float32)
        self.intercept_ = np.array([bias for _, bias in fitted])
        return self

    def _fit_side(self, present: csr_matrix, is_side: np.ndarray) -> tuple[np.ndarray, float]:
        """The weights (num_ngrams,) and the bias of one class against the rest, r multiplied in."""
        ratio = log_count_ratio(present, is_side, self.alpha)
        scaled = present.multiply(ratio).tocsr()
        model = self._linear_model().fit(scaled, is_side)
        weights = model.coef_.ravel()
        weights = (1 - self.beta) * np.abs(weights).mean() + self.beta * weights
        return weights * ratio, float(model.intercept_[0])

    def _linear_model(self) -> Any:
        options = {"C": self.C, "dual": True, "class_weight": self.class_weight, "random_state": self.seed}
        if self.loss == "logistic":
            return LogisticRegression(solver="liblinear", max_iter=_MAX_STEPS, **options)
        from sklearn.svm import LinearSVC

        return LinearSVC(max_iter=_MAX_STEPS, **options)

    def decision_function(self, texts: Iterable[str]) -> np.ndarray:
        """The scores (num_texts,) of the second of two classes, or of each class (num_texts, num_classes)."""
        check_is_fitted(self, "coef_")
        scores = self.counter_.transform(check_texts(texts)) @ self.coef_.T + self.intercept_
        return np.asarray(scores[:, 0] if len(self.classes_) == 2 else scores)

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probabilities (num_texts, num_classes); of several classes, each against the rest, scaled."""
        chances = expit(self.decision_function(texts))
        if chances.ndim == 1:
            return np.column_stack([1 - chances, chances])
        return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-300))


def log_count_ratio(present: csr_matrix, is_side: np.ndarray, alpha: float) -> np.ndarray:
    """log((p / |p|) / (q / |q|)) of each n-gram (num_ngrams,), float32 (Wang and Manning 2012, equation 2).

    p is how many texts of the side have it, plus `alpha`, q the same for the others; |p| their sum.
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
        """The classifier, trained; ConfigError for options that make no sense."""
        _check_linear(self)
        found, targets = check_labelled(texts, labels)
        self.tokenizer_ = choose_tokenizer(self.tokenizer)
        self.counter_ = _counter(self.tokenizer_, self.ngrams, self.min_count, binary=False)
        self.weighting_ = TfidfTransformer(sublinear_tf=True)
        features = self.weighting_.fit_transform(_fit_counts(self.counter_, found))
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=_MAX_STEPS)
        self.model_ = model.fit(features, targets)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, float64 (num_texts, num_classes), in the order of `classes_`."""
        check_is_fitted(self, "model_")
        counts = self.counter_.transform(check_texts(texts))
        return np.asarray(self.model_.predict_proba(self.weighting_.transform(counts)))


class MeanVectorsClassifier(Baseline):
    """Logistic regression on the mean, or SIF-weighted, vectors of the texts, each dimension standardised."""

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
        check_number(self, "C", float, 1e-9, 1e9)
        found, targets = check_labelled(texts, labels)
        self.transformer_ = WordVectorsTransformer(
            self.vectors, weighting=self.weighting, tokenizer=self.tokenizer
        )
        self.scaler_ = StandardScaler()
        features = self.scaler_.fit_transform(self.transformer_.fit_transform(found))
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=_MAX_STEPS)
        self.model_ = model.fit(features, targets)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, float64 (num_texts, num_classes), in the order of `classes_`."""
        check_is_fitted(self, "model_")
        features = self.scaler_.transform(self.transformer_.transform(texts))
        return np.asarray(self.model_.predict_proba(features))


def _check_linear(estimator: NBSVM | TfidfClassifier) -> None:
    check_number(estimator, "ngrams", int, 1, 10)
    check_number(estimator, "C", float, 1e-9, 1e9)
    check_number(estimator, "min_count", int, 1, 1_000_000)


def _counter(tokenizer: Tokenizer, ngrams: int, min_count: int, *, binary: bool) -> CountVectorizer:
    return CountVectorizer(
        tokenizer=tokenizer, token_pattern=None, lowercase=False, ngram_range=(1, ngrams), binary=binary,
        min_df=min_count, dtype=np.float32,
    )  # fmt: skip


def _fit_counts(counter: CountVectorizer, texts: list[str]) -> csr_matrix:
    """The n-grams of `texts`, counted (num_texts, num_ngrams); CorpusError if there are none."""
    try:
        return counter.fit_transform(texts)
    except ValueError as error:  # what scikit-learn says of texts without a word
        raise CorpusError(f"expected texts with words in them, found none ({error})") from error
