"""What all classifiers on disk have in common: the manifest's facts, and arrays that are checked when read.

Each model writes and reads its own payloads beside these.
"""

from __future__ import annotations

import os
from typing import Any, Literal

import numpy as np

from wordlab import artifact, payloads, schema
from wordlab.errors import ArtifactError
from wordlab.sentiment.judging.held_out import HeldOut
from wordlab.sentiment.models.names import MODELS
from wordlab.sentiment.models.settings import ModelConfig

KIND = "classifier"
FORMAT_VERSION = 1
_ROWS_AT_ONCE = 4_096


def open_classifier(path: str | os.PathLike[str], *, verify: bool) -> tuple[artifact.Artifact, str]:
    """The artefact of the classifier under `path`, and the name of its model; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    where = f"{source.where}: details"
    config = schema.fields(source.details, {"config": {"model": str}}, where)["config"]
    name: str = schema.checked(config["model"], Literal[*MODELS], f"{where}: config: model")
    return source, name


def read_config(source: artifact.Artifact, kind: type[ModelConfig]) -> Any:
    """The settings of a classifier, of the class `kind`."""
    where = f"{source.where}: details: config"
    found = schema.checked(source.details.get("config"), dict, where)
    values = {kind.renamed.get(name, name): value for name, value in found.items()}
    return schema.config_from(values, kind, where, required=("model",))


def read_classes(source: artifact.Artifact) -> tuple[str, ...]:
    """The labels, in the order of the probabilities: two or more, each once."""
    where = f"{source.where}: details"
    classes: list[str] = schema.fields(source.details, {"classes": list[str]}, where)["classes"]
    if len(classes) < 2 or len(set(classes)) < len(classes):
        raise ArtifactError(f"{where}: classes: expected two or more, each once, found {classes!r}")
    return tuple(classes)


def read_class_shares(source: artifact.Artifact, num_classes: int) -> tuple[float, ...] | None:
    """The shares of the classes in training, which add up to 1; None where they are not recorded."""
    if "class_shares" not in source.details:
        return None
    where = f"{source.where}: details"
    shares: list[float] = schema.fields(source.details, {"class_shares": list[float]}, where)["class_shares"]
    if len(shares) != num_classes or min(shares) < 0 or not abs(sum(shares) - 1) < 1e-6:
        raise ArtifactError(
            f"{where}: class_shares: expected {num_classes} numbers that add up to 1, found {shares!r}"
        )
    return tuple(shares)


def read_held_out(source: artifact.Artifact, num_classes: int) -> HeldOut | None:
    """How well texts were classified that were held out of training; None where that is not recorded."""
    found = source.details.get("held_out")
    where = f"{source.where}: details: held_out"
    return None if found is None else HeldOut.from_dict(found, where, num_classes)


def write_array(draft: artifact.Draft, name: str, array: np.ndarray) -> None:
    """Write `array` as the payload NAME.npy: unlike safetensors, that needs no torch and no extra.

    Of the columns of a wider one, some rows are copied at a time; `numpy.save` takes three times as long.
    """
    path = draft.payload(f"{name}.npy")
    if array.flags.forc:
        np.save(path, array, allow_pickle=False)
        return
    descr = np.lib.format.dtype_to_descr(array.dtype)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": descr, "fortran_order": False, "shape": array.shape}
        )
        for first in range(0, len(array), _ROWS_AT_ONCE):
            np.ascontiguousarray(array[first : first + _ROWS_AT_ONCE]).tofile(file)


def read_array(source: artifact.Artifact, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """The finite numbers in NAME.npy, of a `shape` in which None fits any size; ArtifactError."""
    return payloads.array(source, f"{name}.npy", dtype=("float32", "float64"), shape=shape)
