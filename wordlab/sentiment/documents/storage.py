"""Fitted poolings and encoded texts on disk: written as they come, checked when read.

A pooling's payloads are the same wherever they stand: in the artefact of encoded texts, and in a classifier
that pools.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wordlab import artifact, payloads, schema
from wordlab.artifact import Artifact, Draft, as_artifact_error
from wordlab.errors import ArtifactError
from wordlab.io.columns import read_columns
from wordlab.io.growing import GrowingArray
from wordlab.sentiment.documents.choices import DOCUMENT_FORMATS
from wordlab.sentiment.documents.components import Components
from wordlab.sentiment.documents.pooled import FittedPooling
from wordlab.sentiment.documents.poolings.names import POOLINGS, pooling_class
from wordlab.text.storage import read_tokenizer, write_tokenizer
from wordlab.text.tokenizers import Tokenizer

KIND = "documents"
FORMAT_VERSION = 1
_TABLE, _VECTORS = "documents.parquet", "vectors.npy"
_ROWS = 1 << 14  # of a row group: some megabytes of vectors
_FACTS = {"num_texts": int, "dim": int, "format": Literal[DOCUMENT_FORMATS], "has_excerpts": bool}


def write_fitted(draft: Draft, fitted: FittedPooling) -> None:
    """Write what `read_fitted` reads: the weights of words, and the components if there are any."""
    draft.details["pooling"] = {**fitted.pooling.to_dict(), "num_texts": fitted.num_texts}
    np.save(draft.payload("word_weights.npy"), fitted.weights, allow_pickle=False)
    if len(fitted.components):
        np.save(draft.payload("components.npy"), fitted.components.directions, allow_pickle=False)
        np.save(draft.payload("component_shares.npy"), fitted.components.shares, allow_pickle=False)


def read_fitted(source: Artifact, num_words: int | None, dim: int) -> FittedPooling:
    """The pooling for vectors of `num_words` words (None: any number) and `dim` dimensions; ArtifactError."""
    where = f"{source.where}: details: pooling"
    facts = dict(schema.checked(source.details.get("pooling"), dict, where))
    found = schema.fields(facts, {"name": Literal[*POOLINGS], "num_texts": int}, where)
    settings = {name: value for name, value in facts.items() if name not in found}
    pooling = schema.config_from(settings, pooling_class(found["name"]), where)
    length = None if num_words is None else num_words + 1
    weights = payloads.array(source, "word_weights.npy", dtype="float32", shape=(length,))
    components = Components.none(dim)
    if "components.npy" in source.manifest["payloads"]:
        directions = payloads.array(source, "components.npy", dtype="float32", shape=(None, dim))
        shares = payloads.array(source, "component_shares.npy", dtype="float32", shape=(len(directions),))
        components = Components(directions, shares)
    return FittedPooling(pooling, weights, components, found["num_texts"])


def write_encoding(
    draft: Draft, fitted: FittedPooling, tokenizer: Tokenizer, vectors_digest: str | None
) -> None:
    """Write what texts were encoded with: the pooling, the tokenizer, and the digest of the word vectors."""
    write_fitted(draft, fitted)
    write_tokenizer(draft, tokenizer)
    draft.libraries.append("scipy")  # which adds up the words of a text
    if vectors_digest is not None:
        draft.parents["vectors"] = vectors_digest


class DocumentsWriter:
    """Writes texts' ids, excerpts and vectors as they come, into an artefact being made.

    ``documents.parquet`` holds ids, excerpts if `has_excerpts`, and in the format "parquet" the vectors; in
    the format "npy" these are in ``vectors.npy``, which can be mapped. `num_without` counts zero vectors.
    """

    def __init__(self, draft: Draft, dim: int, *, format: str, has_excerpts: bool) -> None:
        self.num_texts = self.num_without = 0
        self._draft, self._dim = draft, dim
        columns = [("id", pa.string())]
        columns += [("excerpt", pa.string())] if has_excerpts else []
        columns += [("vector", pa.list_(pa.float32(), dim))] if format == "parquet" else []
        self._schema = pa.schema(columns)
        self._table = pq.ParquetWriter(
            draft.payload(_TABLE), self._schema, compression="zstd", use_dictionary=False
        )
        self._array = None
        if format == "npy":
            self._array = GrowingArray(draft.payload(_VECTORS), np.dtype("<f4"), (dim,))
        draft.details.update(dim=dim, format=format, has_excerpts=has_excerpts)
        self._clear()

    def add(self, ids: Sequence[str], excerpts: Sequence[str], rows: np.ndarray) -> None:
        """Write more texts; `rows` float32 (n, D)."""
        self._ids += ids
        self._excerpts += excerpts
        self.num_without += int(np.count_nonzero(~rows.any(axis=1)))
        if self._array is None:
            self._rows.append(rows)
        else:
            self._array.append(rows)
        if len(self._ids) >= _ROWS:
            self._flush()

    def _clear(self) -> None:
        self._ids: list[str] = []
        self._excerpts: list[str] = []
        self._rows: list[np.ndarray] = []

    def _flush(self) -> None:
        if not self._ids:
            return
        columns: list[pa.Array] = [string_array(self._ids)]
        if "excerpt" in self._schema.names:
            columns.append(string_array(self._excerpts))
        if "vector" in self._schema.names:
            numbers = pa.array(np.concatenate(self._rows).ravel())
            columns.append(pa.FixedSizeListArray.from_arrays(numbers, self._dim))
        self._table.write_table(pa.table(columns, schema=self._schema))
        self.num_texts += len(self._ids)
        self._clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._flush()
                self._draft.details["num_texts"] = self.num_texts
        finally:
            self._table.close()
            if self._array is not None:
                self._array.__exit__(kind, error, trace)

    def num_repeated_ids(self) -> int:
        """How many texts have an id that an earlier one has; ask when all is written."""
        ids = pq.read_table(self._draft.payload(_TABLE), columns=["id"]).column("id")
        return len(ids) - int(pc.count_distinct(ids).as_py())


def string_array(values: Sequence[str]) -> pa.StringArray:
    """The strings as an Arrow array; lone surrogates, which UTF-8 has no place for, become question marks."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([value.encode("utf-8", "replace").decode("utf-8") for value in values], pa.string())


