"""Chosen columns of a Parquet file, row by row, whatever the other columns hold."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from wordlab.errors import FormatError
from wordlab.io.damage import damage
from wordlab.io.lines import MAX_RECORD, Decoder, check_record
from wordlab.io.remote import open_file
from wordlab.io.urls import Place
from wordlab.text.parquet_sizes import text_sizes

_ROWS = 1024  # at a time, for texts of usual length
_BATCH = 64 << 20  # bytes of text that these rows may come to
_SLACK = 1024  # bytes around a text in its page
_BUFFER = 1 << 20

Scalar = str | int | float | bool | None
"""What a cell holds: a text, a number, a truth value or nothing."""


@contextmanager
def open_parquet(
    path: Place, name: str, decoder: Decoder | None = None, *, longest: int = MAX_RECORD << 20
) -> Iterator[ParquetTable]:
    """The table in the file at `path`, open inside; `name` begins its errors.

    `decoder` decides about invalid UTF-8, and no cell may have more than `longest` bytes. Raises
    FormatError if the file is not Parquet or is damaged, SourceError if it cannot be read.
    """
    with ExitStack() as stack:
        with _damage(name):
            import pyarrow.parquet as pq

            from wordlab.io.columns import open_for_arrow

            # Arrow opens a file here by itself, which is faster
            opened = open_for_arrow(path) if isinstance(path, Path) else open_file(path)
            file = stack.enter_context(pq.ParquetFile(stack.enter_context(opened), buffer_size=_BUFFER))
        with _damage(name):
            table = ParquetTable(file, path, name, decoder or Decoder(), longest)
        yield table


class ParquetTable:
    """The `names` and Arrow `schema` of an open Parquet file's columns, its `num_rows`, and rows of some.

    `num_read` counts the rows read so far.
    """

    def __init__(self, file: Any, path: Place, name: str, decoder: Decoder, longest: int) -> None:
        schema = file.schema_arrow
        self.schema = schema
        self.names: list[str] = list(schema.names)
        self.num_rows: int = file.metadata.num_rows
        self.num_read = 0
        self._types = [schema.field(position).type for position in range(len(self.names))]
        self._file = file
        self._path = path
        self._name = name
        self._decoder = decoder
        self._longest = longest

    def look_inside(self, *columns: str | None) -> None:
        """Add to `names` those of `columns` that lead to a field inside another one, such as ``review.text``.

        A column of that very name comes first.
        """
        for column in columns:
            kind = None if column is None or column in self.names else _inner_type(self.schema, column)
            if column is not None and kind is not None:
                self.names.append(column)
                self._types.append(kind)

    def is_text(self, position: int) -> bool:
        """Whether the column at `position` holds strings."""
        return _is_text(self._types[position])

    def check_text(self, position: int) -> None:
        """Raise FormatError that names the type of the column at `position` unless it holds strings."""
        if not self.is_text(position):
            found, column = self._types[position], self.names[position]
            raise FormatError(f"{self._name}: expected strings in column {column!r}, found {found}")

    def rows(self, positions: Sequence[int]) -> Iterator[tuple[str, tuple[Scalar, ...]]]:
        """The place of each row, and its cells in the columns at `positions`; a missing value is None.

        Times and decimals come as Arrow writes them. Raises FormatError for columns of any other type
        (bytes, lists, ...), for a cell that is too long, and for damage.
        """
        lists = [_to_list(self._types[at], self._name, self.names[at]) for at in positions]
        batches = self._batches(positions)
        self.num_read = 0
        while True:
            with _damage(self._name):
                batch = next(batches, None)
                if batch is None:
                    break
                columns = [to_list(column) for to_list, column in zip(lists, batch, strict=True)]
            for cells in zip(*columns, strict=True):
                self.num_read += 1
                where = f"{self._name}: row {self.num_read}"
                yield where, tuple(self._checked(cell, where) for cell in cells)
        if self.num_read != self.num_rows:
            raise FormatError(
                f"{self._name}: expected {self.num_rows} rows, as its footer says, found {self.num_read}"
            )

    def batches(self, position: int) -> Iterator[tuple[Any, list[Scalar]]]:
        """Some whole rows at a time as Arrow holds them, with their cells in the column at `position`.

        Raises what `rows` raises.
        """
        to_list = _to_list(self._types[position], self._name, self.names[position])
        batches = self._file.iter_batches(self._rows_at_a_time(set(self.names)), use_threads=False)
        self.num_read = 0
        while True:
            with _damage(self._name):
                batch = next(batches, None)
                if batch is None:
                    return
                cells = to_list(self._column(batch, position))
            first = self.num_read + 1
            self.num_read += len(cells)
            yield (
                batch,
                [
                    self._checked(cell, f"{self._name}: row {first + number}")
                    for number, cell in enumerate(cells)
                ],
            )

    def _checked(self, cell: Any, where: str) -> Scalar:
        if not isinstance(cell, bytes):
            return cell  # type: ignore[no-any-return]
        check_record(len(cell), where, self._longest)
        return self._decoder.record(cell, where).decode("utf-8")

    def _batches(self, positions: Sequence[int]) -> Iterator[list[Any]]:
        """Some rows at a time of the columns at `positions`, in that order."""
        wanted = [self.names[at] for at in positions]
        size = self._rows_at_a_time(set(wanted))
        for batch in self._file.iter_batches(size, columns=list(dict.fromkeys(wanted)), use_threads=False):
            yield [self._column(batch, at) for at in positions]

    def _column(self, batch: Any, position: int) -> Any:
        """The column at `position` of a batch that holds it, maybe without others."""
        name = self.names[position]
        if position >= len(self.schema.names):
            import pyarrow.compute as pc

            outer, *inner = name.split(".")
            return pc.struct_field(batch.column(outer), inner)
        nth = self.names[:position].count(name)  # names may occur twice
        return batch.column([at for at, found in enumerate(batch.schema.names) if found == name][nth])

    def _rows_at_a_time(self, wanted: set[str]) -> int:
        """The number of rows that fit in memory even if each holds the longest text that may be repeated.

        FormatError where the sizes in the footer say that some cell is too long.
        """
        try:
            sizes = text_sizes(self._path, wanted)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error):
            return 1  # whatever is wrong, pyarrow says it better
        for size in sizes:
            check_record(size.mean - _SLACK, self._name, self._longest)
        largest = max((size.repeatable for size in sizes), default=0)
        return max(1, min(_ROWS, _BATCH // max(1, largest)))


def _inner_type(schema: Any, column: str) -> Any:
    """The type of a field inside a column, found by the names between dots; None if there is none."""
    import pyarrow as pa

    kind: Any = pa.struct(list(schema))
    for name in column.split("."):
        # -1 also for a name that is there twice
        place = kind.get_field_index(name) if pa.types.is_struct(kind) else -1
        if place < 0:
            return None
        kind = kind.field(place).type
    return kind


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value)
    )


def _to_list(kind: Any, name: str, column: str) -> Callable[[Any], list[Any]]:
    """What makes Python values of a column of this type: bytes of strings, which may be invalid UTF-8."""
    import pyarrow as pa

    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if _is_text(kind):
        return lambda cells: cells.cast(pa.large_binary()).to_pylist()
    if pa.types.is_null(value) or pa.types.is_boolean(value) or pa.types.is_integer(value):
        return lambda cells: cells.to_pylist()
    if pa.types.is_floating(value):
        return lambda cells: cells.cast(pa.float64()).to_pylist()
    if pa.types.is_decimal(value) or pa.types.is_temporal(value):
        # as Python has no nanoseconds and no years beyond 9999
        return lambda cells: cells.cast(pa.string()).to_pylist()
    raise FormatError(f"{name}: expected text or numbers in column {column!r}, found {kind}")


def _damage(name: str) -> AbstractContextManager[None]:
    """Inside, whatever pyarrow makes of damaged or hostile files becomes a FormatError."""
    import pyarrow as pa

    errors = (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError)
    return damage(name, "a Parquet file", errors)
