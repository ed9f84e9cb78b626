"""Texts with their ids from files, row by row: nothing but the first rows is held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from wordlab.errors import ConfigError, FormatError
from wordlab.progress import OnProgress
from wordlab.sentiment.data.columns import ColumnChoice, Columns, find_text
from wordlab.sentiment.data.formats.base import LabelledFormat
from wordlab.sentiment.data.formats.json_lines import JSON_LINES
from wordlab.sentiment.data.formats.lines import read_unlabelled
from wordlab.sentiment.data.formats.parquet import PARQUET
from wordlab.sentiment.data.formats.tables import CSV, TSV
from wordlab.sentiment.data.header import find_header
from wordlab.sentiment.data.reading import open_texts
from wordlab.sentiment.data.source import LabelledSource, check_unicode
from wordlab.text.parquet import open_parquet
from wordlab.text.records import (
    Row,
    check_width,
    csv_rows,
    field_names,
    json_field,
    json_string,
    tsv_rows,
    with_delimiter,
)
from wordlab.visible import clipped

_SAMPLED = 1_000  # rows that show which column holds the texts, and whether the first row is a header

Document = tuple[str, str]
"""The id of a text, and the text."""


def read_documents(
    path: str | os.PathLike[str],
    *,
    id_column: str | int | None = None,
    notes: list[str] | None = None,
    on_progress: OnProgress | None = None,
    **reading: Any,
) -> Iterator[Document]:
    """The id and the text of each row of a table or of JSON lines, or of each line of any other file.

    Formats and the options `reading` are those of `read_texts`; a table's columns and header are told from
    its first 1,000 rows. Without an `id_column` ids are the positions of the texts, counted from 0. What
    reading leaves out, or is not sure of, goes into `notes`. Raises SourceError, FormatError for rows of
    other widths or without an id and where there is no text, and ConfigError for options that make no sense.
    """
    source, format = open_texts(path, notes=notes, on_progress=on_progress, **reading)
    text, header = source.columns.text, source.columns.header
    id = None if id_column is None else str(id_column)
    if header is False and id is not None and not id.isdecimal():
        raise ConfigError(f"id_column: expected a position (0, 1, ...) without a header, found {id!r}")
    if not format.has_columns:
        if id is not None:
            raise ConfigError(
                f"id_column: expected a table or JSON lines, found {source.name}, which has no columns"
            )
        return _some(source, _numbered(read_unlabelled(source)))
    # the id takes the place of a label: what is asked for by name is no text, and tells of a header
    return _some(source, _read(format)(replace(source, columns=ColumnChoice(text, id, header))))


def _read(format: LabelledFormat) -> Callable[[LabelledSource], Iterator[Document]]:
    for known, read in ((TSV, _tsv), (CSV, _csv), (JSON_LINES, _json_lines), (PARQUET, _parquet)):
        if format is known:
            return read
    raise KeyError(format)


def _some(source: LabelledSource, documents: Iterator[Document]) -> Iterator[Document]:
    """The documents; FormatError in their place if there are none."""
    first = next(documents, None)
    if first is None:
        raise FormatError(f"{source.where}: expected texts, found none")
    yield first
    yield from documents


def _numbered(texts: Iterator[str]) -> Iterator[Document]:
    return ((str(number), text) for number, text in enumerate(texts))


def _tsv(source: LabelledSource) -> Iterator[Document]:
    return _rows(tsv_rows(source.blocks(), source.where, delimiter=source.delimiter or "\t"), source)


def _csv(source: LabelledSource) -> Iterator[Document]:
    blocks, delimiter = with_delimiter(source.blocks(), source.where, source.delimiter)
    return _rows(csv_rows(blocks, source.where, delimiter=delimiter, longest=source.longest), source)


def _rows(rows: Iterator[Row], source: LabelledSource) -> Iterator[Document]:
    sample = list(islice(rows, _SAMPLED))
    if not sample:
        return
    where, first = sample[0]
    for place, row in sample:
        check_width(row, len(first), place)
    has_header, note = find_header([row for _, row in sample], where, source.columns)
    source.add_note(note)
    names = first if has_header else None
    cells = [row for _, row in sample[has_header:]]
    table = Columns(where, names, len(first), lambda: dict(enumerate(map(list, zip(*cells, strict=True)))))
    text, id = _positions(table, source)
    number = num_repeated = 0
    for place, row in chain(sample[has_header:], rows):
        check_width(row, len(first), place)
        if row == names:  # which joined files repeat
            num_repeated += 1
            continue
        yield (str(number) if id is None else _id(row[id], place)), row[text]
        number += 1
    if num_repeated:
        rows_are = "1 row that repeats" if num_repeated == 1 else f"{num_repeated:,} rows that repeat"
        source.add_note(f"left out: {rows_are} the column names")


def _json_lines(source: LabelledSource) -> Iterator[Document]:
    records = source.json_records()
    sample = list(islice(records, _SAMPLED))
    if not sample:
        return
    where, first = sample[0]
    names = field_names(first, source.columns.text, source.columns.label)
    table = Columns(where, names, len(names), lambda: _cells(names, [record for _, record in sample]))
    text, id = _positions(table, source)
    for number, (place, record) in enumerate(chain(sample, records)):
        found = json_string(json_field(record, names[text], place), place, names[text])
        check_unicode(found, place)
        named = str(number)
        if id is not None:
            named = _id(json_field(record, names[id], place), place)
            check_unicode(named, place)
        yield named, found


def _parquet(source: LabelledSource) -> Iterator[Document]:
    path = source.path
    if path is None:
        raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
    with open_parquet(path, source.name, longest=source.longest) as file:
        if not file.num_rows:
            return
        texts = [at for at in range(len(file.names)) if file.is_text(at)]
        file.look_inside(source.columns.text, source.columns.label)
        table = Columns(
            source.name,
            file.names,
            len(file.names),
            lambda: {at: [cells[0] for _, cells in islice(file.rows([at]), _SAMPLED)] for at in texts},
        )
        text, id = _positions(table, source)
        file.check_text(text)
        chosen = [text] if id is None else [text, id]
        for number, (place, cells) in enumerate(file.rows(chosen)):
            yield (str(number) if id is None else _id(cells[1], place)), str(cells[0] or "")


def _positions(table: Columns, source: LabelledSource) -> tuple[int, int | None]:
    """The positions of the texts and of the ids; FormatError, ConfigError if they are the same."""
    choice = source.columns
    id = None if choice.label is None else table.position(choice.label)
    text = find_text(table, replace(choice, label=None))
    if text == id:
        raise ConfigError(
            f"id_column: expected a column other than that of the texts, found {choice.label!r}"
        )
    return text, id


def _cells(names: Sequence[str], records: Sequence[dict[str, Any]]) -> dict[int, list[Any]]:
    """The values of the fields that are strings in the first object."""
    texts = [at for at, name in enumerate(names) if isinstance(records[0].get(name), str)]
    return {
        at: [value if isinstance(value, str) else None for value in _values(names[at], records)]
        for at in texts
    }


def _values(name: str, records: Sequence[dict[str, Any]]) -> Iterator[Any]:
    return (record.get(name) for record in records)


def _id(value: Any, where: str) -> str:
    """An id as text; FormatError for one that is missing, or neither text nor a whole number."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, float) and value.is_integer():  # as tables with gaps hold whole numbers
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    shown = "none" if value is None or value == "" else clipped(repr(value), 40)
    raise FormatError(f"{where}: expected an id, text or a whole number, found {shown}")
