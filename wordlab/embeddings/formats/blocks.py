"""Rows of text, "word x1 ... xD", many at once: the part that word2vec text and GloVe text share.

Regular rows go through Arrow's CSV reader. A piece that it refuses is halved until few rows are left,
and those are read one by one by `rows.parse_row`. Where only some words are wanted, the numbers of all
other rows are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.csv

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped
from wordlab.embeddings.formats.rows import parse_row
from wordlab.embeddings.formats.wanted import Wanted
from wordlab.errors import FormatError

_CHUNK = 1 << 24  # bytes of text parsed at once
_LONGEST_ROW = 1 << 26  # bytes; a longer row means that this is no text of vectors
_FEW_ROWS = 64


class BlockReader:
    """The rows of `source` from `first_line` on, as blocks; bad ones go to `skipped`.

    `num_rows` counts the rows read so far, those included that were skipped or not wanted.
    """

    def __init__(
        self, source: Source, dim: int, *, first_line: int, options: ReadOptions, skipped: Skipped
    ) -> None:
        self._source = source
        self._dim = dim
        self._first_line = first_line
        self._wanted = Wanted(options.only)
        self._skipped = skipped
        self.num_rows = 0

    def __iter__(self) -> Iterator[Block]:
        for text in _whole_lines(self._source):
            first = self._first_line + self.num_rows
            num_lines = text.count(b"\n") + (not text.endswith(b"\n"))
            numbers: range | np.ndarray = range(first, first + num_lines)
            if self._wanted.only is not None:
                text, numbers = self._rows_of_wanted(text, numbers)
            self.num_rows += num_lines
            if len(numbers):
                for block in self._parse(text, numbers):
                    yield self._wanted.keep(block)

    def _rows_of_wanted(self, text: bytes, numbers: range | np.ndarray) -> tuple[bytes, np.ndarray]:
        """The rows that begin as a wanted word does, and their numbers."""
        lines = text.removesuffix(b"\n").split(b"\n")
        first_fields = self._wanted.first_fields
        kept = [i for i, line in enumerate(lines) if line.partition(b" ")[0] in first_fields]
        return b"\n".join([lines[i] for i in kept]), np.asarray(numbers)[kept]

    def _parse(self, text: bytes, numbers: range | np.ndarray) -> Iterator[Block]:
        block = parse_regular(text, self._dim, numbers)
        if block is not None:
            yield block
        elif len(numbers) <= _FEW_ROWS:
            yield from self._parse_singly(text, numbers)
        else:
            middle = text.find(b"\n", len(text) // 2) + 1
            if not 0 < middle < len(text):
                middle = text.rfind(b"\n", 0, len(text) - 1) + 1
            num_first = text.count(b"\n", 0, middle)
            yield from self._parse(text[:middle], numbers[:num_first])
            yield from self._parse(text[middle:], numbers[num_first:])

    def _parse_singly(self, text: bytes, numbers: range | np.ndarray) -> Iterator[Block]:
        words, vectors, kept = [], [], []
        for number, row in zip(numbers, text.removesuffix(b"\n").split(b"\n"), strict=True):
            try:
                word, vector = parse_row(row, self._dim, self._source.line(number))
            except RowError as error:
                self._skipped.add(error)
                continue
            words.append(word)
            vectors.append(vector)
            kept.append(number)
        if words:
            yield Block(pa.array(words, pa.string()), np.stack(vectors), np.array(kept))


def _whole_lines(source: Source) -> Iterator[bytes]:
    parts: list[bytes] = []
    while data := source.read(_CHUNK):
        end = data.rfind(b"\n") + 1
        if end:
            yield b"".join([*parts, data[:end]])
            parts = []
        parts.append(data[end:])
        if sum(map(len, parts)) > _LONGEST_ROW:
            raise FormatError(
                f"{source.name}: expected rows of text, found {_LONGEST_ROW} bytes without a line end"
            )
    if rest := b"".join(parts):
        yield rest


def parse_regular(text: bytes, dim: int, numbers: range | np.ndarray) -> Block | None:
    """The block, or None if some row is not "word x1 ... xD" in the plainest form."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
        if b"\r" in text:  # part of a word, but Arrow would end the line there
            return None
    text = text.replace(b" \n", b"\n").removesuffix(b" ")
    if len(text) < 2 * dim * len(numbers):
        return None  # too short for so many values; a header that lies must not cost memory
    names = [str(column) for column in range(dim + 1)]
    types = dict.fromkeys(names[1:], pa.float64())
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, block_size=max(len(text), 1 << 20) // 2 + 1
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={"0": pa.string(), **types}, null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != len(numbers):
        return None
    matrix = np.empty((len(numbers), dim), np.float32)
    with np.errstate(over="ignore"):
        # by way of float64, as float() and gensim do: the last bit of a long number depends on it
        for column in range(dim):
            matrix[:, column] = table.column(column + 1).to_numpy()
    if not np.isfinite(matrix).all():
        return None
    return Block(table.column(0).combine_chunks(), matrix, numbers)
