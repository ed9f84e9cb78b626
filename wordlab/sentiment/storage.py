"""What all classifiers on disk have in common: the manifest's facts, and arrays that are checked when read.

Each model writes and reads its own payloads beside these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.sentiment.models.names import MODELS
from wordlab.text.tokenizers import Tokenizer

KIND = "classifier"
FORMAT_VERSION = 1


def open_classifier(path: str | os.PathLike[str], *, verify: bool) -> tuple[artifact.Artifact, str]:
    """The artefact of the classifier under `path`, and the name of its model; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    config = source.details.get("config")
    if not isinstance(config, Mapping) or "model" not in config:
        manifest = source.directory / artifact.MANIFEST
        raise ArtifactError(f"{manifest}: expected the facts of a classifier, found no model")
    name = config["model"]
    with reading_facts(source):
        if not isinstance(name, str) or name not in MODELS:
            raise ConfigError(f"model: expected one of {', '.join(MODELS)}, found {name!r}")
    return source, name


@contextmanager
def reading_facts(source: artifact.Artifact) -> Iterator[None]:
    """Inside, facts that are missing or make no sense raise ArtifactError, which names the manifest."""
    try:
        yield
    except (ConfigError, KeyError, TypeError, AttributeError) as error:
        manifest = source.directory / artifact.MANIFEST
        raise ArtifactError(
            f"{manifest}: expected the facts of a classifier, found others ({error})"
        ) from error


def read_classes(source: artifact.Artifact) -> tuple[str, ...]:
    """The labels, in the order of the probabilities."""
    return tuple(str(label) for label in source.details["classes"])


def read_tokenizer(source: artifact.Artifact) -> Tokenizer:
    """The tokenizer that cuts texts as in training."""
    return Tokenizer.from_dict(source.details["tokenizer"])


def write_array(draft: artifact.Draft, name: str, array: np.ndarray) -> None:
    """Write `array` as the payload NAME.npy: unlike safetensors, that needs no torch and no extra."""
    np.save(draft.payload(f"{name}.npy"), array, allow_pickle=False)


def read_array(source: artifact.Artifact, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """The numbers in NAME.npy; ArtifactError unless they have this `shape`, where None fits any size."""
    path = source.payload(f"{name}.npy")
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise ArtifactError(f"{path}: expected an array, found a damaged file ({error})") from error
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype not in (np.float32, np.float64):
        expected = " x ".join("any" if size is None else str(size) for size in shape)
        raise ArtifactError(
            f"{path}: expected numbers of shape {expected}, found {array.dtype} {array.shape}"
        )
    return np.asarray(array)
