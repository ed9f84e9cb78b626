"""Word vectors on disk: payloads are written, and read as memory maps once their shapes are checked.

Quantised payloads are the exception: they become float32 in memory.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from wordlab import artifact, schema
from wordlab.embeddings.choices import PRECISIONS, Precision
from wordlab.embeddings.glove_parts import GloveParts
from wordlab.embeddings.quantisation import Quantised, quantise
from wordlab.errors import ArtifactError
from wordlab.payloads import array, check_finite, mapped_array, read_chunks
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.embeddings.subwords import Subwords
    from wordlab.text.tokenizers import Tokenizer

KIND = "vectors"
FORMAT_VERSION = 1
_FACTS = {
    "config": dict[str, Any],
    "losses": list[float],
    "num_tokens_read": int,
    "runs": [{"config": {"epochs": int}, "corpus": {"fingerprint": str | None}}],
}
"""What training, here or by gensim, says of itself; vectors from files say none of it."""
_SUBWORDS = {"min_n": int, "max_n": int, "num_buckets": int, "num_hashes": int, "pruned": bool}
# in the manifest, but not part of the vectors' `details`
OWN_DETAILS = ("num_words", "dim", "tokenizer", "subwords", "precision")


class Content(NamedTuple):
    """What payloads hold, by the names of the arguments of WordVectors."""

    vocabulary: Vocabulary
    matrix: np.ndarray
    outputs: np.ndarray | None = None
    position_weights: np.ndarray | None = None
    subwords: Subwords | None = None
    glove: GloveParts | None = None


class Parts(NamedTuple):
    """The parts of vectors, as read."""

    source: artifact.Artifact
    content: Content
    tokenizer: Tokenizer | None


def write_payloads(draft: artifact.Draft, content: Content, precision: Precision = "float32") -> None:
    """Write the vocabulary, the matrix and subwords, and what only training needs if `precision` is float32.

    Vectors without subwords are written as before there were any, so that one format version does for both.
    """
    _write_matrix(draft, "matrix", content.matrix, precision)
    exact = {"outputs": content.outputs, "position_weights": content.position_weights}
    if content.subwords is not None:
        write_subwords(draft, content.subwords, precision)
        exact["subwords_own"] = content.subwords.own
    if content.glove is not None:
        exact |= {f"glove_{name}": part for name, part in content.glove._asdict().items()}
    for name, kept in exact.items():
        if kept is not None and precision == "float32":
            np.save(draft.payload(f"{name}.npy"), kept, allow_pickle=False)
    content.vocabulary.write(draft.payload("vocabulary.parquet"))


def write_subwords(draft: artifact.Draft, subwords: Subwords, precision: Precision = "float32") -> None:
    """Write the vectors of n-grams, for vectors or for what is made of them; not the words' own vectors."""
    _write_matrix(draft, "subwords", subwords.matrix, precision)
    draft.details["subwords"] = subwords.facts()
    if subwords.buckets is not None:
        np.save(draft.payload("subwords_buckets.npy"), subwords.buckets, allow_pickle=False)


def _write_matrix(draft: artifact.Draft, name: str, matrix: np.ndarray, precision: Precision) -> None:
    for payload, values in quantise(matrix, precision).tensors(name).items():
        np.save(draft.payload(f"{payload}.npy"), values, allow_pickle=False)


