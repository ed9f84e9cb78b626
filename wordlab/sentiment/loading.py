"""A saved classifier, whichever kind of model it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wordlab import artifact
from wordlab.errors import ArtifactError
from wordlab.sentiment.models.baseline_config import BASELINES

if TYPE_CHECKING:
    from wordlab.sentiment.models.baseline_model import BaselineModel
    from wordlab.sentiment.models.classifier import Classifier

_KIND, _FORMAT_VERSION = "classifier", 1


class TextModel(Protocol):
    """What can be judged: a trained network, a trained baseline, or anything that has these two."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, in the order of the probabilities."""
        ...

    def predict_proba(self, texts: Iterable[str], *, threads: int | None = None) -> np.ndarray:
        """The probability of each class for each text (num_texts, num_classes)."""
        ...


def load_classifier(path: str | os.PathLike[str], *, verify: bool = True) -> Classifier | BaselineModel:
    """The classifier saved under `path`, a network or a baseline; ArtifactError if it is none."""
    source = artifact.load(path, kind=_KIND, format_version=_FORMAT_VERSION, verify=False)
    config = source.details.get("config")
    if not isinstance(config, Mapping) or "model" not in config:
        manifest = source.directory / artifact.MANIFEST
        raise ArtifactError(f"{manifest}: expected the facts of a classifier, found no model")
    if config["model"] in BASELINES:
        from wordlab.sentiment.models.baseline_model import BaselineModel

        return BaselineModel.load(path, verify=verify)
    from wordlab.sentiment.models.classifier import Classifier

    return Classifier.load(path, verify=verify)
