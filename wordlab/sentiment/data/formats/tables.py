"""Labelled texts in tables: TSV and CSV, with or without a header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wordlab.errors import FormatError
from wordlab.sentiment.data.columns import Columns, find_columns, find_text
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.header import check_first_label, find_header
from wordlab.sentiment.data.source import LabelledSource
from wordlab.text.records import Row, check_width, csv_rows, tsv_rows, with_delimiter
from wordlab.visible import clipped


def read_tsv(source: LabelledSource) -> TextLabelPairs:
    """The pairs in tab-separated rows, in which quotes are ordinary characters; FormatError."""
    return _pairs(tsv_rows(source.blocks(), source.where, delimiter=source.delimiter or "\t"), source)


def read_csv(source: LabelledSource) -> TextLabelPairs:
    """The pairs in rows with commas, or the delimiter found, quoted as RFC 4180 says; FormatError."""
    blocks, delimiter = with_delimiter(source.blocks(), source.where, source.delimiter)
    return _pairs(csv_rows(blocks, source.where, delimiter=delimiter, longest=source.longest), source)


def _pairs(found: Iterator[Row], source: LabelledSource) -> TextLabelPairs:
    places, rows = _checked(found)
    if not rows:
        return
    where = places[0]
    has_header, note = find_header(rows, where, source.columns)
    source.add_note(note)
    names = rows[0] if has_header else None
    if names is not None:
        places, rows = _without(names, places, rows, source)
    if not rows:
        return
    table = Columns(where, names, len(rows[0]), lambda: dict(enumerate(map(list, zip(*rows, strict=True)))))
    if not source.has_labels:
        text = find_text(table, source.columns)
        yield from ((row[text], ()) for row in rows)
        return
    text, label = find_columns(table, source.columns)
    if names is None and source.columns.header is None:
        check_first_label(rows, where, label)
    _check_quotes(rows, places, label)
    column = f"column {label}" if names is None else repr(names[label])
    for place, row in zip(places, rows, strict=True):
        yield row[text], source.labels(row[label], place, column)


def _checked(found: Iterator[Row]) -> tuple[list[str], list[Sequence[str]]]:
    """Where each row is, and the rows; FormatError unless all are as wide as the first."""
    places: list[str] = []
    rows: list[Sequence[str]] = []
    for where, row in found:
        if rows:
            check_width(row, len(rows[0]), where)
        places.append(where)
        rows.append(row)
    return places, rows


def _check_quotes(rows: Sequence[Sequence[str]], places: Sequence[str], label: int) -> None:
    """Raise FormatError if all labels are in quotation marks, which TSV lacks, and CSV after a space."""
    found = rows[0][label].strip()
    if all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in (row[label].strip() for row in rows)):
        raise FormatError(
            f"{places[0]}: expected a label, found one in quotation marks ({clipped(found)!r}); "
            "use --format csv, with --delimiter tab for tabs, and have no space before the marks"
        )


def _without(
    names: Sequence[str], places: list[str], rows: list[Sequence[str]], source: LabelledSource
) -> tuple[list[str], list[Sequence[str]]]:
    """The rows without the column names, which concatenated files repeat."""
    kept = [position for position, row in enumerate(rows) if row != names]
    again = len(rows) - len(kept) - 1
    if again:
        source.add_note(f"left out: {again:,} {'row' if again == 1 else 'rows'} that repeat the column names")
    return [places[position] for position in kept], [rows[position] for position in kept]


TSV = LabelledFormat(read_tsv, suffixes=(".tsv", ".tab"), has_columns=True, has_header=True)
CSV = LabelledFormat(read_csv, suffixes=(".csv",), has_columns=True, has_header=True)
