"""Word vectors on disk: payloads written, and read as memory maps after a check of their shapes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.embeddings.subwords import Subwords
    from wordlab.text.tokenizers import Tokenizer

KIND = "vectors"
FORMAT_VERSION = 1
OWN_DETAILS = (
    "num_words",
    "dim",
    "tokenizer",
    "subwords",
)  # of the manifest, no part of the vectors' `details`


def write_payloads(
    draft: artifact.Draft,
    vocabulary: Vocabulary,
    matrix: np.ndarray,
    outputs: np.ndarray | None,
    subwords: Subwords | None,
) -> None:
    """Write the vocabulary, the matrix and, if there are any, the outputs and the subwords.

    Vectors without subwords are written as they always were, so that both have one format version.
    """
    np.save(draft.payload("matrix.npy"), matrix, allow_pickle=False)
    if outputs is not None:
        np.save(draft.payload("outputs.npy"), outputs, allow_pickle=False)
    if subwords is not None:
        np.save(draft.payload("subwords.npy"), subwords.matrix, allow_pickle=False)
        draft.details["subwords"] = {"min_n": subwords.min_n, "max_n": subwords.max_n}
    vocabulary.write(draft.payload("vocabulary.parquet"))


def read_payloads(path: str | os.PathLike[str], *, verify: bool) -> tuple[
    artifact.Artifact, Vocabulary, np.ndarray, np.ndarray | None, Subwords | None, Tokenizer | None
]:  # fmt: skip
    """The parts of the vectors saved in `path`, matrices memory-mapped; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    matrix = _map_matrix(source.payload("matrix.npy"))
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
    return source, vocabulary, matrix, outputs, _subwords(source, matrix.shape[1]), _tokenizer(source)


def num_output_rows(num_words: int, details: Mapping[str, Any]) -> int:
    """One row a word, or under hierarchical softmax one an inner node of the tree (but never none)."""
    config = details.get("config")
    hierarchical = isinstance(config, Mapping) and config.get("loss") == "hierarchical"
    return max(1, num_words - 1) if hierarchical else num_words


def _map_matrix(path: Path) -> np.ndarray:
    try:
        matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise ArtifactError(f"{path}: expected a matrix, found a damaged file ({error})") from error
    if matrix.dtype != np.float32 or matrix.ndim != 2 or 0 in matrix.shape or not matrix.flags.c_contiguous:
        raise ArtifactError(
            f"{path}: expected a float32 matrix with a row a word, found {matrix.dtype} {matrix.shape}"
        )
    return np.asanyarray(matrix)


def _subwords(source: artifact.Artifact, dim: int) -> Subwords | None:
    if "subwords.npy" not in source.manifest["payloads"]:
        return None
    from wordlab.embeddings.subwords import Subwords

    path = source.payload("subwords.npy")
    matrix = _map_matrix(path)
    if matrix.shape[1] != dim:
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
