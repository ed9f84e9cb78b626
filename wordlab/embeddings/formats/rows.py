"""Rows of text, "word x1 ... xD", one by one: what they mean, and how they are written.

`parse_row` defines the format and raises all messages; `blocks` reads many rows at once and must always
agree with it.
"""

from __future__ import annotations

import re
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.reading import RowError, shown, wrong_encoding

_NUMBERS_WRITTEN_AT_ONCE = 1 << 21  # not rows, so that memory does not depend on the dimension
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NOT_FINITE = re.compile(rb"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def split_row(row: bytes) -> list[bytes]:
    """The fields of a row: split on the single byte 0x20; one space after the last is dropped."""
    row = row.removesuffix(b"\n").removesuffix(b"\r")
    return row.removesuffix(b" ").split(b" ") if row else []


def is_number(field: bytes) -> bool:
    """Whether a field is a decimal number as C, Python and gensim write them."""
    return _NUMBER.fullmatch(field.strip(b"\t")) is not None


def is_not_finite(field: bytes) -> bool:
    """Whether a field is NaN or infinity."""
    return _NOT_FINITE.fullmatch(field.strip(b"\t")) is not None


def parse_row(row: bytes, dim: int, where: str, encoding: str = "utf-8") -> tuple[str, np.ndarray]:
    """The word and the vector, float32 (dim,), of one row; RowError that begins with `where`.

    The last `dim` fields are the numbers. Everything before them is the word, which may hold spaces (as
    five hundred words of glove.840B do), unless it would end in a number: then the row is too long.
    Spaces at its end only separate it from the numbers. `encoding` is the one that it had before UTF-8.
    """
    fields = split_row(row)
    if not fields:
        raise RowError("empty line", where, f"expected {dim} values, found 0")
    num_values = len(fields) - 1
    extra = fields[1:-dim]
    if num_values < dim or (extra and is_number(extra[-1])):
        raise RowError("wrong number of values", where, f"expected {dim} values, found {num_values}")
    word = b" ".join(fields[:-dim]).rstrip(b" ")
    vector = _parse_numbers(fields[-dim:], word, where)
    try:
        return word.decode("utf-8"), vector
    except UnicodeDecodeError as error:
        raise wrong_encoding(word, where, encoding, error.reason) from None


def _parse_numbers(fields: list[bytes], word: bytes, where: str) -> np.ndarray:
    for field in fields:
        if not is_number(field):
            if is_not_finite(field):
                problem = f"expected finite numbers for {shown(word)}, found {shown(field)}"
                raise RowError("not finite", where, problem)
            raise RowError("not a number", where, f"expected a number, found {shown(field)}")
    with np.errstate(over="ignore"):  # checked below
        vector = np.array([float(field) for field in fields]).astype(np.float32)
    if not np.isfinite(vector).all():
        field = fields[int(np.argmin(np.isfinite(vector)))]
        problem = f"expected numbers within float32 for {shown(word)}, found {shown(field)}"
        raise RowError("not finite", where, problem)
    return vector


def write_rows(stream: IO[bytes], words: pa.StringArray, matrix: np.ndarray) -> None:
    """Write rows, each number in the fewest digits that read back as the same float32."""
    step = max(1, _NUMBERS_WRITTEN_AT_ONCE // matrix.shape[1])
    for start in range(0, len(matrix), step):
        block = matrix[start : start + step]
        columns = [pc.cast(pa.array(np.ascontiguousarray(column)), pa.string()) for column in block.T]
        rows = pc.binary_join_element_wise(words[start : start + step], *columns, " ")
        rows = pc.binary_join_element_wise(rows, "", "\n")
        _, offsets, data = rows.buffers()
        bounds = np.frombuffer(offsets, np.int32)[[rows.offset, rows.offset + len(rows)]]
        stream.write(memoryview(data)[bounds[0] : bounds[1]])
