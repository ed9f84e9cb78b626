"""The dictionary inside fastText's `.bin` and `.ftz`: words, then labels, each with a count and a type.

Of a pruned model there follow the buckets that are left, and their rows among those of n-grams.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from wordlab.embeddings.formats.exact import CHUNK, ExactReader
from wordlab.embeddings.formats.fasttext_settings import SIZES, Settings
from wordlab.embeddings.formats.reading import ReadOptions, RowError, Skipped, decode_word
from wordlab.embeddings.formats.word_filter import WordFilter
from wordlab.errors import FormatError

_NUM_PRUNED = struct.Struct("<q")
_AFTER_WORD = struct.Struct("<qb")
_WORD, _LABEL = 0, 1
_LONGEST_WORD = 1 << 16  # bytes; a longer one means that this is not a dictionary
_NOT_PRUNED = -1


@dataclass
class Dictionary:
    """The wanted words, and what else a dictionary says."""

    num_words: int
    num_labels: int
    pruned: np.ndarray | None
    """int64 (num_left, 2): the buckets, ascending, that are left of a pruned model, and their rows"""
    words: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """the indices of `words` among all words"""
    counts: list[int] = field(default_factory=list)
    """all 0 if the file has none"""
    labels: list[bytes] = field(default_factory=list)
    label_counts: list[int] = field(default_factory=list)


def read_dictionary(
    reader: ExactReader, settings: Settings, options: ReadOptions, skipped: Skipped
) -> Dictionary:
    """The dictionary that comes next; FormatError.

    Words that are not UTF-8 go to `skipped`.
    """
    name = reader.name
    size, num_words, num_labels, num_tokens = SIZES.unpack(reader.take(SIZES.size, "dictionary"))
    num_pruned = _NOT_PRUNED
    if settings.has_flags:
        (num_pruned,) = _NUM_PRUNED.unpack(reader.take(_NUM_PRUNED.size, "dictionary"))
    if num_words < 1 or num_labels < 0 or size != num_words + num_labels or num_pruned < _NOT_PRUNED:
        raise FormatError(
            f"{name}: dictionary: expected at least one word and as many entries as words and labels, "
            f"found {num_words} words, {num_labels} labels, {size} entries"
        )
    dictionary = Dictionary(num_words, num_labels, None)
    wanted = WordFilter(options)
    for row, (word, count, type_) in enumerate(_entries(reader, size)):
        expected = _WORD if row < num_words else _LABEL
        if type_ != expected or count < 0:
            raise FormatError(
                f"{name}: record {row + 1}: expected an entry of type {expected} and its count, "
                f"found type {type_} and {count}"
            )
        if row >= num_words:
            dictionary.labels.append(word)
            dictionary.label_counts.append(count)
        elif wanted.wants(word):
            try:
                dictionary.words.append(decode_word(word, f"{name}: record {row + 1}"))
            except RowError as error:
                skipped.add(error)
                continue
            dictionary.rows.append(row)
            dictionary.counts.append(count if num_tokens else 0)
    if num_pruned != _NOT_PRUNED:
        dictionary.pruned = _read_pruned(reader, num_pruned, settings.num_buckets)
    return dictionary


def _read_pruned(reader: ExactReader, num_pruned: int, num_buckets: int) -> np.ndarray:
    """The buckets that are left and their rows, int64 (num_pruned, 2), by bucket; FormatError."""
    data = reader.take(8 * num_pruned, "pruned n-grams")
    pairs = np.frombuffer(data, "<i4").reshape(-1, 2).astype(np.int64)
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    buckets, rows = pairs.T
    good = (buckets >= 0) & (buckets < num_buckets) & (rows >= 0) & (rows < num_pruned)
    good[1:] &= buckets[1:] != buckets[:-1]
    if not good.all():
        bucket, row = pairs[np.argmin(good)].tolist()
        raise FormatError(
            f"{reader.name}: pruned n-grams: expected each bucket below {num_buckets} once, "
            f"and a row below {num_pruned}, found bucket {bucket} and row {row}"
        )
    return pairs


def write_dictionary(stream: IO[bytes], words: Sequence[str], counts: np.ndarray) -> None:
    """Write a dictionary of words alone.

    gensim drops words that do not occur, so a count of 0, which stands for an unknown one, is written as 1.
    If all are unknown their sum is written as 0, by which `read_dictionary` makes them 0 again.
    """
    stream.write(SIZES.pack(len(words), len(words), 0, int(counts.sum())) + _NUM_PRUNED.pack(_NOT_PRUNED))
    _write_entries(stream, words, np.maximum(counts, 1), _WORD)


def write_labelled_dictionary(
    stream: IO[bytes], words: Sequence[str], counts: np.ndarray, labels: Sequence[str], texts: np.ndarray,
    pruned: np.ndarray | None = None,
) -> None:  # fmt: skip
    """Write the dictionary of a classifier: its words, and its labels with the `texts` of each.

    `pruned` are the buckets that are left of a pruned model, in the order of their rows.
    """
    num_tokens = int(counts.sum() + texts.sum())
    sizes = SIZES.pack(len(words) + len(labels), len(words), len(labels), num_tokens)
    stream.write(sizes + _NUM_PRUNED.pack(_NOT_PRUNED if pruned is None else len(pruned)))
    _write_entries(stream, words, counts, _WORD)
    _write_entries(stream, labels, texts, _LABEL)
    if pruned is not None:
        stream.write(np.stack([pruned, np.arange(len(pruned))], axis=1).astype("<i4").tobytes())


def _write_entries(stream: IO[bytes], words: Sequence[str], counts: np.ndarray, type_: int) -> None:
    for start in range(0, len(words), CHUNK >> 6):
        part = slice(start, start + (CHUNK >> 6))
        entries = [
            word.encode() + b"\0" + _AFTER_WORD.pack(count, type_)
            for word, count in zip(words[part], counts[part].tolist(), strict=True)
        ]
        stream.write(b"".join(entries))


def _entries(reader: ExactReader, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The word, count and type of each of `size` entries."""
    data = b""
    start = num_done = 0
    while num_done < size:
        end = data.find(b"\0", start)
        if end < 0 or end + 1 + _AFTER_WORD.size > len(data):
            if len(data) - start > _LONGEST_WORD + _AFTER_WORD.size:
                raise FormatError(
                    f"{reader.name}: record {num_done + 1}: expected a word, found no end of it"
                )
            data, start = data[start:] + _some_more(reader, num_done, size), 0
            continue
        yield data[start:end], *_AFTER_WORD.unpack_from(data, end + 1)
        num_done += 1
        start = end + 1 + _AFTER_WORD.size
    reader.give_back(data[start:])


def _some_more(reader: ExactReader, num_done: int, size: int) -> bytes:
    data = reader.some()
    if not data:
        raise FormatError(f"{reader.name}: dictionary: expected {size} entries, found {num_done}")
    return data
