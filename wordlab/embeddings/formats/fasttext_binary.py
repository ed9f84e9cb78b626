"""fastText's `.bin`: settings, a dictionary, the vectors of words and of n-grams, and the output layer.

Little-endian throughout; see Args::save, Dictionary::save and DenseMatrix::save in fastText's source. The
matrix has a row for each word and then a row for each bucket of n-grams; the vector of a word is the mean
of its own row and of its n-grams. The output layer, which only training needs, is skipped.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from wordlab.embeddings.choices import MAX_NGRAM
from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.columns import column_block
from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.fasttext_dictionary import Dictionary, read_dictionary, write_dictionary
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.reading import ReadOptions, RowError, Skipped
from wordlab.embeddings.ngrams import hash_ngrams, mean_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_MAGIC = 793712314

_HEADER = struct.Struct("<2i12id")
_SHAPE = struct.Struct("<2q")
_VERSIONS = (11, 12)
_MODELS = {1: "cbow", 2: "skipgram", 3: "supervised"}
_FLOATS_WRITTEN_AT_ONCE = 1 << 21


@dataclass(frozen=True)
class _Header:
    """What the settings at the beginning of a file say about its vectors."""

    dim: int
    model: str
    num_buckets: int
    min_n: int
    max_n: int


def read_fasttext_binary(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of a fastText model, with subwords if it has n-grams; FormatError.

    Equal to fastText's ``get_word_vector`` bit for bit. If only some words are wanted, subwords are left
    out and memory does not grow with the number of buckets.
    """
    reader, skipped = ExactReader(source, source.name), Skipped(options)
    header = _read_header(reader)
    dictionary = read_dictionary(reader, options, skipped)
    matrix, subwords = _read_vectors(reader, header, dictionary, options)
    _pass_over_outputs(reader, skipped)
    counts, rows = np.array(dictionary.counts, np.int64), np.array(dictionary.rows, np.int64)
    block = column_block(dictionary.words, rows, matrix, counts, source, skipped)
    vectors = build_vectors(
        [block],
        source,
        format="fasttext-binary",
        options=options,
        skipped=skipped,
        where=source.record,
        subwords=subwords,
    )
    facts = {"model": header.model, "num_labels": dictionary.num_labels}
    return WordVectors(
        vectors.vocabulary, vectors.matrix, subwords=subwords, details={**vectors.details, "fasttext": facts}
    )


