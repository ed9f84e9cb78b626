"""fastText's `.bin` and `.ftz` of a supervised model, written and read; see FastText::saveModel.

The file has a vector for every bucket, unless it is pruned. Those that training did not meet are zero here,
and random in files that fastText wrote.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.fasttext_dictionary import (
    Dictionary,
    read_dictionary,
    write_labelled_dictionary,
)
from wordlab.embeddings.formats.fasttext_matrices import SHAPE, open_rows, read_head
from wordlab.embeddings.formats.fasttext_settings import Settings, pack_supervised, read_settings
from wordlab.embeddings.formats.files import PathOrStream, open_sink, open_source
from wordlab.embeddings.formats.product_quantiser import QuantisedRows
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.ngrams import LINE_END
from wordlab.errors import ConfigError, FormatError
from wordlab.sentiment.models.linear.codes import ProductCodes
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.fasttext_codes import write_codes
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import clipped

PREFIX = "__label__"
_LOSSES = {1: "hierarchical", 3: "softmax", 4: "ova"}
_ENDS = " \t\n\r\v\f\0"  # of a word, in fastText
_NUMBERS_AT_ONCE = 1 << 21


class Supervised(NamedTuple):
    """What the file holds of a model; shapes and orders are those of `LinearModel`."""

    config: LinearConfig
    vocabulary: Vocabulary
    classes: tuple[str, ...]
    class_counts: np.ndarray
    by_count: np.ndarray
    buckets: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray
    codes: ProductCodes | None = None
    drops_missing: bool = False

    @property
    def several(self) -> bool:
        """Whether the texts had more labels than one on average: those of texts with one add up to texts.

        ``</s>``, the end of a text, has been counted for each of them, if the vocabulary has it.
        """
        end = self.vocabulary.get(LINE_END)
        if end is None or self.config.loss != "ova":
            return False
        return bool(self.class_counts.sum() > self.vocabulary.counts[end])

    @property
    def dim(self) -> int:
        """Dimensions of the vectors."""
        return int(self.inputs.shape[1])


def write_model(model: Supervised, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the model: see `LinearModel.export`."""
    config = model.config
    words, labels = model.vocabulary.words, [PREFIX + model.classes[c] for c in model.by_count]
    _check_whole(labels, "label")
    _check_whole(words, "word")
    num_buckets = config.buckets if config.has_buckets else 0
    lengths = (config.min_ngram, config.max_ngram) if config.max_ngram else (0, 0)
    with open_sink(path, overwrite=overwrite) as stream:
        stream.write(
            pack_supervised(
                dim=model.dim, epochs=config.epochs, min_count=config.min_count, ngrams=config.ngrams,
                loss={name: number for number, name in _LOSSES.items()}[config.loss],
                num_buckets=num_buckets, min_n=lengths[0], max_n=lengths[1],
            )
        )  # fmt: skip
        counts = model.class_counts[model.by_count]
        pruned = model.buckets if model.drops_missing else None
        write_labelled_dictionary(stream, words, model.vocabulary.counts, labels, counts, pruned)
        if model.codes is not None:
            places = len(words) + (np.arange(len(model.buckets)) if model.drops_missing else model.buckets)
            num_rows = len(words) + (len(model.buckets) if model.drops_missing else num_buckets)
            write_codes(stream, model.codes, np.concatenate([np.arange(len(words)), places]), num_rows)
        else:
            stream.write(b"\0" + SHAPE.pack(len(words) + num_buckets, model.dim))
            for block in _rows(model, num_buckets):
                stream.write(np.ascontiguousarray(block, "<f4").data)
        stream.write(b"\0" + SHAPE.pack(len(labels), model.dim))
        stream.write(np.ascontiguousarray(_outputs(model), "<f4").data)


def read_model(source: PathOrStream) -> Supervised:
    """The model in a file that fastText, or `write_model`, wrote; FormatError for anything else."""
    with open_source(source) as opened:
        reader = ExactReader(opened, opened.name)
        settings = read_settings(reader)
        if settings.model != "supervised" or settings.loss not in _LOSSES:
            raise FormatError(
                f"{reader.name}: expected a supervised model of fastText, found the model {settings.model}; "
                "`wordlab embeddings import` reads word vectors"
            )
        options = ReadOptions()
        dictionary = read_dictionary(reader, settings, options, Skipped(options))
        classes = _labels(dictionary, reader.name)
        buckets, order_of_rows = _buckets(settings, dictionary)
        inputs, codes = _read_matrix(reader, settings, dictionary.num_words + len(buckets), "vectors")
        if dictionary.pruned is not None and codes is None:
            raise FormatError(
                f"{reader.name}: vectors: expected codes in a pruned model, found plain numbers"
            )
        outputs, _ = _read_matrix(reader, settings, len(classes), "output layer")
        reader.finish()
    config = _config(settings, reader.name)
    try:
        vocabulary = Vocabulary(dictionary.words, dictionary.counts)
    except ValueError as error:
        raise FormatError(f"{reader.name}: dictionary: {error}") from error
    order = sorted(range(len(classes)), key=classes.__getitem__)  # entries of the file by label
    # a tree has an inner node less, and nodes have the order of the tree
    outputs = outputs[:-1] if config.loss == "hierarchical" else outputs[order]
    return Supervised(
        config, vocabulary, tuple(classes[place] for place in order),
        class_counts=np.array(dictionary.label_counts, np.int64)[order], by_count=np.argsort(order),
        buckets=buckets, inputs=inputs[order_of_rows], outputs=outputs,
        codes=None if codes is None else codes.take(order_of_rows),
        drops_missing=dictionary.pruned is not None,
    )  # fmt: skip


