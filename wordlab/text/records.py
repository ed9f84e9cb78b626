"""The texts in JSON lines, CSV, TSV and Parquet files, one record after the other."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from wordlab.errors import FormatError
from wordlab.io.lines import Decoder

_PARQUET_ROWS = 1024  # rows at a time: a row may be a whole book


def read_json_lines(blocks: Iterable[str], name: str, column: str, decoder: Decoder) -> Iterator[bytes]:
    """The field `column` of the object on each line; blank lines are skipped.

    Raises FormatError naming the line if it holds no JSON object with such a string.
    """
    for where, record in json_records(blocks, name):
        if column not in record:
            raise FormatError(
                f"{where}: expected a field {column!r}, found {', '.join(record) or 'no field'}"
            )
        yield decoder.encode(json_string(record[column], where, column), where)


def json_records(blocks: Iterable[str], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place and the content of the object on each line; blank lines are skipped.

    Raises FormatError naming the line if it holds no JSON object.
    """
    number = 0
    for block in blocks:
        lines = block.split("\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            number += 1
            if line.strip():
                yield f"{name}:{number}", _json_record(line, f"{name}:{number}")


def _json_record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{where}: expected a JSON object on each line, found invalid JSON ({error})"
        ) from error
    if not isinstance(record, dict):
        raise FormatError(f"{where}: expected a JSON object, found {json_type(record)}")
    return record


def json_string(value: Any, where: str, column: str) -> str:
    """`value` if it is a string; FormatError that names the field `column` if it is not."""
    if not isinstance(value, str):
        raise FormatError(f"{where}: expected a string in field {column!r}, found {json_type(value)}")
    return value


def json_type(value: Any) -> str:
    """What kind of JSON value `value` is, in words for a message."""
    if value is None:
        return "null"
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def read_csv(blocks: Iterable[str], name: str, column: str, header: bool) -> Iterator[bytes]:
    """The texts in column `column` of comma-separated values, quoted as RFC 4180 says.

    Raises FormatError naming the row (the header is row 1) if it is not CSV, or does not have as
    many fields as the first.
    """
    yield from _column(csv_rows(blocks, name), name, column, header)


def csv_rows(blocks: Iterable[str], name: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The place and the fields of each row that is not empty; FormatError if it is not CSV."""
    # The limit belongs to the whole process; many texts are longer than its 131,072 characters.
    limit = csv.field_size_limit(2**31 - 1)
    number = 0
    try:
        for number, row in enumerate(csv.reader(_lines(blocks), strict=True), start=1):
            if row:
                yield f"{name}: row {number}", row
    except csv.Error as error:
        raise FormatError(f"{name}: row {number + 1}: expected CSV, found an error: {error}") from error
    finally:
        csv.field_size_limit(limit)


def read_tsv(blocks: Iterable[str], name: str, column: str, header: bool) -> Iterator[bytes]:
    """The texts in column `column` of tab-separated values, in which quotes are ordinary characters.

    Raises FormatError naming the line if it does not have as many fields as the first.
    """
    yield from _column(tsv_rows(blocks, name), name, column, header)


def tsv_rows(blocks: Iterable[str], name: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The place and the fields of each line that is not empty."""
    for number, line in enumerate(_lines(blocks), start=1):
        if line.strip("\r\n"):
            yield f"{name}:{number}", line.rstrip("\r\n").split("\t")


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        lines = block.split("\n")
        last = lines.pop()
        yield from (line + "\n" for line in lines)
        if last:
            yield last


def _column(
    rows: Iterator[tuple[str, Sequence[str]]], name: str, column: str, header: bool
) -> Iterator[bytes]:
    first = next(rows, None)
    if first is None:
        return
    where, names = first
    position = column_position(names, column, where, by_name=header)
    if not header:
        yield names[position].encode("utf-8")
    for where, row in rows:
        check_width(row, len(names), where)
        yield row[position].encode("utf-8")


def check_width(row: Sequence[str], width: int, where: str) -> None:
    """Raise FormatError if a row does not have as many fields as the first."""
    if len(row) != width:
        raise FormatError(f"{where}: expected {width} fields as in the first row, found {len(row)}")


def column_position(names: Sequence[str], column: str, where: str, *, by_name: bool) -> int:
    """The position of a column given by name or by its number, counted from 0."""
    if by_name and column in names:
        return list(names).index(column)
    if column.isdecimal():
        if int(column) < len(names):
            return int(column)
        raise FormatError(f"{where}: expected a column {column} (counted from 0), found {len(names)} columns")
    raise FormatError(f"{where}: expected a column {column!r}, found {', '.join(names)}")


def read_parquet(
    path: Path, name: str, column: str, decoder: Decoder, on_share: Callable[[float], None]
) -> Iterator[bytes]:
    """The texts in column `column`, row by row; a missing value is an empty text.

    `on_share` receives the share of the rows read so far. Raises FormatError if the file is not Parquet,
    has no such column, or one that holds other values than strings.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    num_read = 0
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            column = names[column_position(names, column, name, by_name=True)]
            _check_strings(file.schema_arrow.field(column).type, name, column)
            for batch in file.iter_batches(_PARQUET_ROWS, columns=[column]):
                texts = batch.column(0).cast(pa.large_binary()).to_pylist()
                for number, text in enumerate(texts, start=num_read + 1):
                    yield decoder.record(text or b"", f"{name}: row {number}")
                num_read += len(batch)
                on_share(num_read / file.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{name}: expected a Parquet file, found damage ({reason})") from error


def _check_strings(found: Any, name: str, column: str) -> None:
    import pyarrow as pa

    value = found.value_type if pa.types.is_dictionary(found) else found
    if not (pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value)):
        raise FormatError(f"{name}: expected strings in column {column!r}, found {found}")
