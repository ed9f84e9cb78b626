"""Mean vectors: logistic regression on the mean of the vectors of a text's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from wordlab.artifact import Artifact, Draft
from wordlab.checks import check_number
from wordlab.embeddings import storage as vectors_storage
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose
from wordlab.errors import ArtifactError, ConfigError
from wordlab.resources import one_thread
from wordlab.sentiment.base import Reason
from wordlab.sentiment.data.inputs import check_weighted, choose_tokenizer
from wordlab.sentiment.documents.components import Components
from wordlab.sentiment.documents.encoder import TextEncoder
from wordlab.sentiment.documents.pooled import FittedPooling
from wordlab.sentiment.documents.poolings.base import Pooling
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.documents.storage import read_fitted, write_fitted
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.models.baseline import MAX_STEPS, Baseline, fit_weighted, linear_options
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.storage import read_array
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary


class MeanVectorsClassifier(Baseline):
    """Logistic regression on the pooled vectors of the texts: their means, or what `pooling` makes.

    Each dimension is standardised on the training texts; the weights take that in.
    """

    title: ClassVar = "mean vectors"
    feature_noun: ClassVar = "dimensions"

    def __init__(
        self,
        vectors: WordVectors,
        *,
        pooling: str | Pooling = "mean",
        C: float = 1.0,  # noqa: N803 - scikit-learn's own name
        class_weight: str | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.vectors = vectors
        self.pooling = pooling
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
        return cls(vectors, pooling=config.pooling, tokenizer=tokenizer, **linear_options(config))

    def fit(self, texts: Iterable[str], y: Iterable[object], *, sample_weight: object = None) -> Self:
        """The classifier, trained on labels `y`; ConfigError for options that make no sense.

        A text of weight 2 counts as two. What other poolings than a plain mean learn, they learn of each text
        once: with one of them weights are a ConfigError.
        """
        pooling = make_pooling(self.pooling)
        check_number(self, "C", float, 1e-9, 1e9)
        found, targets, weights = check_weighted(texts, y, sample_weight)
        if weights is not None and pooling.is_fitted:
            raise ConfigError(
                f"sample_weight: expected the pooling 'mean' with weights of texts, found {pooling.name!r}, "
                "which learns from each text once"
            )
        tokenizer = choose_tokenizer(self.tokenizer, self.vectors)
        blocks = tokenise(found, tokenizer)
        self.encoder_, means, _ = TextEncoder.fit(blocks, self.vectors, pooling, tokenizer)
        scaler = StandardScaler()
        features = scaler.fit(means, sample_weight=weights).transform(means)
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=MAX_STEPS)
        with one_thread():
            fit_weighted(model, features, targets, weights)
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
        return self.encoder_.encode(texts)

    def reasons(self, text: str, tokens: Sequence[str], coef: np.ndarray) -> list[Reason]:
        """Each word of the text that has a vector, every time it occurs."""
        components = self.encoder_.fitted.components
        # what all texts have in common is removed from them
        coef = coef - components.directions.T @ (components.shares * (components.directions @ coef))
        positions, rows, weights = self.encoder_.known(tokens)
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
        write_fitted(draft, self.encoder_.fitted)

    @classmethod
    def read(cls, source: Artifact, config: BaselineConfig, tokenizer: Tokenizer) -> tuple[Self, int]:
        """The estimator with its word vectors, without its weights."""
        vocabulary = Vocabulary.read(source.payload("vocabulary.parquet"))
        matrix = read_array(source, "matrix", (len(vocabulary), None))
        if not matrix.shape[1]:
            raise ArtifactError(f"{source.payload('matrix.npy')}: expected dimensions, found none")
        subwords = vectors_storage.read_subwords(source, len(vocabulary), matrix.shape[1])
        vectors = WordVectors(vocabulary, matrix, subwords=subwords, tokenizer=tokenizer)
        estimator = cls.from_config(config, vectors=vectors, tokenizer=None)
        if "pooling" in source.details:
            fitted = read_fitted(source, len(vocabulary), vectors.dim)
        else:
            fitted = _read_weighting(source, config, vectors)
        estimator.encoder_ = TextEncoder(vectors, fitted, tokenizer)
        return estimator, vectors.dim


def _read_weighting(source: Artifact, config: BaselineConfig, vectors: WordVectors) -> FittedPooling:
    """The pooling of an artefact of an earlier version, which had the words' weights and one component."""
    weights = read_array(source, "word_weights", (len(vectors),))
    components = Components.none(vectors.dim)
    if config.pooling == "sif":
        component = read_array(source, "component", (vectors.dim,))
        components = Components(component[None], np.ones(1, np.float32))
    return FittedPooling(make_pooling(config.pooling), np.append(weights, np.float32(1)), components)
