"""TextClassifier: training and prediction under scikit-learn's contract."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from inspect import Parameter, Signature
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.sentiment.data.inputs import check_labelled, check_texts
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.names import NETWORKS, model_class
from wordlab.sentiment.takes_texts import TakesTexts
from wordlab.sentiment.training.loop import train

_OWN = ("vectors", "tokenizer")  # parameters that are not fields of the config


def _signature() -> Signature:
    """`model`, and by keyword `vectors`, `tokenizer` and the other fields of ClassifierConfig."""
    own = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in _OWN]
    # a default that has to be worked out, the number of cores, is None
    fields = [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=None if field.default is dataclasses.MISSING else field.default,
        )
        for field in dataclasses.fields(ClassifierConfig)
    ]
    model = fields.pop(0).replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
    return Signature([Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), model, *own, *fields])


_SIGNATURE = _signature()


class TextClassifier(TakesTexts, ClassifierMixin, BaseEstimator):
    """A TextCNN, a BiRNN or another network on word vectors.

    `vectors` are WordVectors, the directory of some, or None to learn vectors from the texts alone;
    `tokenizer` None stands for the one that the vectors record. All other parameters are the fields of
    ClassifierConfig, which says what they mean and checks them, in `fit`. `threads` None stands for all
    cores. Labels can be strings, numbers or booleans.

    After `fit`: `classes_` (sorted), `classifier_` (the Classifier), `history_`, `coverage_`.

    >>> model = TextClassifier(epochs=20, validation=0.0, threads=1, dim=8)
    >>> _ = model.fit(["so good", "so bad"] * 8, ["pos", "neg"] * 8)
    >>> model.predict(["good", "bad"])
    array(['pos', 'neg'], dtype='<U3')
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        given = _SIGNATURE.bind(self, *args, **settings)
        given.apply_defaults()
        for name, value in given.arguments.items():
            if name != "self":
                setattr(self, name, value)

    # What scikit-learn, help() and the documentation read the parameters from.
    __init__.__signature__ = _SIGNATURE  # type: ignore[attr-defined]

    @property
    def config(self) -> ClassifierConfig:
        """The config that the parameters make; ConfigError if one of them makes no sense."""
        given = {name: value for name, value in self.get_params(deep=False).items() if name not in _OWN}
        if given["threads"] is None:
            del given["threads"]
        # the config of a network with settings of its own keeps their defaults
        config_class = model_class(given["model"]).config_class if given["model"] in NETWORKS else None
        config: ClassifierConfig = (config_class or ClassifierConfig)(**given)
        return config

    def fit(
        self, texts: Iterable[str], y: Iterable[object], *, on_progress: OnProgress | None = None
    ) -> TextClassifier:
        """The estimator, trained on labels `y`; TypeError, and what `wordlab.sentiment.train` raises."""
        config = self.config
        params = self.get_params(deep=False)
        found, targets = check_labelled(texts, y)
        vectors = params["vectors"]
        if vectors is not None and not isinstance(vectors, WordVectors):
            vectors = WordVectors.load(vectors)
        classes, positions = np.unique(targets, return_inverse=True)
        self.classifier_ = train(
            found, positions, config, classes=[str(label) for label in classes.tolist()],
            vectors=vectors, tokenizer=params["tokenizer"], on_progress=on_progress,
        )  # fmt: skip
        self._keep(classes)
        return self

    def _keep(self, classes: np.ndarray) -> None:
        self.classes_ = classes
        self.history_ = self.classifier_.history
        self.coverage_ = self.classifier_.coverage

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, in the order of `classes_`, float32 (num_texts, num_classes)."""
        check_is_fitted(self, "classifier_")
        return self.classifier_.predict_proba(check_texts(texts), threads=self.get_params()["threads"])

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """The most probable class of each text, (num_texts,)."""
        best = self.predict_proba(texts).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the trained classifier as an artefact, whose labels are strings."""
        check_is_fitted(self, "classifier_")
        self.classifier_.save(path, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> TextClassifier:
        """The estimator saved under `path`, by itself or by `wordlab sentiment train`; ArtifactError."""
        classifier = Classifier.load(path, verify=verify)
        fields = classifier.config.to_dict()
        shared = {name: fields[name] for name in _SIGNATURE.parameters if name in fields}
        estimator = cls(tokenizer=classifier.encoder.tokenizer, **shared)
        estimator.classifier_ = classifier
        estimator._keep(np.array(classifier.classes))
        return estimator