def _check_whole(words: tuple[str, ...] | list[str], what: str) -> None:
    for word in words:
        if any(end in word for end in _ENDS):
            shown = clipped(word.removeprefix(PREFIX) if what == "label" else word)
            raise FormatError(
                f"cannot be written as fasttext: expected a {what} without white space, found {shown!r}"
            )


def _rows(model: Supervised, num_buckets: int) -> Iterator[np.ndarray]:
    """The vectors of the words and of all buckets, in blocks."""
    num_words, step = len(model.vocabulary), max(1, _NUMBERS_AT_ONCE // model.dim)
    yield model.inputs[:num_words]
    buckets = model.buckets
    for start in range(0, num_buckets, step):
        block = np.zeros((min(step, num_buckets - start), model.dim), np.float32)
        part = slice(*np.searchsorted(buckets, [start, start + len(block)]))
        block[buckets[part].astype(np.int64) - start] = model.inputs[num_words:][part]
        yield block


def _outputs(model: Supervised) -> np.ndarray:
    """The output layer in the order of the labels; a tree's has a row of zeros at the end."""
    if model.config.loss == "hierarchical":
        return np.concatenate([model.outputs, np.zeros((1, model.dim), np.float32)])
    return np.asarray(model.outputs[model.by_count])


def _labels(dictionary: Dictionary, name: str) -> list[str]:
    """The labels of the file without their prefix; FormatError unless there are two or more, each once."""
    try:
        found = [label.decode() for label in dictionary.labels]
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: labels: expected UTF-8, found {error.object!r}") from error
    labels = [label.removeprefix(PREFIX) for label in found]
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise FormatError(f"{name}: labels: expected two or more, each once, found {labels!r}")
    counts = dictionary.label_counts
    if any(first < second for first, second in itertools.pairwise(counts)):
        raise FormatError(f"{name}: labels: expected them by descending count, found counts {counts!r}")
    return labels


def _buckets(settings: Settings, dictionary: Dictionary) -> tuple[np.ndarray, np.ndarray | slice]:
    """The buckets that have rows, ascending, and the order in which rows of the file are to be taken."""
    if dictionary.pruned is not None:
        buckets, rows = dictionary.pruned.T
        order = np.concatenate([np.arange(dictionary.num_words), dictionary.num_words + rows])
        return buckets.astype(np.uint32), order
    number = settings.num_buckets if settings.ngrams > 1 or settings.max_n else 0
    return np.arange(number, dtype=np.uint32), slice(None)


def _read_matrix(
    reader: ExactReader, settings: Settings, num_rows: int, what: str
) -> tuple[np.ndarray, ProductCodes | None]:
    """The matrix that comes next, float32 (num_rows, dim), its numbers finite, and its codes; FormatError."""
    head = read_head(reader, settings, what)
    if (head.num_rows, head.dim) != (num_rows, settings.dim):
        raise FormatError(
            f"{reader.name}: {what}: expected {num_rows} rows of {settings.dim} dimensions, "
            f"found {head.num_rows} of {head.dim}"
        )
    found = open_rows(reader, head, what)
    codes = ProductCodes(*found.stored()) if isinstance(found, QuantisedRows) else None
    matrix = found.take(num_rows, what)
    if not np.isfinite(matrix).all():
        raise FormatError(f"{reader.name}: {what}: expected finite numbers, found NaN or infinity")
    return matrix, codes


def _config(settings: Settings, name: str) -> LinearConfig:
    """The settings that the file records; others, such as the learning rate, are the defaults."""
    optional: dict[str, Any] = {}
    if settings.max_n:
        optional.update(min_ngram=max(1, settings.min_n), max_ngram=settings.max_n)
    if settings.num_buckets:
        optional["buckets"] = settings.num_buckets
    try:
        return LinearConfig(
            dim=settings.dim, ngrams=max(1, settings.ngrams), min_count=max(1, settings.min_count),
            epochs=settings.epochs, loss=_LOSSES[settings.loss], **optional,
        )  # fmt: skip
    except ConfigError as error:
        raise FormatError(f"{name}: header: {error}") from error