class Parts(NamedTuple):
    """The parts of encoded texts, as read: `matrix` (N, D) is mapped if it is in ``vectors.npy``.

    `vectors_digest` is that of the word vectors, if these were loaded from an artefact.
    """

    source: Artifact
    matrix: np.ndarray
    ids: pa.StringArray
    excerpts: pa.StringArray | None
    fitted: FittedPooling
    tokenizer: Tokenizer
    vectors_digest: str | None


def read_documents(path: str | os.PathLike[str], *, verify: bool) -> Parts:
    """The parts of the texts encoded in `path`; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    facts = schema.fields(source.details, _FACTS, f"{source.where}: details")
    dim, num_texts = facts["dim"], facts["num_texts"]
    if dim < 1 or num_texts < 0:
        raise ArtifactError(f"{source.where}: details: expected texts of 1 dimension or more, found {dim}")
    table = source.payload(_TABLE)
    wanted: dict[str, pa.DataType] = {"id": pa.string()}
    if facts["has_excerpts"]:
        wanted["excerpt"] = pa.string()
    if facts["format"] == "parquet":
        wanted["vector"] = pa.list_(pa.float32(), dim)
    with as_artifact_error():
        found: dict[str, Any] = dict(zip(wanted, read_columns(table, wanted, "encoded texts"), strict=True))
    if len(found["id"]) != num_texts:
        raise ArtifactError(f"{table}: expected {num_texts} texts, found {len(found['id'])}")
    if facts["format"] == "parquet":
        matrix = found["vector"].flatten().to_numpy().reshape(num_texts, dim)
        payloads.check_finite([matrix.ravel()], table)
    else:
        matrix = payloads.mapped_array(source, _VECTORS, dtype="<f4", shape=(num_texts, dim))
        if verify:
            vectors = source.payload(_VECTORS)
            payloads.check_finite(payloads.read_chunks(vectors, matrix), vectors)
    fitted = read_fitted(source, None, dim)
    parents = schema.checked(source.manifest.get("parents"), dict[str, str], f"{source.where}: parents")
    return Parts(
        source,
        matrix,
        found["id"],
        found.get("excerpt"),
        fitted,
        read_tokenizer(source),
        parents.get("vectors"),
    )