def read_payloads(path: str | os.PathLike[str], *, verify: bool) -> Parts:
    """The parts of the vectors saved in `path`, matrices memory-mapped; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=False)
    stopping = threading.Event()
    with ThreadPoolExecutor(1) as pool:  # hashing takes longest; the rest is done meanwhile
        try:
            verified = pool.submit(artifact.verify_digests, source, stopping) if verify else None
            parts = _read_parts(source, verify=verify)
            if verified is not None:
                verified.result()
        finally:
            stopping.set()
    return parts


def _read_parts(source: artifact.Artifact, *, verify: bool) -> Parts:
    schema.fields(source.details, _FACTS, f"{source.where}: details", optional=True)
    matrix = _read_matrix(source, "matrix", verify=verify)
    vocabulary_path = source.payload("vocabulary.parquet")
    vocabulary = Vocabulary.read(vocabulary_path)
    if len(vocabulary) != len(matrix):
        raise ArtifactError(f"{vocabulary_path}: expected {len(matrix)} words, found {len(vocabulary)}")
    dim, num_outputs = matrix.shape[1], num_output_rows(len(vocabulary), source.details)
    content = Content(
        vocabulary,
        matrix,
        _map_if_any(source, "outputs", (num_outputs, dim), verify=verify),
        _map_if_any(source, "position_weights", (None, dim), verify=verify),
        read_subwords(source, len(vocabulary), dim, verify=verify),
        _read_glove(source, (len(vocabulary), dim + 1), verify=verify),
    )
    return Parts(source, content, _read_tokenizer(source))


def _read_glove(source: artifact.Artifact, shape: tuple[int, int], *, verify: bool) -> GloveParts | None:
    """What GloVe learnt, mapped; None if it is not there."""
    if "glove_words.npy" not in source.manifest["payloads"]:
        return None
    return GloveParts(*(_map(source, f"glove_{name}", shape, verify=verify) for name in GloveParts._fields))


def num_output_rows(num_words: int, details: Mapping[str, Any]) -> int:
    """A row for each word, or under hierarchical softmax for each inner node of the tree, at least 1."""
    config = details.get("config")
    hierarchical = isinstance(config, Mapping) and config.get("loss") == "hierarchical"
    return max(1, num_words - 1) if hierarchical else num_words


def _read_matrix(source: artifact.Artifact, name: str, dim: int | None = None, *, verify: bool) -> np.ndarray:
    """The matrix called `name`, mapped if it is float32, else in memory as float32."""
    precision = precision_of(source)
    if precision == "float32":
        return _map(source, name, (None, dim), verify=verify)
    values = mapped_array(source, f"{name}.npy", dtype=precision, shape=(None, dim))
    tensors: dict[str, np.ndarray] = {name: values}
    if precision == "int8":
        tensors[f"{name}_scales"] = array(source, f"{name}_scales.npy", dtype="float32", shape=(len(values),))
    matrix = Quantised.of_tensors(tensors, name).to_float32()
    _check_sides(source, name, matrix)
    check_finite([matrix.ravel()], source.payload(f"{name}.npy"))
    return matrix


def _map(source: artifact.Artifact, name: str, shape: tuple[int | None, ...], *, verify: bool) -> np.ndarray:
    """A float32 matrix, mapped; only `verify`, which reads all of it anyway, looks for NaN."""
    matrix = mapped_array(source, f"{name}.npy", dtype="float32", shape=shape)
    _check_sides(source, name, matrix)
    if verify:
        path = source.payload(f"{name}.npy")
        check_finite(read_chunks(path, matrix), path)
    return matrix


def _map_if_any(
    source: artifact.Artifact, name: str, shape: tuple[int | None, ...], *, verify: bool
) -> np.ndarray | None:
    has_one = f"{name}.npy" in source.manifest["payloads"]
    return _map(source, name, shape, verify=verify) if has_one else None


def _check_sides(source: artifact.Artifact, name: str, matrix: np.ndarray) -> None:
    if 0 in matrix.shape:
        raise ArtifactError(
            f"{source.payload(name + '.npy')}: expected rows and columns, found {matrix.shape}"
        )


def precision_of(source: artifact.Artifact) -> Precision:
    """The precision in which an artefact holds its matrix; ArtifactError for an unknown one."""
    found = source.details.get("precision", "float32")
    if found not in PRECISIONS:
        where = source.directory / artifact.MANIFEST
        raise ArtifactError(f"{where}: expected a precision out of {', '.join(PRECISIONS)}, found {found!r}")
    return cast(Precision, found)


def read_subwords(
    source: artifact.Artifact, num_words: int, dim: int, *, verify: bool = True
) -> Subwords | None:
    """The n-grams of an artefact, of `dim` dimensions, mapped; None if it has none; ArtifactError."""
    if "subwords.npy" not in source.manifest["payloads"]:
        return None
    from wordlab.embeddings.subwords import Subwords

    where = f"{source.where}: details: subwords"
    found = schema.fields(source.details.get("subwords"), _SUBWORDS, where, optional=True)
    facts = schema.fields(found, {"min_n": int, "max_n": int}, where) | found
    matrix = _read_matrix(source, "subwords", dim, verify=verify)
    own = _map_if_any(source, "subwords_own", (num_words, dim), verify=verify)
    buckets = None
    if "subwords_buckets.npy" in source.manifest["payloads"]:
        buckets = array(source, "subwords_buckets.npy", dtype="uint32", shape=(None,))
    try:
        return Subwords(matrix=matrix, buckets=buckets, own=own, **facts)
    except ValueError as error:
        raise ArtifactError(f"{where}: {error}") from error


def _read_tokenizer(source: artifact.Artifact) -> Tokenizer | None:
    if source.details.get("tokenizer") is None:
        return None
    from wordlab.text.storage import read_tokenizer

    return read_tokenizer(source)


def write_tokenizer(draft: artifact.Draft, tokenizer: Tokenizer | None) -> None:
    """Record the tokenizer whose tokens the words are, if it is known."""
    if tokenizer is None:
        draft.details["tokenizer"] = None
        return
    from wordlab.text import storage as text_storage

    text_storage.write_tokenizer(draft, tokenizer)
