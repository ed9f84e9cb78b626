"""Classifier: a trained network with the words, classes and settings that belong to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordlab.sentiment.features.encoding import Coverage, Encoder
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.training.history import History

if TYPE_CHECKING:
    from wordlab.sentiment.models.networks import Network
    from wordlab.sentiment.results import Prediction


class Classifier:
    """Tells the class of texts. Treat it as immutable.

    `classes` are the labels in the order of the network's outputs, sorted; `coverage` says how much of
    the training texts the vectors knew (None without vectors); `history` how training went.
    """

    def __init__(
        self,
        config: ClassifierConfig,
        encoder: Encoder,
        classes: Sequence[str],
        network: Network,
        history: History,
        *,
        coverage: Coverage | None = None,
    ) -> None:
        self.config = config
        self.encoder = encoder
        self.classes = tuple(classes)
        self.network = network
        self.history = history
        self.coverage = coverage
        self.digest: str | None = None  # of the artefact that this was loaded from

    def __repr__(self) -> str:
        words = len(self.encoder.vocabulary)
        return f"Classifier({self.config.model}, {len(self.classes)} classes, {words:,} words)"

    def predict_proba(self, texts: Iterable[str], *, threads: int | None = None) -> np.ndarray:
        """The probability of each class for each text, float32 (num_texts, num_classes)."""
        from wordlab.sentiment.models.predictor import probabilities

        found = list(probabilities(self, texts, threads=threads))
        return np.concatenate(found) if found else np.zeros((0, len(self.classes)), np.float32)

    def predict(self, texts: Iterable[str], *, threads: int | None = None) -> list[str]:
        """The most probable class of each text."""
        return [self.classes[best] for best in self.predict_proba(texts, threads=threads).argmax(axis=1)]

    def predict_stream(self, texts: Iterable[str], *, threads: int | None = None) -> Iterator[Prediction]:
        """A Prediction for each text, in order, of a stream of any length at constant memory."""
        from wordlab.sentiment.models.predictor import predict_stream

        return predict_stream(self, texts, threads=threads)

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
        from wordlab.sentiment.storage import write

        write(self, path, overwrite=overwrite, parents=parents or {}, metrics=metrics or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> Classifier:
        """The classifier saved under `path`; ArtifactError if it is damaged or none. Nothing is executed."""
        from wordlab.sentiment.storage import read

        return read(path, verify=verify)
