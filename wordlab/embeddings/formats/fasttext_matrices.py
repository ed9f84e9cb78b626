"""The two matrices inside fastText's `.bin` and `.ftz`, plain or quantised, read row by row.

See DenseMatrix::save and QuantMatrix::save in fastText's source. Before each a byte says whether it is
quantised, but in files without a version, of which none is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.fasttext_settings import Settings
from wordlab.embeddings.formats.product_quantiser import QuantisedRows
from wordlab.errors import FormatError

SHAPE = struct.Struct("<2q")


class MatrixHead(NamedTuple):
    """What stands before a matrix."""

    is_quantised: bool
    has_norms: bool
    num_rows: int
    dim: int


@dataclass(frozen=True)
class PlainRows:
    """The rows of a matrix of numbers, taken one after the other, float32; FormatError if the file ends."""

    reader: ExactReader
    dim: int

    def take(self, num_rows: int, what: str, *, rows: np.ndarray | None = None) -> np.ndarray:
        """The next float32 (num_rows, dim), or only its `rows`, which ascend; writable."""
        return self.reader.matrix(num_rows, self.dim, what, rows=rows)

    def skip(self, num_rows: int, what: str) -> None:
        """Pass over the next rows."""
        self.reader.skip(4 * num_rows * self.dim, what)


def read_head(reader: ExactReader, settings: Settings, what: str) -> MatrixHead:
    """What stands before the matrix that comes next; FormatError."""
    is_quantised = settings.has_flags and _read_flag(reader, what)
    has_norms = is_quantised and _read_flag(reader, what)
    return MatrixHead(is_quantised, has_norms, *SHAPE.unpack(reader.take(SHAPE.size, what)))


def open_rows(reader: ExactReader, head: MatrixHead, what: str) -> PlainRows | QuantisedRows:
    """The rows of the matrix after `head`, whose shape has been checked; FormatError."""
    if head.is_quantised:
        return QuantisedRows(reader, head.num_rows, head.dim, what, has_norms=head.has_norms)
    return PlainRows(reader, head.dim)


def _read_flag(reader: ExactReader, what: str) -> bool:
    (flag,) = reader.take(1, what)
    if flag > 1:
        raise FormatError(f"{reader.name}: {what}: expected 0 for plain or 1 for quantised, found {flag}")
    return flag == 1
