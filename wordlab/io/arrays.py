"""NumPy's .npy files, read with nothing taken on trust: the header is checked before anything is allocated.

`numpy.load` evaluates the header as Python and allocates what it asks for. Here it must be one that NumPy
writes for numbers or strings, and the file must be exactly as long as it says. Python objects and records
are refused, so nothing is ever unpickled.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from wordlab.errors import FormatError, SourceError
from wordlab.visible import clipped

_MAGIC = b"\x93NUMPY"
_OTHERS = {b"PK\x03\x04": "a zip archive", b"\x80": "a pickle", b"{": "JSON", b"\x1f\x8b": "a gzip file"}
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}  # of the header's length, by the version of the format
_LONGEST_HEADER = 10_000  # bytes, as in NumPy
_MAX_BYTES = 2**63
_KEYS = ("descr", "fortran_order", "shape")
_ENTRY = (
    r"'(?P<{0}key>descr|fortran_order|shape)':(?:'(?P<{0}descr>[^'\\]{{1,20}})'|(?P<{0}order>True|False)"
    r"|\((?P<{0}shape>(?:\d{{1,19}}L?,|\d{{1,19}}L?(?:,\d{{1,19}}L?){{1,31}},?)?)\))"
)
_HEADER = re.compile(r"\{" + ",".join(_ENTRY.format(f"e{i}") for i in range(3)) + r",?\}")
_NUMBERS_OR_STRINGS = re.compile(r"[<>|=]?(?:[biuf]\d{1,2}|[SU][1-9]\d{0,8})")


class Header(NamedTuple):
    """What precedes an array's numbers, and the byte of the file at which these begin."""

    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    offset: int


def read_header(file: IO[bytes], size: int, where: str) -> Header:
    """The header of the array in `file`, which is at its beginning and holds `size` bytes.

    FormatError, which begins with `where`, unless the array is made of numbers or strings and fills the
    file exactly. Reads the header only.
    """
    start = file.read(8)
    if start[:6] != _MAGIC or len(start) < 8:
        found = next(
            (name for magic, name in _OTHERS.items() if start.startswith(magic)), repr(start[:6])[1:]
        )
        raise FormatError(
            f"{where}: expected an array in NumPy's format, found {found if start else 'nothing'}"
        )
    width = _LENGTH_BYTES.get(start[6])
    if width is None:
        raise FormatError(f"{where}: expected version 1, 2 or 3 of NumPy's format, found {start[6]}")
    length = int.from_bytes(file.read(width), "little")
    offset = 8 + width + length
    if length > _LONGEST_HEADER or offset > size:
        raise FormatError(f"{where}: expected an array with its header, found a header of {length} bytes")
    dtype, shape, fortran = _parse(file.read(length), where)
    expected = math.prod(shape) * dtype.itemsize
    if expected != size - offset:
        raise FormatError(f"{where}: expected {expected} bytes for {dtype} {shape}, found {size - offset}")
    return Header(dtype, shape, fortran, offset)


def map_array(
    path: Path, *, dtype: str | Sequence[str] | None = None, shape: Sequence[int | None] | None = None
) -> np.memmap:
    """The array in a .npy file, memory-mapped and read-only, in C order.

    FormatError unless it has the `dtype`, or one of several, and the `shape`, in which None fits any
    size; SourceError if it cannot be read.
    """
    with _open(path) as file:
        header = read_header(file, os.fstat(file.fileno()).st_size, str(path))
        _check(header, str(path), dtype, shape)
        if header.fortran and sum(side != 1 for side in header.shape) > 1:
            raise FormatError(f"{path}: expected an array in C order, found Fortran order")
        try:
            return np.memmap(file, header.dtype, "r", header.offset, header.shape)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def read_array(
    path: Path, *, dtype: str | Sequence[str] | None = None, shape: Sequence[int | None] | None = None
) -> np.ndarray:
    """The same in memory, in its own order; empty arrays are read as well."""
    with _open(path) as file:
        header = read_header(file, os.fstat(file.fileno()).st_size, str(path))
        _check(header, str(path), dtype, shape)
        numbers = np.fromfile(file, header.dtype)
    if len(numbers) != math.prod(header.shape):
        raise FormatError(f"{path}: expected {math.prod(header.shape)} numbers, found {len(numbers)}")
    if header.fortran:
        return numbers.reshape(header.shape[::-1]).T
    return numbers.reshape(header.shape)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def _parse(header: bytes, where: str) -> tuple[np.dtype, tuple[int, ...], bool]:
    text = "".join(header.decode("latin-1").split()).replace('"', "'")
    found = _HEADER.fullmatch(text)
    entries = {} if found is None else {found[f"e{i}key"]: i for i in range(3)}
    if found is None or set(entries) != set(_KEYS):
        raise _wrong(header, where)
    descr, order, shape = (
        found[f"e{entries[key]}{kind}"] for key, kind in zip(_KEYS, ("descr", "order", "shape"), strict=True)
    )
    if descr is None or order is None or shape is None or not _NUMBERS_OR_STRINGS.fullmatch(descr):
        raise _wrong(header, where)
    try:
        dtype = np.dtype(descr)
    except (TypeError, ValueError) as error:
        raise _wrong(header, where) from error
    sides = [int(side) for side in shape.replace("L", "").split(",") if side]
    if math.prod(filter(None, sides)) * dtype.itemsize >= _MAX_BYTES:  # NumPy overflows, whatever is 0
        raise _wrong(header, where)
    return dtype, tuple(sides), order == "True"


def _wrong(header: bytes, where: str) -> FormatError:
    shown = clipped(header.decode("latin-1").strip(), 80)
    return FormatError(f"{where}: expected the header of an array of numbers or strings, found {shown!r}")


def _check(
    header: Header, where: str, dtype: str | Sequence[str] | None, shape: Sequence[int | None] | None
) -> None:
    allowed = [dtype] if isinstance(dtype, str) else dtype
    right_type = allowed is None or any(header.dtype == np.dtype(name) for name in allowed)
    right_shape = shape is None or (
        len(shape) == len(header.shape)
        and all(wanted in (None, side) for wanted, side in zip(shape, header.shape, strict=True))
    )
    if not (right_type and right_shape):
        names = "numbers" if allowed is None else " or ".join(str(np.dtype(name)) for name in allowed)
        sides = "" if shape is None else _shown(shape)
        raise FormatError(f"{where}: expected {names}{sides}, found {header.dtype} {header.shape}")


def _shown(shape: Sequence[int | None]) -> str:
    if any(side is not None for side in shape):
        return " of shape " + " x ".join("any" if side is None else str(side) for side in shape)
    return f" in {len(shape)} dimension" + ("" if len(shape) == 1 else "s")
