"""TextClassifier: training and prediction under scikit-learn's contract."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress
from wordlab.sentiment.data.inputs import check_labelled, check_texts
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.training.loop import train
from wordlab.text.tokenizers import Tokenizer


class TextClassifier(ClassifierMixin, BaseEstimator):
    """A TextCNN or BiRNN on word vectors.

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

    def __init__(
        self,
        model: str = ClassifierConfig.model,
        *,
        vectors: WordVectors | str | os.PathLike[str] | None = None,
        tokenizer: Tokenizer | None = None,
        channels: str = ClassifierConfig.channels,
        unknown: str = ClassifierConfig.unknown,
        extra_words: int = ClassifierConfig.extra_words,
        dim: int = ClassifierConfig.dim,
        max_tokens: int = ClassifierConfig.max_tokens,
        kernel_widths: tuple[int, ...] = ClassifierConfig.kernel_widths,
        num_channels: tuple[int, ...] = ClassifierConfig.num_channels,
        cell: str = ClassifierConfig.cell,
        num_layers: int = ClassifierConfig.num_layers,
        hidden: int = ClassifierConfig.hidden,
        dropout: float = ClassifierConfig.dropout,
        word_dropout: float = ClassifierConfig.word_dropout,
        optimizer: str = ClassifierConfig.optimizer,
        learning_rate: float | None = ClassifierConfig.learning_rate,
        weight_decay: float = ClassifierConfig.weight_decay,
        max_norm: float = ClassifierConfig.max_norm,
        clip_norm: float = ClassifierConfig.clip_norm,
        averaging: float = ClassifierConfig.averaging,
        class_weights: str = ClassifierConfig.class_weights,
        epochs: int = ClassifierConfig.epochs,
        batch_size: int = ClassifierConfig.batch_size,
        validation: float = ClassifierConfig.validation,
        patience: int = ClassifierConfig.patience,
        threads: int | None = None,
        seed: int = ClassifierConfig.seed,
    ) -> None:
        self.model = model
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.channels = channels
        self.unknown = unknown
        self.extra_words = extra_words
        self.dim = dim
        self.max_tokens = max_tokens
        self.kernel_widths = kernel_widths
        self.num_channels = num_channels
        self.cell = cell
        self.num_layers = num_layers
        self.hidden = hidden
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.max_norm = max_norm
        self.clip_norm = clip_norm
        self.averaging = averaging
        self.class_weights = class_weights
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.threads = threads
        self.seed = seed

    @property
    def config(self) -> ClassifierConfig:
        """The config that the parameters make; ConfigError if they make none."""
        own = {"vectors", "tokenizer"}
        given = {name: value for name, value in self.get_params(deep=False).items() if name not in own}
        if given["threads"] is None:
            del given["threads"]
        return ClassifierConfig(**given)

    def fit(
        self, texts: Iterable[str], labels: Iterable[object], *, on_progress: OnProgress | None = None
    ) -> TextClassifier:
        """The estimator, trained; the errors are those of `wordlab.sentiment.train` and TypeError."""
        config = self.config
        found, targets = check_labelled(texts, labels)
        vectors = self.vectors
        if vectors is not None and not isinstance(vectors, WordVectors):
            vectors = WordVectors.load(vectors)
        classes, positions = np.unique(targets, return_inverse=True)
        # the library's labels are strings; numbers of equal width sort as the classes do
        names = [f"{number:09d}" for number in range(len(classes))]
        self.classifier_ = train(
            found, [names[position] for position in positions.tolist()], config,
            vectors=vectors, tokenizer=self.tokenizer, on_progress=on_progress,
        )  # fmt: skip
        self.classifier_.classes = tuple(str(label) for label in classes.tolist())
        self._keep(classes)
        return self

    def _keep(self, classes: np.ndarray) -> None:
        self.classes_ = classes
        self.history_ = self.classifier_.history
        self.coverage_ = self.classifier_.coverage

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probability of each class, in the order of `classes_`, float32 (num_texts, num_classes)."""
        check_is_fitted(self, "classifier_")
        return self.classifier_.predict_proba(check_texts(texts), threads=self.threads)

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
        estimator = cls(tokenizer=classifier.encoder.tokenizer, **classifier.config.to_dict())
        estimator.classifier_ = classifier
        estimator._keep(np.array(classifier.classes))
        return estimator

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.non_deterministic = False
        return tags
