"""Labelled texts in tables: TSV, CSV, JSON lines and Parquet to texts and labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordlab.errors import ConfigError, FormatError
from wordlab.sentiment.data.columns import find_columns, has_header
from wordlab.text.records import check_width, csv_rows, json_records, json_string, json_type, tsv_rows


@dataclass(frozen=True)
class Columns:
    """Which columns are asked for, by name or position; None for those that are to be found."""

    text: str | None = None
    label: str | None = None
    header: bool | None = None

    def __post_init__(self) -> None:
        for option, column in (("text_column", self.text), ("label_column", self.label)):
            if self.header is False and column is not None and not column.isdecimal():
                raise ConfigError(
                    f"{option}: expected a position (0, 1, ...) without a header, found {column!r}"
                )


Pairs = Iterator[tuple[str, str]]
"""A text and its label, one pair after the other."""


def read_rows(blocks: Iterable[str], name: str, format: str, columns: Columns) -> Pairs:
    """The pairs in the rows of a CSV or TSV file; FormatError naming the row that breaks the rules."""
    found = list(csv_rows(blocks, name) if format == "csv" else tsv_rows(blocks, name))
    if not found:
        return
    where, first = found[0]
    for place, row in found:
        check_width(row, len(first), place)
    rows = [row for _, row in found]
    header = has_header(first, columns.text, columns.label) if columns.header is None else columns.header
    names = rows.pop(0) if header else None
    if rows:
        text, label = find_columns(names, rows, where, columns.text, columns.label)
        yield from ((row[text], row[label].strip()) for row in rows)


def read_json(blocks: Iterable[str], name: str, columns: Columns) -> Pairs:
    """The pairs in the objects of a file of JSON lines; FormatError naming the line without them."""
    records = list(json_records(blocks, name))
    if not records:
        return
    where, first = records[0]
    names = list(first)
    rows = [[str(record.get(field, "")) for field in names] for _, record in records]
    text, label = (names[n] for n in find_columns(names, rows, where, columns.text, columns.label))
    for where, record in records:
        for field in (text, label):
            if field not in record:
                raise FormatError(f"{where}: expected a field {field!r}, found {', '.join(record)}")
        yield json_string(record[text], where, text), _label(record[label], where, label)


def read_parquet(path: Path, name: str, columns: Columns) -> Pairs:
    """The pairs in the rows of a Parquet file; a missing text is empty. FormatError if it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{name}: expected a Parquet file, found damage ({reason})") from error
    names = table.column_names
    if not len(table):
        return
    rows = list(zip(*(_strings(table.column(place)) for place in range(len(names))), strict=True))
    text, label = find_columns(names, rows, name, columns.text, columns.label)
    labels = table.column(label).to_pylist()
    for number, (row, value) in enumerate(zip(rows, labels, strict=True), start=1):
        yield row[text], _label(value, f"{name}: row {number}", names[label])


def _strings(column: Any) -> Sequence[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _label(value: Any, where: str, column: str) -> str:
    """A label as a string: a number or truth value as JSON writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise FormatError(f"{where}: expected a label in {column!r}, found {json_type(value)}")
    return str(value).strip()
