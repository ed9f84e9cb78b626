"""BaselineModel: a trained baseline with its settings, which predicts and is saved as a network does."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.checks import check_choice, check_number
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.sentiment.baselines import NBSVM, Baseline, MeanVectorsClassifier, TfidfClassifier
from wordlab.sentiment.transformer import WEIGHTINGS
from wordlab.text.tokenizers import Tokenizer

BASELINES = ("nbsvm", "tfidf", "mean-vectors")
COSTS = {"nbsvm": 1.0, "tfidf": 10.0, "mean-vectors": 1.0}
MIN_COUNTS = {"nbsvm": 1, "tfidf": 2, "mean-vectors": 1}


@dataclass(frozen=True, kw_only=True)
class BaselineConfig:
    """Which baseline to train, and how.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> BaselineConfig(model="tfidf").cost
    10.0
    """

    model: str = "nbsvm"
    """`nbsvm` (Wang and Manning 2012), `tfidf` or `mean-vectors`, each with a linear classifier."""
    ngrams: int = 2
    """NB-SVM and TF-IDF: the longest run of words that is a feature."""
    min_count: int | None = None
    """NB-SVM and TF-IDF: texts that a run of words must be in.

    None stands for 1 with NB-SVM and 2 with TF-IDF, and is replaced by it.
    """
    beta: float = NBSVM().beta
    """NB-SVM: the linear classifier's part; what is left to 1 is naive Bayes's."""
    weighting: str = "mean"
    """Mean vectors: the plain `mean`, or `sif`, which weighs rare words more (Arora et al. 2017)."""
    cost: float | None = None
    """Cost of an error in training, scikit-learn's C: the larger, the less the weights are held back.

    None stands for 1 (TF-IDF: 10), and is replaced by it.
    """
    class_weights: str = "none"
    """`balanced` weighs the errors of each class by the inverse of its share."""
    seed: int = 1
    """Seed of the solver's order."""

    def __post_init__(self) -> None:
        check_choice(self, "model", BASELINES)
        check_choice(self, "weighting", WEIGHTINGS)
        check_choice(self, "class_weights", ("none", "balanced"))
        if self.cost is None:
            object.__setattr__(self, "cost", COSTS[self.model])
        if self.min_count is None:
            object.__setattr__(self, "min_count", MIN_COUNTS[self.model])
        check_number(self, "ngrams", int, 1, 10)
        check_number(self, "min_count", int, 1, 1_000_000)
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "cost", float, 1e-9, 1e9)
        check_number(self, "seed", int, 0, 2**31 - 1)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> BaselineConfig:
        """The config that `to_dict` described; ConfigError if it is none."""
        odd = {field.name for field in dataclasses.fields(cls)} ^ fields.keys()
        if odd:
            raise ConfigError(f"config: expected each field of BaselineConfig, found a difference: {odd}")
        return cls(**fields)

    def estimator(self, vectors: WordVectors | None = None, tokenizer: Tokenizer | None = None) -> Baseline:
        """The scikit-learn estimator of these settings, to be fitted; ConfigError without vectors."""
        weight = None if self.class_weights == "none" else self.class_weights
        shared: dict[str, Any] = {"C": self.cost, "class_weight": weight, "tokenizer": tokenizer}
        if self.model == "mean-vectors":
            if vectors is None:
                raise ConfigError("vectors: expected word vectors for the model 'mean-vectors', found none")
            return MeanVectorsClassifier(vectors, weighting=self.weighting, **shared)
        shared |= {"ngrams": self.ngrams, "min_count": self.min_count}
        if self.model == "tfidf":
            return TfidfClassifier(**shared)
        return NBSVM(beta=self.beta, seed=self.seed, **shared)


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
        from wordlab.sentiment.baseline_storage import write

        write(self, path, overwrite=overwrite, parents=parents or {}, metrics=metrics or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> BaselineModel:
        """The classifier saved under `path`; ArtifactError if it is damaged or none. Nothing is executed."""
        from wordlab.sentiment.baseline_storage import read

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
    from wordlab.sentiment.inputs import choose_tokenizer

    config = config or BaselineConfig()
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    estimator = config.estimator(vectors, tokenizer)
    estimator.fit(texts, labels)
    return BaselineModel(config, estimator, tokenizer)
