"""Matrices of which a file has codes: fastText's product quantisation, in its `.ftz`.

Jégou, Douze & Schmid (2011), "Product Quantization for Nearest Neighbor Search", section II.B: the
dimensions are cut into parts, and of each part of a row the number of the nearest of 256 centroids is
stored. With norms, the rows have length 1 and their lengths have codes of their own. See
QuantMatrix::save and ProductQuantizer::save in fastText's source.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.files import is_bomb
from wordlab.errors import FormatError

_NUM_CENTROIDS = 256  # a code is a byte, so that each has its centroid
_NUM_CODES = struct.Struct("<i")
_SIZES = struct.Struct("<4i")
_ROWS_AT_ONCE = 1 << 14


class Stored(NamedTuple):
    """Codes of rows, uint8 (num_rows, num_parts), and the float32 `centroids` (256, dim) that they name.

    A part has `part` columns, the last perhaps fewer. `norm_codes`, uint8 (num_rows,), name `norms`, float32
    (256,), by which rows are multiplied; None if they are not.
    """

    codes: np.ndarray
    centroids: np.ndarray
    part: int
    norm_codes: np.ndarray | None
    norms: np.ndarray | None


class QuantisedRows:
    """The rows of a matrix, taken one after the other, float32; FormatError for sizes that contradict."""

    def __init__(self, reader: ExactReader, num_rows: int, dim: int, what: str, *, has_norms: bool) -> None:
        self.dim = dim
        self._name = f"{reader.name}: {what}"
        self._next = 0
        (num_codes,) = _NUM_CODES.unpack(reader.take(_NUM_CODES.size, what))
        if num_rows < 1 or num_codes % num_rows or not 1 <= num_codes // num_rows <= dim:
            raise FormatError(
                f"{self._name}: expected codes for {num_rows} rows of {dim} dimensions, found {num_codes}"
            )
        codes = np.frombuffer(reader.take(num_codes, what), np.uint8)
        self._codes = codes.reshape(num_rows, num_codes // num_rows)
        self._quantiser = _Quantiser(reader, dim, self._codes.shape[1], what)
        self._norm_codes: np.ndarray | None = None
        if has_norms:
            self._norm_codes = np.frombuffer(reader.take(num_rows, what), np.uint8)
            self._norms = _Quantiser(reader, 1, 1, what)

    def take(self, num_rows: int, what: str, *, rows: np.ndarray | None = None) -> np.ndarray:
        """The next float32 (num_rows, dim), or only its `rows`; writable. `what` is for other readers."""
        self._check_finite()
        start, dim = self._next, self.dim
        self._next += num_rows
        wanted = np.arange(num_rows) if rows is None else rows
        if is_bomb(4 * dim * len(wanted), self._codes.nbytes):
            raise FormatError(
                f"{self._name}: expected vectors, found {4 * dim * len(wanted):,} bytes "
                f"quantised into {self._codes.nbytes:,}"
            )
        found = np.empty((len(wanted), dim), np.float32)
        for first in range(0, len(wanted), _ROWS_AT_ONCE):
            part = slice(first, first + _ROWS_AT_ONCE)
            self._decode(wanted[part] + start, found[part])
        return found

    def stored(self) -> Stored:
        """All that the file holds of the matrix."""
        norms = None if self._norm_codes is None else self._norms.centroids()[:, 0]
        quantiser = self._quantiser
        return Stored(self._codes, quantiser.centroids(), quantiser.size, self._norm_codes, norms)

    def skip(self, num_rows: int, what: str) -> None:
        """Pass over the next rows. `what` is for other readers."""
        self._next += num_rows

    def _check_finite(self) -> None:
        self._quantiser.check_finite(f"{self._name}: centroids")
        if self._norm_codes is not None:
            self._norms.check_finite(f"{self._name}: centroids of norms")

    def _decode(self, rows: np.ndarray, out: np.ndarray) -> None:
        self._quantiser.decode(self._codes[rows], out)
        if self._norm_codes is not None:
            norms = np.empty((len(rows), 1), np.float32)
            self._norms.decode(self._norm_codes[rows, None], norms)
            with np.errstate(over="ignore"):  # reported as not finite
                out *= norms
        out += np.float32(0)  # fastText adds to zero, of which no −0 is left


class _Quantiser:
    """What the codes of a row's parts stand for."""

    def __init__(self, reader: ExactReader, dim: int, num_parts: int, what: str) -> None:
        self.dim = dim
        found = _SIZES.unpack(reader.take(_SIZES.size, what))
        size = found[2]
        if size < 1 or found != (dim, num_parts, size, dim % size or size) or num_parts != -(-dim // size):
            raise FormatError(
                f"{reader.name}: {what}: expected a quantiser of {dim} dimensions for codes of {num_parts} "
                f"bytes, found {found[0]} in {found[1]} parts of {size}, the last of {found[3]}"
            )
        numbers = reader.take(4 * _NUM_CENTROIDS * dim, what)
        self._centroids = np.frombuffer(numbers, "<f4").astype(np.float32, copy=False)
        self.size = size

    def decode(self, codes: np.ndarray, out: np.ndarray) -> None:
        """Write the rows of `codes`, uint8 (n, num_parts), to `out`, float32 (n, dim)."""
        for part, start in enumerate(range(0, self.dim, self.size)):
            end = min(start + self.size, self.dim)
            table = self._centroids[_NUM_CENTROIDS * start : _NUM_CENTROIDS * end]
            out[:, start:end] = table.reshape(_NUM_CENTROIDS, end - start)[codes[:, part]]

    def centroids(self) -> np.ndarray:
        """The centroids of all parts side by side, float32 (256, dim)."""
        found = np.empty((_NUM_CENTROIDS, self.dim), np.float32)
        each = np.arange(_NUM_CENTROIDS, dtype=np.uint8)[:, None]
        self.decode(np.repeat(each, -(-self.dim // self.size), axis=1), found)
        return found

    def check_finite(self, where: str) -> None:
        """Raise FormatError for NaN or infinity."""
        if not np.isfinite(self._centroids).all():
            raise FormatError(f"{where}: expected finite numbers, found NaN or infinity")
