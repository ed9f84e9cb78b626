"""What a Parquet file's end says of its column chunks, read without pyarrow.

pyarrow ends the whole process where the statistics of a chunk are damaged and its metadata are asked for.
The format: https://github.com/apache/parquet-format, Thrift's compact protocol.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

_DEEPEST = 32
_LONGEST_NUMBER = 10  # bytes of a varint of 64 bits
_DELTA_BYTE_ARRAY = 7
_LENGTH_AND_MAGIC = 8


@dataclass(frozen=True)
class ColumnChunk:
    """A column in a row group: its name, its sizes, and where its dictionary is, None without one."""

    name: str
    num_values: int
    size: int
    has_prefixes: bool
    dictionary_offset: int | None


def column_chunks(file: IO[bytes]) -> Iterator[ColumnChunk]:
    """All column chunks of an open Parquet file; ValueError or LookupError where its end is damaged."""
    file.seek(-_LENGTH_AND_MAGIC, os.SEEK_END)
    (length,) = struct.unpack("<I", file.read(4))
    file.seek(-_LENGTH_AND_MAGIC - length, os.SEEK_END)
    footer = _Compact(file.read(length)).struct(0)
    for row_group in footer[4]:
        for chunk in row_group[1]:
            column = chunk[3]
            yield ColumnChunk(
                name=b".".join(column[3]).decode("utf-8", "surrogateescape"),
                num_values=column[5],
                size=column[6],
                has_prefixes=_DELTA_BYTE_ARRAY in column[2],
                dictionary_offset=column.get(11),
            )


class _Compact:
    """Values of Thrift's compact protocol, one after the other; structs are dicts by the fields' numbers."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self, depth: int) -> dict[int, Any]:
        if depth > _DEEPEST:
            raise ValueError("structs nested too deep")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._number()
            kind = head & 15
            # the value of a truth value is its kind
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        simple: dict[int, Callable[[], Any]] = {
            1: self._byte, 2: self._byte, 3: self._byte, 4: self._number, 5: self._number,
            6: self._number, 7: lambda: self._bytes(8), 8: lambda: self._bytes(self._varint()),
        }  # fmt: skip
        if kind in simple:
            return simple[kind]()
        if kind in (9, 10):
            head = self._byte()
            size = self._varint() if head >> 4 == 15 else head >> 4
            return [self._value(head & 15, depth + 1) for _ in range(size)]
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError(f"a value of the unknown kind {kind}")  # Parquet has no maps

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        value = 0
        for place in range(_LONGEST_NUMBER):
            byte = self._byte()
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return value
        raise ValueError("a number of more than 64 bits")

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
