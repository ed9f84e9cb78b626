"""Vectors as a few named arrays: the content of safetensors and numpy files.

`matrix` (V, D); `words`, all words in UTF-8 one after the other, uint8, and `word_offsets`, int64 (V + 1,),
between them; `counts`, int64 (V,), if known; `subwords` (B, D) and `subword_lengths`, int64 (2,), the
shortest and longest n-grams, if there are any; `subword_num_hashes`, int64 (1,), if they are hashed as in
floret. So any word fits, and reading needs no pickle. An array `words` of strings is read as well.

Vectors from a quantised artefact stay quantised: their matrices are float16, or int8 with float32 scales
(V,) in `matrix_scales` and `subwords_scales`. They become float32 when read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

import numpy as np

from wordlab.embeddings.choices import PRECISIONS
from wordlab.embeddings.formats.build import build_vectors
from wordlab.embeddings.formats.columns import (
    checked_counts,
    column_block,
    join_words,
    pick_words,
    split_words,
)
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.quantisation import Quantised, quantise
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.visible import clipped, listed


class Arrays(Protocol):
    """The arrays in a file. Each method raises FormatError."""

    @property
    def names(self) -> Collection[str]:
        """The names of the arrays."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, without reading it."""

    def read(self, name: str) -> np.ndarray:
        """The whole array."""

    def read_rows(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The `rows` of a matrix, which ascend, in memory proportional to their number."""


def to_arrays(vectors: WordVectors) -> dict[str, np.ndarray]:
    """The arrays that hold the vectors."""
    words, offsets = join_words(vectors.vocabulary.words)
    arrays = quantise(vectors.matrix, vectors.precision).tensors("matrix")
    arrays |= {"words": words, "word_offsets": offsets}
    if vectors.vocabulary.num_tokens:
        arrays["counts"] = vectors.vocabulary.counts
    if vectors.subwords is not None:
        arrays |= quantise(vectors.subwords.matrix, vectors.precision).tensors("subwords")
        arrays["subword_lengths"] = np.array([vectors.subwords.min_n, vectors.subwords.max_n], np.int64)
        if vectors.subwords.num_hashes:
            arrays["subword_num_hashes"] = np.array([vectors.subwords.num_hashes], np.int64)
        if vectors.subwords.buckets is not None:
            arrays["subword_buckets"] = vectors.subwords.buckets
            arrays["subword_num_buckets"] = np.array([vectors.subwords.num_buckets], np.int64)
        if vectors.subwords.pruned:
            arrays["subword_pruned"] = np.array([1], np.uint8)
    return arrays


def read_arrays(arrays: Arrays, source: Source, options: ReadOptions, *, format: str) -> WordVectors:
    """The vectors in the arrays, without subwords if only some words are wanted."""
    skipped = Skipped(options)
    missing = {"matrix", "words"} - set(arrays.names)
    if missing:
        shown = listed([repr(clipped(name)) for name in sorted(arrays.names)], 8) or "nothing"
        hint = "; import the directory of this model2vec" if "embeddings" in arrays.names else ""
        raise FormatError(f"{source.name}: expected arrays 'matrix' and 'words', found {shown}{hint}")
    shape = arrays.shape("matrix")
    num_words, encoded = _read_words(arrays, source.name)
    if len(shape) != 2 or 0 in shape or shape[0] != num_words:
        raise FormatError(
            f"{source.name}: matrix: expected a row for each of {num_words} words, found {shape}"
        )
    counts = np.zeros(num_words, np.int64)
    if "counts" in arrays.names:
        counts = checked_counts(arrays.read("counts"), num_words, f"{source.name}: counts")
    words, rows = pick_words(encoded, source, options, skipped)
    values = arrays.read("matrix") if len(rows) == num_words else arrays.read_rows("matrix", rows)
    matrix = _numbers(arrays, "matrix", values, rows, source.name)
    block = column_block(words, rows, matrix, counts[rows], source, skipped)
    subwords = None
    if "subwords" in arrays.names and options.takes_all:
        subwords = _read_subwords(arrays, shape[1], source.name)
    vectors = build_vectors(
        [block],
        source,
        format=format,
        options=options,
        skipped=skipped,
        where=source.record,
        subwords=subwords,
    )
    if values.dtype.name in PRECISIONS:
        vectors.precision = values.dtype.name
    return vectors


def _read_words(arrays: Arrays, name: str) -> tuple[int, Iterable[bytes]]:
    """The number of words, and the words."""
    words = arrays.read("words")
    if words.ndim == 1 and words.dtype.kind == "U":
        try:
            return len(words), [word.encode("utf-8", "surrogatepass") for word in words.tolist()]
        except ValueError as error:  # numbers that are not characters
            raise FormatError(f"{name}: words: expected strings, found damaged ones ({error})") from error
    if words.ndim != 1 or words.dtype != np.uint8 or "word_offsets" not in arrays.names:
        raise FormatError(
            f"{name}: words: expected UTF-8 as uint8 with 'word_offsets', or strings, "
            f"found {words.dtype} {words.shape}"
        )
    offsets = arrays.read("word_offsets")
    return len(offsets) - 1, split_words(words.tobytes(), offsets, f"{name}: word_offsets")


def _read_subwords(arrays: Arrays, dim: int, name: str) -> Subwords:
    lengths = arrays.read("subword_lengths") if "subword_lengths" in arrays.names else np.empty(0)
    if lengths.shape != (2,) or lengths.dtype != np.int64:
        raise FormatError(f"{name}: subword_lengths: expected two int64 numbers, found {lengths.shape}")
    matrix = _numbers(arrays, "subwords", arrays.read("subwords"), None, name)
    if matrix.ndim != 2 or matrix.shape[1] != dim:
        raise FormatError(f"{name}: subwords: expected {dim} columns, found shape {matrix.shape}")
    buckets, num_buckets = None, 0
    if "subword_buckets" in arrays.names:
        buckets = arrays.read("subword_buckets")
        number = arrays.read("subword_num_buckets") if "subword_num_buckets" in arrays.names else buckets
        if buckets.dtype != np.uint32 or number.shape != (1,) or number.dtype != np.int64:
            raise FormatError(
                f"{name}: subword_buckets: expected uint32 numbers, and one int64 as 'subword_num_buckets', "
                f"found {buckets.dtype} and {number.dtype} {number.shape}"
            )
        num_buckets = int(number[0])
    numbers: dict[str, Any] = {"num_buckets": num_buckets}
    for fact, stored, kind in (("pruned", np.uint8, bool), ("num_hashes", np.int64, int)):
        if f"subword_{fact}" in arrays.names:
            found = arrays.read(f"subword_{fact}")
            if found.dtype != stored or found.shape != (1,):
                raise FormatError(
                    f"{name}: subword_{fact}: expected one {np.dtype(stored)} number, "
                    f"found {found.dtype} {found.shape}"
                )
            numbers[fact] = kind(found[0])
    try:
        return Subwords(int(lengths[0]), int(lengths[1]), matrix, buckets=buckets, **numbers)
    except ValueError as error:
        raise FormatError(f"{name}: subwords: {error}") from error


def _numbers(arrays: Arrays, name: str, values: np.ndarray, rows: np.ndarray | None, file: str) -> np.ndarray:
    """The float32 numbers that `values`, the `rows` (None: all) of the matrix `name`, stand for."""
    where = f"{file}: {name}"
    if values.dtype == np.int8:
        scales, num_rows = f"{name}_scales", arrays.shape(name)[0]
        found = arrays.read(scales) if scales in arrays.names else np.empty(0, np.float32)
        if found.dtype != np.float32 or found.shape != (num_rows,):
            raise FormatError(
                f"{file}: {scales}: expected {num_rows} float32 numbers, found {found.dtype} {found.shape}"
            )
        return Quantised(values, found if rows is None else found[rows]).to_float32()
    if values.dtype.kind != "f" or values.dtype.itemsize > 8:
        raise FormatError(f"{where}: expected floating-point numbers, found {values.dtype}")
    with np.errstate(over="ignore"):  # what exceeds float32 is reported as not finite
        return np.ascontiguousarray(values, dtype=np.float32)
