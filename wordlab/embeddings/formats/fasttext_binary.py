"""fastText's `.bin` and `.ftz`: settings, a dictionary, vectors of words and n-grams, the output layer.

Little-endian throughout; see FastText::saveModel in fastText's source. The matrix has a row for each word
and then one for each bucket of n-grams, or for each that pruning left; the vector of a word is the mean of
its own row and of its n-grams. The output layer, which only training needs, is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

import numpy as np

from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.columns import column_block
from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.fasttext_dictionary import Dictionary, read_dictionary, write_dictionary
from wordlab.embeddings.formats.fasttext_matrices import (
    SHAPE,
    MatrixHead,
    PlainRows,
    open_rows,
    read_head,
)
from wordlab.embeddings.formats.fasttext_settings import (
    Settings,
    has_signature,
    pack_settings,
    read_settings,
)
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.product_quantiser import QuantisedRows
from wordlab.embeddings.formats.reading import ReadOptions, RowError, Skipped
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_FLOATS_WRITTEN_AT_ONCE = 1 << 21


def read_fasttext_binary(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of a fastText model, with subwords if it has n-grams; FormatError.

    Equal to fastText's ``get_word_vector`` bit for bit. If only some words are wanted, subwords are left
    out and memory does not grow with the number of buckets, but for the codes of a quantised model.
    """
    reader, skipped = ExactReader(source, source.name), Skipped(options)
    settings = read_settings(reader)
    dictionary = read_dictionary(reader, settings, options, skipped)
    head = _read_shape(reader, settings, dictionary)
    matrix, subwords = _read_vectors(reader, head, settings, dictionary, options)
    _pass_over_outputs(reader, settings, skipped, may_be_quantised=head.is_quantised)
    counts, rows = np.array(dictionary.counts, np.int64), np.array(dictionary.rows, np.int64)
    block = column_block(dictionary.words, rows, matrix, counts, source, skipped)
    vectors = build_vectors(
        [block],
        source,
        format="fasttext",
        options=options,
        skipped=skipped,
        where=source.record,
        subwords=subwords,
    )
    facts: dict[str, Any] = {"model": settings.model, "num_labels": dictionary.num_labels}
    if head.is_quantised:
        facts["quantised"] = True
    return WordVectors(
        vectors.vocabulary, vectors.matrix, subwords=subwords, details={**vectors.details, "fasttext": facts}
    )


