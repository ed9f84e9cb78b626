"""How large the texts in a column of a Parquet file may be, from its footer, before any is read.

pyarrow also reads these facts, but ends the whole process where they are damaged (decision 0034). They are
in Thrift's compact protocol, whose structures become {number of the field: value} here; see parquet.thrift
in apache/parquet-format for the numbers.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from wordlab.io.remote import open_file
from wordlab.io.urls import Place

_ROW_GROUPS, _COLUMNS, _META_DATA = 4, 1, 3
_ENCODINGS, _PATH, _NUM_VALUES, _SIZE, _DICTIONARY = 2, 3, 5, 6, 11
_PAGE_SIZE = 2
_DELTA_BYTE_ARRAY = 7
_DEEPEST = 32
_PAGE_HEADER = 1 << 10  # bytes; without statistics, which dictionaries do not have, some 20


class TextSizes(NamedTuple):
    """Bytes of the texts of a column in one row group: their mean, and the longest that may be repeated."""

    mean: int
    repeatable: int


def text_sizes(path: Place, columns: set[str]) -> list[TextSizes]:
    """The sizes of the texts of these columns; an error of some kind if the footer makes no sense."""
    with open_file(path) as file:
        footer = _Fields(_read_footer(file)).struct()
        return [
            _sizes(file, column[_META_DATA])
            for group in footer[_ROW_GROUPS]
            for column in group[_COLUMNS]
            if b".".join(column[_META_DATA][_PATH]).decode("utf-8", "replace") in columns
        ]


def _read_footer(file: IO[bytes]) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 8))
    length, magic = struct.unpack("<I4s", file.read(8))
    if magic != b"PAR1" or length > size - 8:
        raise ValueError("no footer")
    file.seek(size - 8 - length)
    return file.read(length)


def _sizes(file: IO[bytes], column: dict[int, Any]) -> TextSizes:
    size = column[_SIZE]
    mean = size // max(1, column[_NUM_VALUES])
    if _DELTA_BYTE_ARRAY in column[_ENCODINGS]:  # which stores common prefixes once
        return TextSizes(mean, size)
    if _DICTIONARY not in column:
        return TextSizes(mean, 0)
    file.seek(column[_DICTIONARY])
    page = _Fields(file.read(_PAGE_HEADER)).struct()
    return TextSizes(mean, page[_PAGE_SIZE])


class _Fields:
    """Reads values of Thrift's compact protocol from bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._depth = 0

    def struct(self) -> dict[int, Any]:
        """A structure, by the numbers of its fields."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deep")
        found = dict(self._fields())
        self._depth -= 1
        return found

    def _fields(self) -> Iterator[tuple[int, Any]]:
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            yield number, kind == 1 if kind in (1, 2) else self._value(kind)

    def _value(self, kind: int) -> Any:
        if kind in (1, 2, 3):  # a boolean in a list, or a byte
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind in (7, 13):  # a double, a UUID
            return self._take(8 if kind == 7 else 16)
        if kind == 8:
            return self._take(self._varint())
        if kind in (9, 10):
            head = self._byte()
            length = self._varint() if head >> 4 == 15 else head >> 4
            self._depth += 1
            if self._depth > _DEEPEST or length > len(self._data):
                raise ValueError("a list that is too long or too deep")
            items = [self._value(head & 15) for _ in range(length)]
            self._depth -= 1
            return items
        if kind == 12:
            return self.struct()
        raise ValueError(f"a value of kind {kind}")

    def _integer(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def _varint(self) -> int:
        number = 0
        for place in range(10):
            byte = self._byte()
            number |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return number
        raise ValueError("an integer of more than 64 bits")

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, size: int) -> bytes:
        taken = self._data[self._place : self._place + size]
        if len(taken) < size:
            raise ValueError("cut short")
        self._place += size
        return taken
