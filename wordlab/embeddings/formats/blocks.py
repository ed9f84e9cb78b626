"""Rows of text, "word x1 ... xD", many at once, for word2vec text and GloVe text.

Threads parse the text in pieces. Regular rows go through Arrow's CSV reader. What it refuses is halved
until few rows are left, which `rows.parse_row` reads one by one. If only some words are wanted, the
numbers of all other rows are never parsed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped
from wordlab.embeddings.formats.rows import parse_row
from wordlab.embeddings.formats.separators import SEPARATORS, Layout
from wordlab.embeddings.formats.word_filter import WordFilter, first_field
from wordlab.io.lines import BYTE_ORDER_MARK, whole_lines
from wordlab.resources import available_cores

_PIECE = 1 << 21  # bytes of text parsed at once; with more, Arrow's output would leave the processor's cache
_LONGEST_ROW = 1 << 24  # bytes; a longer row means that this is not a text of vectors
_WIDEST = 10_000  # dimensions; Arrow's parser of each column takes memory that is not negligible
_FEW_ROWS = 64
_MAX_THREADS = 8  # each holds a piece; more would only wait for the reading of the file


class _Parsed(NamedTuple):
    blocks: list[Block]
    skipped: Skipped
    num_lines: int


class BlockReader:
    """The rows of `source`, whose first is line `first_line`, as blocks; bad ones go to `skipped`.

    `layout` says how fields are separated, and how many there are.

    `num_rows` counts the rows so far, including skipped and unwanted ones.
    """

    def __init__(
        self, source: Source, layout: Layout, *, first_line: int, options: ReadOptions, skipped: Skipped
    ) -> None:
        self._source = source
        self._dim = layout.dim
        self._to_spaces = SEPARATORS[layout.separator].to_spaces
        self._first_line = first_line
        self._options = options
        self._wanted = WordFilter(options)
        self._skipped = skipped
        self.num_rows = 0

    def __iter__(self) -> Iterator[Block]:
        num_threads = min(_MAX_THREADS, available_cores())
        line = self._first_line
        pending: deque[Future[_Parsed]] = deque()
        with ThreadPoolExecutor(num_threads) as pool:
            pieces = self._source.pieces(_PIECE)
            for text in whole_lines(pieces, name=self._source.name, longest=_LONGEST_ROW):
                num_lines = text.count(b"\n") + (not text.endswith(b"\n"))
                pending.append(pool.submit(self._parse_piece, text, range(line, line + num_lines)))
                line += num_lines
                if len(pending) > num_threads:
                    yield from self._take(pending.popleft())
            while pending:
                yield from self._take(pending.popleft())

    def _take(self, future: Future[_Parsed]) -> list[Block]:
        """The blocks of the next piece of the file; its bad rows are noted."""
        parsed = future.result()
        self._skipped.update(parsed.skipped)
        self.num_rows += parsed.num_lines
        return parsed.blocks

    def _parse_piece(self, text: bytes, numbers: range | np.ndarray) -> _Parsed:
        num_lines = len(numbers)
        if self._to_spaces is not None:
            text = self._to_spaces(text)
        if not self._wanted.takes_all:
            text, numbers = self._rows_of_wanted(text, numbers)
        skipped = Skipped(self._options)
        blocks = self._parse(text, numbers, skipped) if len(numbers) else ()
        return _Parsed([self._wanted.keep(block) for block in blocks], skipped, num_lines)

    def _rows_of_wanted(self, text: bytes, numbers: range | np.ndarray) -> tuple[bytes, np.ndarray]:
        """The rows that begin like a wanted word, and their numbers."""
        lines = text.removesuffix(b"\n").split(b"\n")
        kept = [i for i, line in enumerate(lines) if self._wanted.may_want(line)]
        return b"".join([lines[i] + b"\n" for i in kept]), np.asarray(numbers)[kept]

    def _parse(self, text: bytes, numbers: range | np.ndarray, skipped: Skipped) -> Iterator[Block]:
        block = parse_regular(text, self._dim, numbers)
        if block is not None:
            yield block
        elif len(numbers) <= _FEW_ROWS:
            yield from self._parse_singly(text, numbers, skipped)
        else:
            middle = text.find(b"\n", len(text) // 2) + 1
            if not 0 < middle < len(text):
                middle = text.rfind(b"\n", 0, len(text) - 1) + 1
            num_first = text.count(b"\n", 0, middle)
            yield from self._parse(text[:middle], numbers[:num_first], skipped)
            yield from self._parse(text[middle:], numbers[num_first:], skipped)

    def _parse_singly(self, text: bytes, numbers: range | np.ndarray, skipped: Skipped) -> Iterator[Block]:
        words, vectors, kept = [], [], []
        rows = text.removesuffix(b"\n").split(b"\n")
        for number, row in zip(numbers, rows, strict=True):
            try:
                word, vector = parse_row(row, self._dim, self._source.line(number), self._options.encoding)
            except RowError as error:
                if error.sample:  # one word says little about its encoding
                    error.sample = b"\n".join([first_field(row) for row in rows])
                skipped.add(error)
                continue
            words.append(word)
            vectors.append(vector)
            kept.append(number)
        if words:
            yield Block(pa.array(words, pa.string()), np.stack(vectors), np.array(kept))


def parse_regular(text: bytes, dim: int, numbers: range | np.ndarray) -> Block | None:
    """The rows of `text` as a block, or None unless all are "word x1 ... xD" in the plainest form."""
    text = _plain(text)
    if b"\r" in text or text.startswith(BYTE_ORDER_MARK):
        return None  # these are parts of words, but Arrow would end the line there, or drop them
    if dim > _WIDEST or len(text) < 2 * dim * len(numbers):
        return None  # too short for this many values; a header that lies must not cost memory
    names = [str(column) for column in range(dim + 1)]
    types = {"0": pa.string(), **dict.fromkeys(names[1:], pa.float64())}
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, block_size=len(text) + 1, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != len(numbers):
        return None
    matrix = np.empty((len(numbers), dim), np.float32)
    with np.errstate(over="ignore"):
        # through float64, as float() and gensim do: the last bit of a long number depends on it
        for column in range(dim):
            matrix[:, column] = table.column(column + 1).to_numpy()
    if not np.isfinite(matrix).all():
        return None
    return Block(table.column(0).combine_chunks(), matrix, numbers)


def _plain(text: bytes) -> bytes:
    """The text without carriage returns and spaces at the ends of lines, if the first line has them."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    first = text[: text.find(b"\n") + 1] or text
    if first.endswith((b" \n", b" ")):
        text = text.replace(b" \n", b"\n")
    return text.removesuffix(b" ")