def write_fasttext_binary(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as fastText's `.bin`; FormatError for NUL in a word, and for n-grams that it has no
    place for.

    What is read back is equal bit for bit if the vectors came from fastText; other vectors with subwords
    can differ in the last bit, unless they were trained here. The output layer is zero unless training left
    one that fastText can go on with: that of negative sampling, or of a tree as fastText builds it.
    """
    words = vectors.vocabulary.words
    check_words(words, "\0", "fasttext")
    subwords, own = vectors.subwords, vectors.matrix
    if subwords is not None:
        subwords.check_as_fasttext("fasttext")
        try:
            own = subwords.own_vectors(words, vectors.matrix)
        except FloatingPointError as error:
            raise FormatError(f"cannot be written as fasttext: {error}") from error
    stream.write(pack_settings(vectors))
    write_dictionary(stream, words, vectors.vocabulary.counts)
    num_buckets = 0 if subwords is None else subwords.num_buckets
    stream.write(b"\0" + SHAPE.pack(len(words) + num_buckets, vectors.dim))
    _write_floats(stream, own)
    if subwords is not None:
        for _, rows in subwords.blocks():
            _write_floats(stream, rows)
    stream.write(b"\0" + SHAPE.pack(*vectors.matrix.shape))
    for block in _outputs(vectors):
        _write_floats(stream, block)


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


def _read_shape(reader: ExactReader, settings: Settings, dictionary: Dictionary) -> MatrixHead:
    """What stands before the matrix of vectors; FormatError unless its shape fits all that came before."""
    head = read_head(reader, settings, "vectors")
    if dictionary.pruned is not None and not head.is_quantised:
        if len(dictionary.pruned):
            raise FormatError(
                f"{reader.name}: expected all buckets in a model that is not quantised, found a choice"
            )
        dictionary.pruned = None  # in May 2017 fastText wrote that none are left, and meant all
    num_buckets = head.num_rows - dictionary.num_words
    expected = settings.num_buckets if dictionary.pruned is None else len(dictionary.pruned)
    is_counted = settings.max_n > 0 or dictionary.pruned is not None
    if head.dim != settings.dim or num_buckets < 0 or (is_counted and num_buckets != expected):
        raise FormatError(
            f"{reader.name}: vectors: expected {dictionary.num_words} + {expected} rows of {settings.dim} "
            f"dimensions, found {head.num_rows} of {head.dim}"
        )
    return head


def _read_vectors(
    reader: ExactReader,
    head: MatrixHead,
    settings: Settings,
    dictionary: Dictionary,
    options: ReadOptions,
) -> tuple[np.ndarray, Subwords | None]:
    """The vectors (num_kept, dim) of the words that the dictionary kept, and the subwords."""
    words, num_words = dictionary.words, dictionary.num_words
    matrix = open_rows(reader, head, "vectors")
    rows = None if len(words) == num_words else np.array(dictionary.rows, np.int64)
    own = matrix.take(num_words, "vectors", rows=rows)
    num_buckets = head.num_rows - num_words
    if not settings.max_n or not num_buckets:
        matrix.skip(num_buckets, "vectors")
        return own, None
    needed = None if options.takes_all else _needed_buckets(words, settings)
    chosen = _chosen_rows(dictionary.pruned, needed)
    rows = None if chosen is None else chosen[:, 1]
    subwords = Subwords(
        settings.min_n,
        settings.max_n,
        _read_ngrams(matrix, num_buckets, rows, reader.name),
        buckets=None if chosen is None else chosen[:, 0],
        num_buckets=settings.num_buckets,
        pruned=dictionary.pruned is not None,
    )
    subwords.compose(words, own, out=own)
    return own, subwords if options.takes_all else None


def _needed_buckets(words: Sequence[str], settings: Settings) -> np.ndarray:
    """The buckets of the words' n-grams, int64, ascending."""
    lengths = {"min_n": settings.min_n, "max_n": settings.max_n, "num_buckets": settings.num_buckets}
    buckets = [part.buckets for part in hash_ngrams(words, **lengths)]
    return np.unique(np.concatenate([np.empty(0, np.int64), *buckets]))


def _chosen_rows(pruned: np.ndarray | None, needed: np.ndarray | None) -> np.ndarray | None:
    """int64 (n, 2): the buckets, ascending, that are left and needed, and their rows; None for all."""
    if needed is None:
        return pruned
    if pruned is None:
        return np.stack([needed, needed], axis=1)
    return pruned[np.isin(pruned[:, 0], needed)]


def _read_ngrams(
    matrix: PlainRows | QuantisedRows, num_buckets: int, rows: np.ndarray | None, name: str
) -> np.ndarray:
    """The vectors of all n-grams; or those of `rows`, in their order, and one of zeros, as in `Subwords`."""
    if rows is None:
        return _finite(matrix.take(num_buckets, "n-grams"), name)
    found = np.zeros((len(rows) + 1, matrix.dim), np.float32)
    order = np.argsort(rows)
    found[order] = _finite(matrix.take(num_buckets, "n-grams", rows=rows[order]), name)
    return found


def _finite(buckets: np.ndarray, name: str) -> np.ndarray:
    """The vectors of n-grams as they are; FormatError for NaN and infinity."""
    finite = np.isfinite(buckets).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite)) + 1
        raise FormatError(f"{name}: n-grams: row {row}: expected finite numbers, found NaN or infinity")
    return buckets


def _pass_over_outputs(
    reader: ExactReader, settings: Settings, skipped: Skipped, *, may_be_quantised: bool
) -> None:
    """Check that the rest of the file is what fastText writes, and drop it."""
    what = "output layer"
    try:
        head = read_head(reader, settings, what)
        if head.is_quantised and not may_be_quantised:
            raise FormatError(f"{reader.name}: {what}: expected plain numbers, found quantised ones")
        if head.num_rows < 0 or head.dim < 0:
            raise FormatError(f"{reader.name}: {what}: expected its size, found {head.num_rows} x {head.dim}")
        open_rows(reader, head, what).skip(head.num_rows, what)
        reader.finish()
    except FormatError as error:
        where, _, problem = str(error).partition(": ")
        skipped.add(RowError("cut off", where, problem))


def _write_floats(stream: IO[bytes], matrix: np.ndarray) -> None:
    step = max(1, _FLOATS_WRITTEN_AT_ONCE // matrix.shape[1])
    for start in range(0, len(matrix), step):
        stream.write(np.ascontiguousarray(matrix[start : start + step], "<f4").data)


FORMAT = Format(
    file=FileForm(read=read_fasttext_binary, write=write_fasttext_binary, has_signature=has_signature)
)
