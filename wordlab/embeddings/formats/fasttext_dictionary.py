"""The dictionary inside fastText's `.bin`: words, then labels, each with a count and a type."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from wordlab.embeddings.formats.exact import CHUNK, ExactReader
from wordlab.errors import FormatError

_SIZES = struct.Struct("<3i2q")
_AFTER_WORD = struct.Struct("<qb")
_WORD, _LABEL = 0, 1
_LONGEST_WORD = 1 << 16  # bytes; a longer one means that this is no dictionary
_NOT_PRUNED = -1


@dataclass(frozen=True)
class Dictionary:
    """Words as bytes, their counts, and what else a dictionary says."""

    words: list[bytes]
    counts: np.ndarray
    """int64 (num_words,); all 0 if the file does not know them"""
    num_labels: int
    is_pruned: bool


def read_dictionary(reader: ExactReader) -> Dictionary:
    """The dictionary that comes next; FormatError. Labels of classifiers are counted and left out."""
    name = reader.name
    size, num_words, num_labels, num_tokens, num_pruned = _SIZES.unpack(
        reader.take(_SIZES.size, "dictionary")
    )
    if num_words < 1 or num_labels < 0 or size != num_words + num_labels or num_pruned < _NOT_PRUNED:
        raise FormatError(
            f"{name}: dictionary: expected at least one word and as many entries as words and labels, "
            f"found {num_words} words, {num_labels} labels, {size} entries"
        )
    words, counts, types = _read_entries(reader, size)
    if types.count(bytes([_WORD])) != num_words or types.strip(bytes([_WORD])).strip(bytes([_LABEL])):
        raise FormatError(
            f"{name}: dictionary: expected {num_words} words and then labels, found other types"
        )
    if min(counts) < 0:
        record = int(np.argmax(np.array(counts) < 0)) + 1
        raise FormatError(
            f"{name}: record {record}: expected a count of 0 or more, found {counts[record - 1]}"
        )
    reader.skip(8 * max(0, num_pruned), "dictionary")
    known = np.array(counts[:num_words], np.int64) * (num_tokens != 0)
    return Dictionary(words[:num_words], known, num_labels, num_pruned != _NOT_PRUNED)


def write_dictionary(stream: IO[bytes], words: Sequence[str], counts: np.ndarray) -> None:
    """Write a dictionary of words alone.

    gensim drops words that do not occur, so a count of 0, which is one not known here, is written as 1.
    Where no count is known, the sum of them is left 0, and `read_dictionary` makes them 0 again.
    """
    stream.write(_SIZES.pack(len(words), len(words), 0, int(counts.sum()), _NOT_PRUNED))
    for start in range(0, len(words), CHUNK >> 8):
        part = slice(start, start + (CHUNK >> 8))
        written = np.maximum(counts[part], 1).tolist()
        entries = [
            word.encode() + b"\0" + _AFTER_WORD.pack(count, _WORD)
            for word, count in zip(words[part], written, strict=True)
        ]
        stream.write(b"".join(entries))


def _read_entries(reader: ExactReader, size: int) -> tuple[list[bytes], list[int], bytes]:
    words: list[bytes] = []
    counts: list[int] = []
    types = bytearray()
    data = b""
    start = 0
    while len(words) < size:
        end = data.find(b"\0", start)
        if end < 0 or end + 1 + _AFTER_WORD.size > len(data):
            if len(data) - start > _LONGEST_WORD + _AFTER_WORD.size:
                raise FormatError(
                    f"{reader.name}: record {len(words) + 1}: expected a word, found no end of it"
                )
            data, start = data[start:] + _some_more(reader, len(words), size), 0
            continue
        words.append(data[start:end])
        count, type_ = _AFTER_WORD.unpack_from(data, end + 1)
        counts.append(count)
        types.append(type_ & 0xFF)
        start = end + 1 + _AFTER_WORD.size
    reader.give_back(data[start:])
    return words, counts, bytes(types)


def _some_more(reader: ExactReader, num_done: int, size: int) -> bytes:
    data = reader.some()
    if not data:
        raise FormatError(f"{reader.name}: dictionary: expected {size} entries, found {num_done}")
    return data
