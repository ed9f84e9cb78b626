"""The payloads of an artefact, read and checked; every fault is a one-line ArtifactError.

Digests show that nothing was changed since the manifest was written. They do not show that the writer
meant well, or was wordlab at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.artifact import Artifact, as_artifact_error
from wordlab.errors import ArtifactError
from wordlab.io import arrays
from wordlab.io.json_files import read_json

_CHUNK = 1 << 20  # numbers looked at together


def mapped_array(
    source: Artifact, name: str, *, dtype: str | Sequence[str], shape: Sequence[int | None]
) -> np.memmap:
    """The array in the payload `name`, memory-mapped and read-only; None in `shape` fits any size."""
    with as_artifact_error():
        return arrays.map_array(source.payload(name), dtype=dtype, shape=shape)


def array(
    source: Artifact, name: str, *, dtype: str | Sequence[str], shape: Sequence[int | None]
) -> np.ndarray:
    """The array in the payload `name`, its numbers finite; None in `shape` fits any size."""
    path = source.payload(name)
    with as_artifact_error():
        found = arrays.read_array(path, dtype=dtype, shape=shape)
    check_finite([found.ravel(order="K")], path)
    return found


def json_value(source: Artifact, name: str) -> Any:
    """The value in the JSON payload `name`."""
    with as_artifact_error():
        return read_json(source.payload(name))


def read_chunks(path: Path, mapped: np.memmap) -> Iterator[np.ndarray]:
    """The numbers of a mapped array, some at a time, in one dimension.

    They are read rather than mapped, because touched pages of a map count as memory in use.
    """
    with path.open("rb") as file:
        file.seek(mapped.offset)
        while len(chunk := np.fromfile(file, mapped.dtype, _CHUNK)):
            yield chunk


def check_finite(parts: Iterable[np.ndarray], path: Path) -> None:
    """Raise ArtifactError if a number in `parts`, such as the rows of a matrix, is NaN or infinite."""
    for part in parts:
        if part.dtype.kind == "f" and not _is_finite(part):
            raise ArtifactError(f"{path}: expected finite numbers, found NaN or infinity")


def _is_finite(part: np.ndarray) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        if part.dtype != np.float16 and np.isfinite(np.dot(part, part)):  # at the speed of memory
            return True
    return bool(np.isfinite(part).all())
