"""TF-IDF: logistic regression on n-grams that count more the fewer texts have them."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from wordlab.artifact import Artifact, Draft
from wordlab.embeddings.vectors import WordVectors
from wordlab.resources import one_thread
from wordlab.sentiment.judging.held_out import HeldOut, Validation, held_out_rows
from wordlab.sentiment.models.baseline import MAX_STEPS, fit_weighted, linear_options
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.ngrams import NgramBaseline
from wordlab.sentiment.models.passes import Passes
from wordlab.sentiment.storage import read_array, write_array
from wordlab.text.tokenizers import Tokenizer


class TfidfClassifier(NgramBaseline):
    """Logistic regression on TF-IDF: 1 + log(count) of each n-gram times its inverse text frequency.

    Texts are scaled to length 1; n-grams in fewer than `min_count` texts are left out.
    """

    title: ClassVar = "TF-IDF"

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

    @classmethod
    def from_config(
        cls, config: BaselineConfig, *, vectors: WordVectors | None, tokenizer: Tokenizer | None
    ) -> Self:
        """The estimator with the settings of `config`, to be fitted; `vectors` are not needed."""
        return cls(
            ngrams=config.ngrams,
            min_count=config.min_count or 1,
            tokenizer=tokenizer,
            **linear_options(config),
        )

    def learn_rows(
        self,
        counts: csr_matrix,
        targets: np.ndarray,
        validation: Validation,
        passes: Passes,
        weights: np.ndarray | None,
    ) -> HeldOut | None:
        """Train on texts whose n-grams are counted; how well, by a first training on some of them."""
        found = None
        rows = held_out_rows(targets, validation.share, seed=validation.seed) if validation.share else None
        if rows is not None and not len(validation.texts):
            kept, held = rows
            self._fit(counts[kept], targets[kept], None if weights is None else weights[kept])
            scores = self.weighting_.transform(counts[held]) @ self.coef_.T + self.intercept_
            found = HeldOut.of(self.labels_of(scores), targets[held], self.classes_)
        self._fit(counts, targets, weights)
        passes.add(len(targets))
        if len(validation.texts):
            found = HeldOut.of(self.predict(validation.texts), np.asarray(validation.labels), self.classes_)
        return found

    def _fit(self, counts: csr_matrix, targets: np.ndarray, weights: np.ndarray | None) -> None:
        self.weighting_ = TfidfTransformer(sublinear_tf=True).fit(counts)
        if weights is not None:
            num_texts = weights @ (counts > 0)  # (num_ngrams,)
            self.weighting_.idf_ = np.log((1 + weights.sum()) / (1 + num_texts)) + 1  # scikit-learn's
        features = self.weighting_.transform(counts)  # (num_texts, num_ngrams)
        # lbfgs, the default, keeps 20 copies of the weights: with 20 classes 2.4 GB, and takes far more steps
        model = LogisticRegression(
            C=self.C, class_weight=self.class_weight, max_iter=MAX_STEPS, solver="newton-cg"
        )
        with one_thread():
            fit_weighted(model, features, targets, weights)
        self._keep(model.coef_, model.intercept_)

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """The TF-IDF of each n-gram, sparse (num_texts, num_ngrams)."""
        return self.weighting_.transform(counts)

    def write(self, draft: Draft) -> None:
        """Write the n-grams and their inverse text frequencies."""
        super().write(draft)
        write_array(draft, "idf", self.weighting_.idf_)

    @classmethod
    def read(cls, source: Artifact, config: BaselineConfig, tokenizer: Tokenizer) -> tuple[Self, int]:
        """The estimator with its n-grams and their frequencies, without its weights."""
        estimator, num_ngrams = super().read(source, config, tokenizer)
        estimator.weighting_ = TfidfTransformer(sublinear_tf=True)
        estimator.weighting_.idf_ = read_array(source, "idf", (num_ngrams,))
        return estimator, num_ngrams
