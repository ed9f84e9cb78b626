"""Records of text formats, one after the other: JSON lines and arrays, CSV and TSV.

Corpora and labelled texts are read by the same functions. Texts come in pieces that end where lines end
(`io.lines.decoded_lines`); `longest` is the most bytes that a record may have.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from wordlab.errors import FormatError
from wordlab.io.lines import MAX_RECORD, check_record
from wordlab.text.json_array import array_items
from wordlab.visible import clipped, listed

MAX_COLUMNS = 1 << 16
ARRAY = "["
"""What the text of a JSON array begins with."""
DELIMITERS = (",", ";", "\t", "|")
_LONGEST = MAX_RECORD << 20
_NUM_SAMPLED = 20  # rows that show the delimiter
_SEVERAL = object()  # the value of a key that an object has more than once
_NONE = object()  # that of one that it does not have

Row = tuple[str, Sequence[str]]
"""The place of a row, for messages, and its fields."""


def json_records(
    blocks: Iterable[str], name: str, *, longest: int = _LONGEST
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place and the content of the object on each line, or of each in the array that is the whole text.

    Blank lines are skipped. Objects inside an object are tuples of keys and values. Raises FormatError naming
    the line or the item if it holds no JSON object.
    """
    blocks, number, first = iter(blocks), 0, ""
    for first in blocks:
        if first.strip():
            break
        number += first.count("\n")
    blocks = chain([first], blocks)
    if is_array(first):
        for where, item in array_items(blocks, name, longest):
            yield where, _record(item, where)
        return
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
        record = json.loads(line, object_pairs_hook=tuple)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{where}: expected a JSON object on each line, found invalid JSON ({error})"
        ) from error
    except RecursionError as error:
        raise FormatError(f"{where}: expected a JSON object, found one that is nested too deep") from error
    except ValueError as error:  # Python's limit for the digits of an integer
        raise FormatError(f"{where}: expected a JSON object, found a number with too many digits") from error
    return _record(record, where)


def is_array(text: str) -> bool:
    """Whether a JSON text that begins with `text` is one array, not an object on each line."""
    return text.lstrip().startswith(ARRAY)


def _record(record: Any, where: str) -> dict[str, Any]:
    """The fields of an object, as pairs; FormatError if it is none."""
    if not isinstance(record, tuple):
        raise FormatError(f"{where}: expected a JSON object, found {json_type(record)}")
    return _fields(record)


def _fields(pairs: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        found |= {key: _SEVERAL for key, _ in pairs if key in seen or seen.add(key)}  # type: ignore[func-returns-value]
    return found


def json_field(record: dict[str, Any], column: str, where: str) -> Any:
    """The value of the field `column`, which may be inside another one: ``review.text``.

    A field of that very name comes first. FormatError that lists the fields unless it is there exactly once.
    """
    found = _find(record, column)
    if found is _NONE:
        shown = _listed(_names(record, inner="." in column)) or "no field"
        raise FormatError(f"{where}: expected a field {clipped(column)!r}, found {shown}")
    if found is _SEVERAL:
        raise FormatError(f"{where}: expected a field {clipped(column)!r}, found it several times")
    return found


def field_names(record: dict[str, Any], *columns: str | None) -> list[str]:
    """The names of the fields, and those among `columns` that lead to a field inside another."""
    inside = (column for column in columns if column is not None and column not in record)
    return [*record, *(column for column in inside if _find(record, column) is not _NONE)]


def _find(record: dict[str, Any], column: str) -> Any:
    if column in record:
        return record[column]
    for dot in re.finditer(r"\.", column):
        outer = record.get(column[: dot.start()])
        if isinstance(outer, tuple):
            found = _find(_fields(outer), column[dot.end() :])
            if found is not _NONE:
                return found
    return _NONE


def _names(record: dict[str, Any], *, inner: bool) -> Iterator[str]:
    """The names of the fields; with `inner` those inside objects in the place of the objects'."""
    for name, value in record.items():
        if inner and isinstance(value, tuple) and value:
            yield from (f"{name}.{key}" for key, _ in value)
        else:
            yield name


def json_string(value: Any, where: str, column: str) -> str:
    """`value` if it is a string; FormatError that names the field `column` if it is not."""
    if not isinstance(value, str):
        raise FormatError(
            f"{where}: expected a string in field {clipped(column)!r}, found {json_type(value)}"
        )
    return value


def json_type(value: Any) -> str:
    """What kind of JSON value `value` is, in words for a message."""
    if value is None:
        return "null"
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def csv_rows(
    blocks: Iterable[str], name: str, *, delimiter: str = ",", longest: int = _LONGEST
) -> Iterator[Row]:
    """The place and the fields of each row that is not empty, quoted as RFC 4180 says.

    Raises FormatError naming the row (the first is row 1) if it is not CSV, too long, or has too many
    columns.
    """
    pending = 0  # bytes that the reader has taken for the current row

    def lines() -> Iterator[str]:
        nonlocal pending
        for line in _lines(blocks):
            pending += len(line)
            check_record(pending, f"{name}: row {number + 1}", longest)
            yield line

    # The limit belongs to the whole process; many texts are longer than its 131,072 characters.
    limit = csv.field_size_limit(2**31 - 1)
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines(), delimiter=delimiter, strict=True), start=1):
            pending = 0
            if row:
                where = f"{name}: row {number}"
                _check_columns(len(row), where)
                yield where, row
    except csv.Error as error:
        raise FormatError(f"{name}: row {number + 1}: expected CSV, found an error: {error}") from error
    finally:
        csv.field_size_limit(limit)