def write_fasttext_binary(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as fastText's `.bin`; FormatError for a word that holds the character NUL, and for
    n-grams that are hashed as in floret.

    What is read back is equal bit for bit if the vectors came from fastText; other vectors with subwords
    can differ in the last bit, unless they were trained here. The output layer is zero unless training left
    one that fastText can go on with: that of negative sampling, or of a tree as fastText builds it.
    """
    words = vectors.vocabulary.words
    check_words(words, "\0", "fasttext-binary")
    subwords, own = vectors.subwords, vectors.matrix
    if subwords is not None:
        try:
            own = subwords.own_vectors(words, vectors.matrix)
        except (FloatingPointError, FormatError) as error:
            raise FormatError(f"cannot be written as fasttext-binary: {error}") from error
    stream.write(_HEADER.pack(_MAGIC, 12, *_settings(vectors)))
    write_dictionary(stream, words, vectors.vocabulary.counts)
    num_buckets = 0 if subwords is None else subwords.num_buckets
    stream.write(b"\0" + _SHAPE.pack(len(words) + num_buckets, vectors.dim))
    _write_floats(stream, own)
    if subwords is not None:
        step = max(1, _FLOATS_WRITTEN_AT_ONCE // vectors.dim)
        for start in range(0, num_buckets, step):
            _write_floats(stream, subwords.rows_of(np.arange(start, min(start + step, num_buckets))))
    stream.write(b"\0" + _SHAPE.pack(*vectors.matrix.shape))
    for block in _outputs(vectors):
        _write_floats(stream, block)


def _settings(vectors: WordVectors) -> tuple[int | float, ...]:
    """What fastText's Args::save writes: the config of training, or where there was none its defaults."""
    config: Any = vectors.details.get("config") or {}
    model = {name: number for number, name in _MODELS.items()}[_model_name(vectors)]
    loss = {"hierarchical": 1, "negative": 2}.get(config.get("loss"), 2)
    window, epochs, negative = (
        config.get(name, default) for name, default in (("window", 5), ("epochs", 5), ("negative", 5))
    )
    subwords = vectors.subwords
    lengths = (0, 0, 0) if subwords is None else (subwords.num_buckets, subwords.min_n, subwords.max_n)
    subsample = config.get("subsample", 1e-4)
    # minCount is 1, as the words are all; wordNgrams 1; lrUpdateRate 100
    return (vectors.dim, window, epochs, 1, negative, 1, loss, model, *lengths, 100, subsample)


def _outputs(vectors: WordVectors) -> Iterator[np.ndarray]:
    """The output layer, a row a word, in blocks; zeros where training left none that fits fastText's."""
    outputs, num_words = vectors.outputs, len(vectors)
    config: Any = vectors.details.get("config") or {}
    hierarchical = config.get("loss") == "hierarchical"
    if outputs is None or (hierarchical and config.get("objective") != "subwords"):  # a tree of gensim's
        outputs = np.broadcast_to(np.float32(0), vectors.matrix.shape)
    yield -outputs if hierarchical else outputs  # the label is the code there, and here its opposite
    if len(outputs) < num_words:  # the tree has an inner node less
        yield np.zeros((num_words - len(outputs), vectors.dim), np.float32)


def _read_header(reader: ExactReader) -> _Header:
    name = reader.name
    _, version, *args = _HEADER.unpack(reader.take(_HEADER.size, "header"))
    if version not in _VERSIONS:
        raise FormatError(f"{name}: header: expected version 11 or 12 of fastText's format, found {version}")
    dim, model, num_buckets, min_n, max_n = args[0], args[7], *args[8:11]
    if dim < 1 or model not in _MODELS or num_buckets < 0:
        raise FormatError(
            f"{name}: header: expected dimensions, a model and buckets, found {dim}, {model}, {num_buckets}"
        )
    if version == 11 and _MODELS[model] == "supervised":
        max_n = 0  # such models had no n-grams, whatever the header says
    if max_n > 0 and not (0 <= min_n <= max_n <= MAX_NGRAM and num_buckets > 0):
        raise FormatError(
            f"{name}: header: expected n-grams of 0 <= min <= max <= {MAX_NGRAM} characters and buckets, "
            f"found {min_n} to {max_n} and {num_buckets}"
        )
    return _Header(dim, _MODELS[model], num_buckets, min_n, max(0, max_n))


def _read_vectors(
    reader: ExactReader,
    header: _Header,
    dictionary: Dictionary,
    options: ReadOptions,
) -> tuple[np.ndarray, Subwords | None]:
    """The vectors (num_kept, dim) of the words that the dictionary kept, and the subwords."""
    name, what = reader.name, "vectors"
    if reader.take(1, what) != b"\0":
        raise FormatError(f"{name}: expected a model with plain vectors, found a quantised one (.ftz)")
    if dictionary.is_pruned:
        raise FormatError(f"{name}: expected all buckets in a model that is not quantised, found a choice")
    words, num_words = dictionary.words, dictionary.num_words
    num_rows, dim = _SHAPE.unpack(reader.take(_SHAPE.size, what))
    num_buckets = num_rows - num_words
    if dim != header.dim or num_buckets < 0 or (header.max_n and num_buckets != header.num_buckets):
        raise FormatError(
            f"{name}: {what}: expected {num_words} + {header.num_buckets} rows of {header.dim} dimensions, "
            f"found {num_rows} of {dim}"
        )
    rows = None if len(words) == num_words else np.array(dictionary.rows, np.int64)
    own = reader.matrix(num_words, dim, what, rows=rows)
    if not header.max_n:
        reader.skip(4 * num_buckets * dim, what)
        return own, None
    lengths = {"min_n": header.min_n, "max_n": header.max_n, "num_buckets": num_buckets}
    if options.takes_all:
        buckets = reader.matrix(num_buckets, dim, "n-grams")
        _check_finite(buckets, name)
        for part, offsets, ids in hash_ngrams(words, **lengths):
            own[part] = mean_vectors(own[part], offsets, ids, buckets)
        return own, Subwords(header.min_n, header.max_n, buckets)
    ngrams = list(hash_ngrams(words, **lengths))
    needed = np.unique(np.concatenate([np.empty(0, np.int64), *[part.buckets for part in ngrams]]))
    buckets = reader.matrix(num_buckets, dim, "n-grams", rows=needed)
    _check_finite(buckets, name)
    for part, offsets, ids in ngrams:
        own[part] = mean_vectors(own[part], offsets, np.searchsorted(needed, ids), buckets)
    return own, None


def _check_finite(buckets: np.ndarray, name: str) -> None:
    finite = np.isfinite(buckets).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite)) + 1
        raise FormatError(f"{name}: n-grams: row {row}: expected finite numbers, found NaN or infinity")


def _pass_over_outputs(reader: ExactReader, skipped: Skipped) -> None:
    """Check that the rest of the file is what fastText writes, and drop it."""
    try:
        if reader.take(1, "output layer") != b"\0":
            raise FormatError(f"{reader.name}: output layer: expected plain numbers, found quantised ones")
        num_rows, dim = _SHAPE.unpack(reader.take(_SHAPE.size, "output layer"))
        if num_rows < 0 or dim < 0:
            raise FormatError(f"{reader.name}: output layer: expected its size, found {num_rows} x {dim}")
        reader.skip(4 * num_rows * dim, "output layer")
        reader.finish()
    except FormatError as error:
        where, _, problem = str(error).partition(": ")
        skipped.add(RowError("cut off", where, problem))


def _model_name(vectors: WordVectors) -> str:
    config: Any = vectors.details.get("config")
    facts: Any = vectors.details.get("fasttext")
    for known in (config, facts):
        if isinstance(known, dict) and known.get("model") in ("cbow", "skipgram"):
            return str(known["model"])
    return "skipgram"


def _write_floats(stream: IO[bytes], matrix: np.ndarray) -> None:
    step = max(1, _FLOATS_WRITTEN_AT_ONCE // matrix.shape[1])
    for start in range(0, len(matrix), step):
        stream.write(np.ascontiguousarray(matrix[start : start + step], "<f4").data)


def _has_signature(head: bytes) -> bool:
    return head.startswith(struct.pack("<i", _MAGIC))


FORMAT = Format(
    file=FileForm(read=read_fasttext_binary, write=write_fasttext_binary, has_signature=_has_signature)
)
