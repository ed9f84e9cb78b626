"""word2vec binary: a header "V D" in text, then V records of a word, a space and D float32.

Numbers are little-endian, or big-endian if the options say so. word2vec.c ends each record with a line feed
and gensim does not; both are read, and records are written as gensim writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.columns import not_finite
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.heads import has_binary_header
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped, decode_word
from wordlab.embeddings.formats.word2vec_text import read_header
from wordlab.embeddings.formats.word_filter import WordFilter
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_CHUNK = 1 << 21
_NUMBERS_SAMPLED = 1 << 14
_MIN_NUMBERS = 4
_NOT_IN_WORDS = re.compile(rb"[\x00-\x08\n\x0e-\x1f\x7f]")
_LONGEST_WORD = 1 << 20  # bytes; a longer one means that this is another format


def read_word2vec_binary(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of a word2vec binary file; FormatError names the file and the record, from 1."""
    num_words, dim = read_header(source)
    skipped = Skipped(options)
    return build_vectors(
        _Records(source, num_words, dim, options, skipped),
        source,
        format="word2vec-binary",
        options=options,
        skipped=skipped,
        where=source.record,
    )


def write_word2vec_binary(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as word2vec binary; FormatError for a word with a space or a line end."""
    check_words(vectors.vocabulary.words, "\n ", "word2vec-binary")
    stream.write(b"%d %d\n" % (len(vectors), vectors.dim))
    step = max(1, (1 << 20) // vectors.dim)
    for start in range(0, len(vectors), step):
        matrix = vectors.matrix[start : start + step].astype("<f4", copy=False)
        words = vectors.vocabulary.words[start : start + step]
        records = (b"%b %b" % (word.encode(), row.tobytes()) for word, row in zip(words, matrix, strict=True))
        stream.write(b"".join(records))


class _Records:
    """The records of a file as blocks; bad ones go to `skipped`."""

    def __init__(
        self, source: Source, num_words: int, dim: int, options: ReadOptions, skipped: Skipped
    ) -> None:
        self._source = source
        self._num_words = num_words
        self._dim = dim
        self._options = options
        self._wanted = WordFilter(options, options.encoding)
        self._skipped = skipped
        self._dtype = ">f4" if options.byte_order == "big" else "<f4"
        self._num_odd = 0  # words with control characters: the records lie elsewhere

    def __iter__(self) -> Iterator[Block]:
        num_done = 0
        buffer = b""
        expected = f"expected {self._num_words} records as the header says"
        while num_done < self._num_words:
            data = self._source.read(max(_CHUNK, len(buffer)))  # grows if a record is longer than a chunk
            buffer += data
            words, starts, end = _split(buffer, self._num_words - num_done, self._dim)
            if words:
                yield self._block(buffer, words, starts, num_done + 1)
            num_done += len(words)
            buffer = buffer[end:]
            if not data and num_done < self._num_words:
                self._add_at_end(self._cut_off(buffer, num_done, expected))
                return
            if b" " not in buffer and len(buffer) > _LONGEST_WORD:
                problem = "expected a space after the word, found none"
                self._skipped.add(RowError("cut off", self._source.record(num_done + 1), problem))
                return
        if (buffer + self._source.read(_CHUNK)).strip(b"\n"):
            self._add_at_end(RowError("wrong header", self._source.name, f"{expected}, found more"))

    def _block(self, buffer: bytes, words: list[bytes], starts: list[int], first: int) -> Block:
        """The good and wanted ones among records whose words and positions of numbers are known."""
        self._check_words(words, first)
        rows, kept = [], []
        for row, word in enumerate(words):
            if not self._wanted.wants(word):
                continue
            try:
                kept.append(decode_word(word, self._source.record(first + row), self._options.encoding))
                rows.append(row)
            except RowError as error:
                error.sample = b"\n".join(words[:500])  # one word tells little of its encoding
                self._skipped.add(error)
        size = 4 * self._dim
        numbers = b"".join([buffer[starts[row] : starts[row] + size] for row in rows])
        matrix = np.frombuffer(numbers, self._dtype).astype(np.float32).reshape(len(rows), self._dim)
        if first == 1 and self._options.byte_order is None:
            _check_byte_order(matrix, self._source.name)
        finite = np.isfinite(matrix).all(axis=1)
        for index in np.flatnonzero(~finite).tolist():
            self._skipped.add(not_finite(kept[index], self._source.record(first + rows[index])))
        return Block(
            pa.array(kept, pa.string()).filter(pa.array(finite)),
            matrix if finite.all() else matrix[finite],
            (first + np.array(rows, np.int64))[finite],
        )

    def _check_words(self, words: list[bytes], first: int) -> None:
        """FormatError if many words hold control characters: D is wrong, or the numbers are not float32."""
        if _NOT_IN_WORDS.search(b" ".join(words)) is None:
            return
        num_odd = sum(_NOT_IN_WORDS.search(word) is not None for word in words)
        self._num_odd += num_odd
        if num_odd > max(20, len(words) // 4):
            raise self._no_records(f"{num_odd:,} words of {len(words):,} with control characters")

    def _no_records(self, found: str) -> FormatError:
        return FormatError(
            f"{self._source.name}: expected records of a word and {self._dim} float32 numbers, found {found}"
        )

    def _add_at_end(self, error: RowError) -> None:
        """Note that the file ends in the wrong place; FormatError if words held control characters, too."""
        if self._num_odd:
            raise self._no_records(f"{self._num_odd:,} words with control characters and a wrong end")
        self._skipped.add(error)

    def _cut_off(self, buffer: bytes, num_done: int, expected: str) -> RowError:
        if not buffer.strip(b"\n"):
            return RowError("cut off", self._source.name, f"{expected}, found {num_done}")
        word, space, values = buffer.partition(b" ")
        wanted = f"{4 * self._dim} bytes of numbers" if space else "a space after the word"
        found = f"{len(values)} before the end" if space else f"the end after {len(word)} bytes"
        where = f"{self._source.record(num_done + 1)} of {self._num_words}"
        return RowError("cut off", where, f"expected {wanted}, found {found}")


def _check_byte_order(matrix: np.ndarray, name: str) -> None:
    """FormatError if the numbers make no sense as little-endian, but do as big-endian."""
    numbers = matrix.ravel()[:_NUMBERS_SAMPLED]
    swapped = numbers.byteswap()
    if np.count_nonzero(numbers) < _MIN_NUMBERS:
        return  # too few to tell
    if _share_of_odd(numbers) > 0.5 and _share_of_odd(swapped) < 0.1:
        sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
        values = f" such as {sizes.max():.0e} and {sizes.min():.0e}" if len(sizes) else ""
        raise FormatError(
            f"{name}: expected little-endian numbers, found values{values}, which are plausible in the "
            "other byte order; use --byte-order big, or little if they are right"
        )


def _share_of_odd(numbers: np.ndarray) -> float:
    """The share of implausible values: NaN, infinity, and numbers that are huge or almost 0."""
    sizes = np.abs(numbers[numbers != 0])
    return float(np.mean(~((sizes > 1e-12) & (sizes < 1e6)))) if len(sizes) else 0.0


def _split(buffer: bytes, limit: int, dim: int) -> tuple[list[bytes], list[int], int]:
    """The words of up to `limit` whole records, where the numbers of each begin, and where the last ends."""
    words: list[bytes] = []
    starts: list[int] = []
    start, size = 0, 4 * dim
    while len(words) < limit:
        space = buffer.find(b" ", start)
        end = space + 1 + size
        if space < 0 or end > len(buffer):
            break
        # word2vec.c puts a line feed after each vector
        words.append(buffer[start:space].lstrip(b"\n"))
        starts.append(space + 1)
        start = end
    return words, starts, start


FORMAT = Format(
    file=FileForm(
        read=read_word2vec_binary,
        write=write_word2vec_binary,
        looks_like=has_binary_header,
        encoding_of="words",
        takes_byte_order=True,
    )
)