def tsv_rows(blocks: Iterable[str], name: str, *, delimiter: str = "\t") -> Iterator[Row]:
    """The place and the fields of each line that is not empty; quotes are ordinary characters.

    Raises FormatError naming the line if it has too many columns.
    """
    for number, line in enumerate(_lines(blocks), start=1):
        line = line.rstrip("\r\n")
        if line:
            where = f"{name}:{number}"
            _check_columns(line.count(delimiter) + 1, where)
            yield where, line.split(delimiter)


def with_delimiter(
    blocks: Iterable[str], name: str, delimiter: str | None, *, header: bool = True
) -> tuple[Iterator[str], str]:
    """All blocks of a CSV file, and its delimiter: the one given, else the one that its first rows show.

    Without a `header`, which would expose a wrong guess, FormatError asks for any but a comma.
    """
    blocks = iter(blocks)
    if delimiter is not None:
        return blocks, delimiter
    first = next(blocks, "")
    found = find_delimiter(first)
    if found != "," and not header:
        raise FormatError(
            f"{name}: expected commas between columns, found rows that {found!r} splits into columns; "
            f"use --delimiter {found!r}, or --delimiter ',' if there is one column"
        )
    return chain([first], blocks), found


def find_delimiter(beginning: str) -> str:
    """The delimiter of the rows of CSV that a text begins with: a comma, unless only another one fits.

    One fits if it splits the first rows, two or more, into the same number of fields, two or more.
    """
    fitting = [delimiter for delimiter in DELIMITERS if _fits(beginning, delimiter)]
    return fitting[0] if len(fitting) == 1 else ","


def _fits(beginning: str, delimiter: str) -> bool:
    limit = csv.field_size_limit(2**31 - 1)
    try:
        reader = csv.reader(_lines([beginning]), delimiter=delimiter, strict=True)
        widths = [len(row) for row in islice(filter(None, reader), _NUM_SAMPLED)]
        return len(widths) > 1 and len(set(widths)) == 1 and 2 <= widths[0] <= MAX_COLUMNS
    except csv.Error:
        return False
    finally:
        csv.field_size_limit(limit)


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        lines = block.split("\n")
        last = lines.pop()
        yield from (line + "\n" for line in lines)
        if last:
            yield last


def _check_columns(number: int, where: str) -> None:
    if number > MAX_COLUMNS:
        raise FormatError(f"{where}: expected at most {MAX_COLUMNS:,} columns, found {number:,}")


def check_width(row: Sequence[str], width: int, where: str) -> None:
    """Raise FormatError if a row does not have as many fields as the first."""
    if len(row) != width:
        raise FormatError(f"{where}: expected {width} fields as in the first row, found {len(row)}")


def column_position(names: Sequence[str], column: str, where: str, *, by_name: bool) -> int:
    """The position of a column given by name or by its number, counted from 0.

    Raises FormatError that lists the columns if there is none, or several of that name.
    """
    if by_name and column in names:
        if list(names).count(column) > 1:
            raise FormatError(
                f"{where}: expected one column {clipped(column)!r}, found several; "
                "give its position, counted from 0"
            )
        return list(names).index(column)
    if column.isdecimal() and len(column) < 10:
        if int(column) < len(names):
            return int(column)
        raise FormatError(f"{where}: expected a column {column} (counted from 0), found {len(names)} columns")
    raise FormatError(f"{where}: expected a column {clipped(column)!r}, found {_listed(names)}")


def _listed(names: Iterable[str]) -> str:
    return listed([clipped(name) for name in names])
