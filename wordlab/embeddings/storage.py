"""Word vectors on disk: payloads are written, and read as memory maps once their shapes are checked.

Quantised payloads are the exception: they become float32 in memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from wordlab import artifact
from wordlab.embeddings.choices import PRECISIONS, Precision
from wordlab.embeddings.quantisation import Quantised, quantise
from wordlab.errors import ArtifactError, ConfigError
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.embeddings.subwords import Subwords
    from wordlab.text.tokenizers import Tokenizer

KIND = "vectors"
FORMAT_VERSION = 1
# in the manifest, but not part of the vectors' `details`
OWN_DETAILS = ("num_words", "dim", "tokenizer", "subwords", "precision")


def write_payloads(
    draft: artifact.Draft,
    vocabulary: Vocabulary,
    matrix: np.ndarray,
    outputs: np.ndarray | None,
    subwords: Subwords | None,
    precision: Precision = "float32",
) -> None:
    """Write the vocabulary, the matrix, subwords if any, and outputs if any and `precision` is float32.

    Vectors without subwords are written as before there were any, so that one format version does for both.
    """
    matrices = {"matrix": matrix} | ({} if subwords is None else {"subwords": subwords.matrix})
    for name, numbers in matrices.items():
        for payload, values in quantise(numbers, precision).tensors(name).items():
            np.save(draft.payload(f"{payload}.npy"), values, allow_pickle=False)
    if outputs is not None and precision == "float32":
        np.save(draft.payload("outputs.npy"), outputs, allow_pickle=False)
    if subwords is not None:
        draft.details["subwords"] = {"min_n": subwords.min_n, "max_n": subwords.max_n}
    vocabulary.write(draft.payload("vocabulary.parquet"))


class Parts(NamedTuple):
    """The parts of vectors, as read."""

    source: artifact.Artifact
    vocabulary: Vocabulary
    matrix: np.ndarray
    outputs: np.ndarray | None
    subwords: Subwords | None
    tokenizer: Tokenizer | None


def read_payloads(path: str | os.PathLike[str], *, verify: bool) -> Parts:
    """The parts of the vectors saved in `path`, matrices memory-mapped; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=False)
    with ThreadPoolExecutor(1) as pool:  # hashing takes longest; the rest is done meanwhile
        verified = pool.submit(artifact.verify_digests, source) if verify else None
        parts = _read_parts(source)
    if verified is not None:
        verified.result()
    return parts


def _read_parts(source: artifact.Artifact) -> Parts:
    matrix = _read_matrix(source, "matrix")
    vocabulary_path = source.payload("vocabulary.parquet")
    vocabulary = Vocabulary.read(vocabulary_path)
    if len(vocabulary) != len(matrix):
        raise ArtifactError(f"{vocabulary_path}: expected {len(matrix)} words, found {len(vocabulary)}")
    outputs = None
    if "outputs.npy" in source.manifest["payloads"]:
        outputs = _map_matrix(source.payload("outputs.npy"))
        expected = (num_output_rows(len(vocabulary), source.details), matrix.shape[1])
        if outputs.shape != expected:
            raise ArtifactError(
                f"{source.payload('outputs.npy')}: expected a matrix of shape {expected}, "
                f"found {outputs.shape}"
            )
    subwords = _subwords(source, matrix.shape[1])
    return Parts(source, vocabulary, matrix, outputs, subwords, _tokenizer(source))


def num_output_rows(num_words: int, details: Mapping[str, Any]) -> int:
    """A row for each word, or under hierarchical softmax for each inner node of the tree, at least 1."""
    config = details.get("config")
    hierarchical = isinstance(config, Mapping) and config.get("loss") == "hierarchical"
    return max(1, num_words - 1) if hierarchical else num_words


def _read_matrix(source: artifact.Artifact, name: str) -> np.ndarray:
    """The matrix called `name`, mapped if it is float32, else in memory as float32."""
    path, precision = source.payload(f"{name}.npy"), precision_of(source)
    values = _map_matrix(path, precision)
    if precision == "float32":
        return values
    tensors = {name: values}
    if precision == "int8":
        tensors[f"{name}_scales"] = _map(source.payload(f"{name}_scales.npy"))
    try:
        return Quantised.of_tensors(tensors, name).to_float32()
    except ValueError as error:
        raise ArtifactError(f"{path}: {error}") from error


def precision_of(source: artifact.Artifact) -> Precision:
    """The precision in which an artefact holds its matrix; ArtifactError for an unknown one."""
    found = source.details.get("precision", "float32")
    if found not in PRECISIONS:
        where = source.directory / artifact.MANIFEST
        raise ArtifactError(f"{where}: expected a precision out of {', '.join(PRECISIONS)}, found {found!r}")
    return cast(Precision, found)


def _map_matrix(path: Path, precision: str = "float32") -> np.ndarray:
    matrix = _map(path)
    if matrix.dtype != precision or matrix.ndim != 2 or 0 in matrix.shape or not matrix.flags.c_contiguous:
        raise ArtifactError(
            f"{path}: expected a matrix of {precision} with a row a word, found {matrix.dtype} {matrix.shape}"
        )
    return matrix


def _map(path: Path) -> np.ndarray:
    try:
        return np.asanyarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError) as error:
        raise ArtifactError(f"{path}: expected a matrix, found a damaged file ({error})") from error


def _subwords(source: artifact.Artifact, dim: int) -> Subwords | None:
    if "subwords.npy" not in source.manifest["payloads"]:
        return None
    from wordlab.embeddings.subwords import Subwords

    matrix = _read_matrix(source, "subwords")
    if matrix.shape[1] != dim:
        path = source.payload("subwords.npy")
        raise ArtifactError(f"{path}: expected a matrix of {dim} columns, found {matrix.shape[1]}")
    facts = source.details.get("subwords")
    try:
        return Subwords(facts["min_n"], facts["max_n"], matrix)  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        manifest = source.directory / artifact.MANIFEST
        raise ArtifactError(
            f"{manifest}: expected the lengths of n-grams in 'subwords', found {facts!r}"
        ) from error


def _tokenizer(source: artifact.Artifact) -> Tokenizer | None:
    facts = source.details.get("tokenizer")
    if facts is None:
        return None
    from wordlab.text.tokenizers import Tokenizer

    manifest = source.directory / artifact.MANIFEST
    try:
        return Tokenizer.from_dict(facts)
    except (ConfigError, TypeError, AttributeError) as error:
        raise ArtifactError(f"{manifest}: expected a known tokenizer, found none ({error})") from error
