"""TF-IDF: logistic regression on n-grams that count more the fewer texts have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from wordlab.artifact import Artifact, Draft
from wordlab.embeddings.vectors import WordVectors
from wordlab.resources import one_thread
from wordlab.sentiment.data.inputs import check_labelled
from wordlab.sentiment.models.baseline import MAX_STEPS, linear_options
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.ngrams import NgramBaseline
from wordlab.sentiment.storage import read_array, write_array
from wordlab.text.tokenizers import Tokenizer


class TfidfClassifier(NgramBaseline):
    """Logistic regression on TF-IDF: 1 + log(count) of each n-gram times its inverse text frequency.

    Texts are scaled to length 1; n-grams in fewer than `min_count` texts are left out.
    """

    title: ClassVar = "TF-IDF"
    binary: ClassVar = False

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

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense, CorpusError without words."""
        found, targets = check_labelled(texts, labels)
        counts = self.fit_counts(found, self.tokenizer, self.min_count)  # (num_texts, num_ngrams)
        self.weighting_ = TfidfTransformer(sublinear_tf=True)
        features = self.weighting_.fit_transform(counts)
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=MAX_STEPS)
        with one_thread():
            model.fit(features, targets)
        self.classes_ = model.classes_
        return self._keep(model.coef_, model.intercept_)

    def features(self, texts: list[str]) -> csr_matrix:
        """The TF-IDF of each n-gram, sparse (num_texts, num_ngrams)."""
        return self.weighting_.transform(self.counter_.transform(texts))

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
