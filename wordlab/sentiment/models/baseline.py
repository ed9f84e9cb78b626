"""Baseline: what all linear classifiers of features have in common, and what each does in its own way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from wordlab.artifact import Artifact, Draft
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed
from wordlab.errors import TrainingError
from wordlab.progress import Reporter
from wordlab.sentiment.base import Reason
from wordlab.sentiment.data.inputs import check_texts
from wordlab.sentiment.judging.held_out import HeldOut, Validation, held_out_rows
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.takes_texts import TakesTexts
from wordlab.text.tokenizers import Tokenizer

MAX_STEPS = 2_000  # of the solver; far more than it needs


class Baseline(TakesTexts, ClassifierMixin, BaseEstimator, ABC):
    """A scikit-learn estimator over lists of texts: features of a text, and a weight for each of them.

    `coef_` (num_rows, num_features) float32 and `intercept_` (num_rows,) float64 have one row for two
    classes, which is for the second, else one for each class. Equal seeds give equal weights.

    A baseline is a file with a subclass, and a line in `wordlab.sentiment.models.names`. It defines
    `title`, `feature_noun`, `from_config`, `fit`, `features`, `reasons` and, for what `features` needs of
    the training texts, `write` and `read`.
    """

    title: ClassVar[str]
    feature_noun: ClassVar[str]
    """What the features are, in the plural."""
    config_class: ClassVar[type[BaselineConfig]] = BaselineConfig
    classes_: np.ndarray
    coef_: np.ndarray
    intercept_: np.ndarray

    @classmethod
    @abstractmethod
    def from_config(
        cls, config: BaselineConfig, *, vectors: WordVectors | None, tokenizer: Tokenizer | None
    ) -> Self:
        """The estimator with the settings of `config`, to be fitted; ConfigError if it needs vectors."""

    @property
    def known_words(self) -> Container[str] | None:
        """The words that have a vector; None where the features are not made of vectors."""
        return None

    def compose(self, words: Iterable[str]) -> Composed | None:
        """Those of `words` that have a vector through their n-grams alone; None where that cannot be."""
        return None

    def learn(
        self, texts: Sequence[str], labels: Sequence[str], validation: Validation, reporter: Reporter
    ) -> HeldOut | None:
        """Train on the texts; how well, by those that `validation` names, or None if there are none.

        A share is held out from a first training, which is only judged; the one that is kept has all texts.
        """
        found = None
        targets = np.asarray(labels)
        rows = held_out_rows(targets, validation.share, seed=validation.seed) if validation.share else None
        if rows is not None and not len(validation.texts):
            kept, held = rows
            first = type(self)(**self.get_params(deep=False)).fit([texts[row] for row in kept], targets[kept])
            found = HeldOut.of(first.predict([texts[row] for row in held]), targets[held], first.classes_)
        self.fit(texts, labels)
        if len(validation.texts):
            found = HeldOut.of(self.predict(validation.texts), np.asarray(validation.labels), self.classes_)
        return found

    @abstractmethod
    def features(self, texts: list[str]) -> csr_matrix | np.ndarray:
        """What the weights apply to, (num_texts, num_features)."""

    @abstractmethod
    def reasons(self, text: str, tokens: Sequence[str], coef: np.ndarray) -> list[Reason]:
        """What parts of `text`, cut into `tokens`, add to a score with the weights `coef` (num_features,)."""

    @abstractmethod
    def write(self, draft: Draft) -> None:
        """Write what `features` needs; the weights are written for all baselines."""

    @classmethod
    @abstractmethod
    def read(cls, source: Artifact, config: BaselineConfig, tokenizer: Tokenizer) -> tuple[Self, int]:
        """The estimator that `write` wrote, without weights, and the number of features; ArtifactError."""

    def decision_function(self, texts: Iterable[str]) -> np.ndarray:
        """Scores: (num_texts,) of the second of two classes, or (num_texts, num_classes)."""
        check_is_fitted(self, "coef_")
        return self._scores(self.features(check_texts(texts)))

    def _scores(self, features: csr_matrix | np.ndarray) -> np.ndarray:
        scores = features @ self.coef_.T + self.intercept_
        return np.asarray(scores[:, 0] if len(self.classes_) == 2 else scores)

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, float64 (num_texts, num_classes), in the order of `classes_`."""
        return self._probabilities(self.decision_function(texts))

    def judge(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
        """The probabilities (num_texts, num_classes), and how many words of each text are known.

        The second is None where the features do not tell.
        """
        return self.predict_proba(texts), None

    def _probabilities(self, scores: np.ndarray) -> np.ndarray:
        if scores.ndim == 1:
            return np.column_stack([expit(-scores), expit(scores)])
        return self._shares(scores)

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        return np.asarray(softmax(scores, axis=1))

    def labels_of(self, scores: np.ndarray) -> np.ndarray:
        """The label of the highest of the scores (num_texts, num_rows); with one row, that of its sign."""
        best = scores[:, 0] > 0 if len(self.classes_) == 2 else scores.argmax(axis=1)
        return np.asarray(self.classes_[best.astype(np.int64)])

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """The most probable label of each text (num_texts,)."""
        probabilities = self.predict_proba(texts)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def _keep(self, coef: np.ndarray, intercept: np.ndarray) -> Self:
        if not (np.isfinite(coef).all() and np.isfinite(intercept).all()):
            raise TrainingError("the weights are not finite numbers; a smaller cost may help")
        self.coef_ = np.asarray(coef, dtype=np.float32)
        self.intercept_ = np.asarray(intercept, dtype=np.float64)
        return self


def linear_options(config: BaselineConfig) -> dict[str, Any]:
    """The settings of `config` that all linear classifiers have, as scikit-learn calls them."""
    weight = None if config.class_weights == "none" else config.class_weights
    return {"C": config.cost, "class_weight": weight}


def fit_weighted(
    model: Any, features: csr_matrix | np.ndarray, targets: np.ndarray, weights: np.ndarray | None
) -> Any:
    """scikit-learn's linear `model`, fitted on texts of these weights (num_texts,), or equal ones if None.

    Early versions of it balance classes by numbers of texts, whatever these weigh.
    """
    if weights is None:
        return model.fit(features, targets)
    each = class_weighted(weights, model.class_weight, targets)
    return model.set_params(class_weight=None).fit(features, targets, sample_weight=each)


def class_weighted(
    weights: np.ndarray, class_weight: Mapping[Any, float] | str | None, targets: np.ndarray
) -> np.ndarray:
    """The weight of each text (num_texts,) times that of its class.

    "balanced" classes have equal shares of all weights, as they would if texts were repeated.
    """
    if class_weight != "balanced":
        return np.asarray(weights * compute_sample_weight(class_weight, targets))
    _, positions = np.unique(targets, return_inverse=True)
    totals = np.bincount(positions, weights)  # (num_classes,)
    return np.asarray(weights * (totals.sum() / (len(totals) * totals))[positions])
