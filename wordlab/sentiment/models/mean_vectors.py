"""Mean vectors: logistic regression on the mean of the vectors of a text's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from wordlab.artifact import Artifact, Draft
from wordlab.checks import check_choice, check_number
from wordlab.embeddings import storage as vectors_storage
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose
from wordlab.errors import ArtifactError, ConfigError, TrainingError
from wordlab.resources import one_thread
from wordlab.sentiment.base import Reason
from wordlab.sentiment.data.inputs import check_labelled
from wordlab.sentiment.features.transformer import WordVectorsTransformer
from wordlab.sentiment.models.baseline import MAX_STEPS, Baseline, linear_options
from wordlab.sentiment.models.baseline_config import WEIGHTINGS, BaselineConfig
from wordlab.sentiment.storage import read_array, write_array
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary


class MeanVectorsClassifier(Baseline):
    """Logistic regression on the mean, or SIF-weighted, vectors of the texts.

    Each dimension is standardised on the training texts; the weights take that in.
    """

    title: ClassVar = "mean vectors"
    feature_noun: ClassVar = "dimensions"

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

    @classmethod
    def from_config(
        cls, config: BaselineConfig, *, vectors: WordVectors | None, tokenizer: Tokenizer | None
    ) -> Self:
        """The estimator with the settings of `config`, to be fitted; ConfigError without `vectors`."""
        if vectors is None:
            raise ConfigError(f"vectors: expected word vectors for the model {config.model!r}, found none")
        return cls(vectors, weighting=config.weighting, tokenizer=tokenizer, **linear_options(config))

    def fit(self, texts: Iterable[str], labels: Iterable[object]) -> Self:
        """The classifier, trained; ConfigError for options that make no sense."""
        check_choice(self, "weighting", WEIGHTINGS)
        check_number(self, "C", float, 1e-9, 1e9)
        found, targets = check_labelled(texts, labels)
        self.transformer_ = WordVectorsTransformer(
            self.vectors, weighting=self.weighting, tokenizer=self.tokenizer
        )
        means = self.transformer_.fit_transform(found)  # (num_texts, D)
        if not np.isfinite(means).all():
            raise TrainingError(
                "the means of vectors: expected finite numbers, found an overflow; scale the vectors down"
            )
        scaler = StandardScaler()
        features = scaler.fit_transform(means)
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=MAX_STEPS)
        with one_thread():
            model.fit(features, targets)
        self.classes_ = model.classes_
        coef = model.coef_ / scaler.scale_
        return self._keep(coef, model.intercept_ - coef @ scaler.mean_)

    @property
    def known_words(self) -> Vocabulary:
        """The words that have a vector."""
        return self.vectors.vocabulary

    def compose(self, words: Iterable[str]) -> Composed | None:
        """Those of `words` without a vector of their own that n-grams give one."""
        return compose(words, self.vectors.vocabulary, self.vectors.subwords)

    def features(self, texts: list[str]) -> np.ndarray:
        """The vectors of the texts, float32 (num_texts, D)."""
        return self.transformer_.transform(texts)

    def reasons(self, text: str, tokens: Sequence[str], coef: np.ndarray) -> list[Reason]:
        """Each word of the text that has a vector, every time it occurs."""
        transformer = self.transformer_
        if transformer.component_ is not None:  # what all texts have in common is removed from them
            coef = coef - transformer.component_ * float(transformer.component_ @ coef)
        positions, rows, weights = transformer.known(tokens)
        weights = weights / max(1, len(positions))
        return [
            Reason((tokens[position],), position, float(weight * (row @ coef)))
            for position, row, weight in zip(positions.tolist(), rows, weights, strict=True)
        ]

    def write(self, draft: Draft) -> None:
        """Write the vectors of all words and n-grams, since new texts have other words, and weights."""
        subwords = None if self.vectors.subwords is None else self.vectors.subwords.without_own()
        vectors_storage.write_payloads(
            draft, vectors_storage.Content(self.vectors.vocabulary, self.vectors.matrix, subwords=subwords)
        )
        write_array(draft, "word_weights", self.transformer_.weights_)
        if self.transformer_.component_ is not None:
            write_array(draft, "component", self.transformer_.component_)

    @classmethod
    def read(cls, source: Artifact, config: BaselineConfig, tokenizer: Tokenizer) -> tuple[Self, int]:
        """The estimator with its word vectors, without its weights."""
        vocabulary = Vocabulary.read(source.payload("vocabulary.parquet"))
        matrix = read_array(source, "matrix", (len(vocabulary), None))
        if not matrix.shape[1]:
            raise ArtifactError(f"{source.payload('matrix.npy')}: expected dimensions, found none")
        subwords = vectors_storage.read_subwords(source, len(vocabulary), matrix.shape[1])
        vectors = WordVectors(vocabulary, matrix, subwords=subwords, tokenizer=tokenizer)
        transformer = WordVectorsTransformer(vectors, weighting=config.weighting, tokenizer=tokenizer)
        transformer.tokenizer_ = tokenizer
        transformer.weights_ = read_array(source, "word_weights", (len(vocabulary),))
        transformer.component_ = None
        if config.weighting == "sif":
            transformer.component_ = read_array(source, "component", (vectors.dim,))
        estimator = cls.from_config(config, vectors=vectors, tokenizer=None)
        estimator.transformer_ = transformer
        return estimator, vectors.dim
