"""BaselineModel: a trained baseline with its settings, which predicts and is saved as a network does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.sentiment.data.inputs import choose_tokenizer
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.baselines import NBSVM, Baseline, MeanVectorsClassifier, TfidfClassifier
from wordlab.sentiment.results import Prediction
from wordlab.text.tokenizers import Tokenizer

_BLOCK = 1_000  # texts of a stream that are predicted together


class BaselineModel:
    """Tells the class of texts. Treat it as immutable.

    `classes` are the labels in the order of the probabilities, sorted.
    """

    def __init__(self, config: BaselineConfig, estimator: Baseline, tokenizer: Tokenizer) -> None:
        self.config = config
        self.estimator = estimator
        self.tokenizer = tokenizer
        self.classes = tuple(str(label) for label in estimator.classes_)
        self.digest: str | None = None  # of the artefact that this was loaded from

    def __repr__(self) -> str:
        return f"BaselineModel({self.config.model}, {len(self.classes)} classes)"

    def predict_proba(self, texts: Iterable[str], *, threads: int | None = None) -> np.ndarray:
        """The probability of each class for each text, float64 (num_texts, num_classes).

        `threads` is there because networks have it; one thread does the work here.
        """
        found = list(texts)
        if not found:
            return np.zeros((0, len(self.classes)))
        return self.estimator.predict_proba(found)

    def predict(self, texts: Iterable[str], *, threads: int | None = None) -> list[str]:
        """The most probable class of each text."""
        return [self.classes[best] for best in self.predict_proba(texts).argmax(axis=1)]

    def predict_stream(self, texts: Iterable[str], *, threads: int | None = None) -> Iterator[Prediction]:
        """A Prediction for each text, in order, of a stream of any length at constant memory."""
        stream = iter(texts)
        while block := list(islice(stream, _BLOCK)):
            for text, row in zip(block, self.predict_proba(block).tolist(), strict=True):
                yield Prediction.of(text, self.classes, row)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        parents: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Write the classifier as an artefact; `parents` are the digests of what it was made from.

        Raises OutputExistsError and ArtifactError as `wordlab.artifact.create` does.
        """
        from wordlab.sentiment.models.baseline_storage import write

        write(self, path, overwrite=overwrite, parents=parents or {}, metrics=metrics or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> BaselineModel:
        """The classifier saved under `path`; ArtifactError if it is damaged or none. Nothing is executed."""
        from wordlab.sentiment.models.baseline_storage import read

        return read(path, verify=verify)


def train_baseline(
    texts: Sequence[str],
    labels: Sequence[str],
    config: BaselineConfig | None = None,
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
) -> BaselineModel:
    """A baseline that has learnt `labels` from `texts`.

    `tokenizer` defaults to the one that `vectors` record, else "word"; NB-SVM and TF-IDF use the
    vectors for nothing else. Raises ConfigError, and CorpusError for texts that hold too little.
    """
    config = config or BaselineConfig()
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    estimator = make_estimator(config, vectors, tokenizer)
    estimator.fit(texts, labels)
    return BaselineModel(config, estimator, tokenizer)


def make_estimator(
    config: BaselineConfig, vectors: WordVectors | None = None, tokenizer: Tokenizer | None = None
) -> Baseline:
    """The scikit-learn estimator with the settings of `config`, to be fitted.

    Raises ConfigError for mean vectors without vectors.
    """
    weight = None if config.class_weights == "none" else config.class_weights
    shared: dict[str, Any] = {"C": config.cost, "class_weight": weight, "tokenizer": tokenizer}
    if config.model == "mean-vectors":
        if vectors is None:
            raise ConfigError("vectors: expected word vectors for the model 'mean-vectors', found none")
        return MeanVectorsClassifier(vectors, weighting=config.weighting, **shared)
    shared |= {"ngrams": config.ngrams, "min_count": config.min_count}
    if config.model == "tfidf":
        return TfidfClassifier(**shared)
    return NBSVM(beta=config.beta, seed=config.seed, **shared)
