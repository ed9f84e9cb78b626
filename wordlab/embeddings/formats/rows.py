"""Rows of text, "word x1 ... xD": the part that word2vec text and GloVe text share.

Blocks of regular rows go through Arrow's CSV reader. A block that it refuses is halved until few
rows are left, and those are read one by one by `parse_row`, which is the definition of the format
and the source of all error messages; the fast way may only ever agree with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from wordlab.embeddings.formats.files import Source
from wordlab.errors import FormatError

Block = tuple[pa.StringArray, np.ndarray]  # words (n,) and float32 vectors (n, D)

_CHUNK = 1 << 24  # bytes of text parsed at once
_LONGEST_ROW = 1 << 26  # bytes; a longer row means that this is no text of vectors
_FEW_ROWS = 64
_ROWS_WRITTEN_AT_ONCE = 1 << 21  # numbers, not rows, so that memory does not depend on the dimension
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NOT_FINITE = re.compile(rb"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def split_row(row: bytes) -> list[bytes]:
    """The fields of a row: split on the single byte 0x20; one space after the last is dropped."""
    row = row.removesuffix(b"\n").removesuffix(b"\r")
    return row.removesuffix(b" ").split(b" ") if row else []


def is_number(field: bytes) -> bool:
    """Whether a field is a decimal number as C, Python and gensim write them."""
    return _NUMBER.fullmatch(field.strip(b"\t")) is not None


def parse_row(row: bytes, dim: int, where: str) -> tuple[str, np.ndarray]:
    """The word and the vector, float32 (dim,), of one row; FormatError that begins with `where`.

    The last `dim` fields are the numbers and all before them is the word, which may hold spaces (as
    five hundred words of glove.840B do) unless it would end in a number: then the row is too long.
    """
    fields = split_row(row)
    num_values = max(0, len(fields) - 1)
    extra = fields[1:-dim]
    if num_values < dim or (extra and is_number(extra[-1])):
        raise FormatError(f"{where}: expected {dim} values, found {num_values}")
    for field in fields[-dim:]:
        if not is_number(field):
            finite = "finite " if _NOT_FINITE.fullmatch(field) else ""
            raise FormatError(f"{where}: expected a {finite}number, found {_shown(field)}")
    with np.errstate(over="ignore"):  # told below, in our words
        vector = np.array([float(field) for field in fields[-dim:]]).astype(np.float32)
    if not np.isfinite(vector).all():
        field = fields[-dim:][int(np.argmin(np.isfinite(vector)))]
        raise FormatError(f"{where}: expected a number within float32, found {_shown(field)}")
    word = b" ".join(fields[:-dim])
    try:
        return word.decode("utf-8"), vector
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{where}: expected a word in UTF-8, found {_shown(word)} ({error.reason})"
        ) from None


def read_blocks(source: Source, dim: int, *, first_line: int) -> Iterator[Block]:
    """The rest of `source` as blocks of words and vectors; FormatError names file and line."""
    line = first_line
    for text in _whole_lines(source):
        num_lines = text.count(b"\n") + (not text.endswith(b"\n"))
        yield from _parse(text, num_lines, dim, source.name, line)
        line += num_lines


def write_blocks(stream: IO[bytes], words: pa.StringArray, matrix: np.ndarray) -> None:
    """Write rows; each number in the fewest digits that read back as the same float32."""
    step = max(1, _ROWS_WRITTEN_AT_ONCE // matrix.shape[1])
    for start in range(0, len(matrix), step):
        block = matrix[start : start + step]
        columns = [pc.cast(pa.array(np.ascontiguousarray(column)), pa.string()) for column in block.T]
        rows = pc.binary_join_element_wise(words[start : start + step], *columns, " ")
        rows = pc.binary_join_element_wise(rows, "", "\n")
        _, offsets, data = rows.buffers()
        bounds = np.frombuffer(offsets, np.int32)[[rows.offset, rows.offset + len(rows)]]
        stream.write(memoryview(data)[bounds[0] : bounds[1]])


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


def _parse(text: bytes, num_lines: int, dim: int, name: str, line: int) -> Iterator[Block]:
    block = _parse_regular(text, num_lines, dim)
    if block is not None:
        yield block
    elif num_lines <= _FEW_ROWS:
        lines = enumerate(text.removesuffix(b"\n").split(b"\n"), start=line)
        rows = [parse_row(row, dim, f"{name}:{number}") for number, row in lines]
        yield pa.array([word for word, _ in rows], pa.string()), np.stack([vector for _, vector in rows])
    else:
        middle = text.find(b"\n", len(text) // 2) + 1
        if not 0 < middle < len(text):
            middle = text.rfind(b"\n", 0, len(text) - 1) + 1
        num_first = text.count(b"\n", 0, middle)
        yield from _parse(text[:middle], num_first, dim, name, line)
        yield from _parse(text[middle:], num_lines - num_first, dim, name, line + num_first)


def _parse_regular(text: bytes, num_lines: int, dim: int) -> Block | None:
    """The block, or None if some row is not "word x1 ... xD" in the plainest form."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
        if b"\r" in text:  # part of a word, but Arrow would end the line there
            return None
    text = text.replace(b" \n", b"\n").removesuffix(b" ")
    if len(text) < 2 * dim * num_lines:
        return None  # too short for so many values; a header that lies must not cost memory
    names = [str(column) for column in range(dim + 1)]
    numbers = dict.fromkeys(names[1:], pa.float64())
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, block_size=max(len(text), 1 << 20) // 2 + 1
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={"0": pa.string(), **numbers}, null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != num_lines:
        return None
    matrix = np.empty((num_lines, dim), np.float32)
    with np.errstate(over="ignore"):
        # by way of float64, as float() and gensim do: the last bit of a long number depends on it
        for column in range(dim):
            matrix[:, column] = table.column(column + 1).to_numpy()
    if not np.isfinite(matrix).all():
        return None
    return table.column(0).combine_chunks(), matrix


def _shown(field: bytes) -> str:
    text = field[:40].decode("utf-8", errors="backslashreplace")
    return repr(text + ("…" if len(field) > 40 else ""))
