"""Labelled texts in tables: TSV and CSV, with or without a header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wordlab.sentiment.data.columns import ColumnChoice, find_columns, has_header
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource
from wordlab.text.records import check_width, csv_rows, tsv_rows


def read_tsv(source: LabelledSource) -> TextLabelPairs:
    """The pairs in tab-separated rows, in which quotes are ordinary characters; FormatError."""
    return _pairs(tsv_rows(source.blocks(), source.where), source.columns)


def read_csv(source: LabelledSource) -> TextLabelPairs:
    """The pairs in comma-separated rows, quoted as RFC 4180 says; FormatError."""
    return _pairs(csv_rows(source.blocks(), source.where), source.columns)


def _pairs(rows: Iterable[tuple[str, Sequence[str]]], columns: ColumnChoice) -> TextLabelPairs:
    found = list(rows)
    if not found:
        return
    where, first = found[0]
    for row_where, row in found:
        check_width(row, len(first), row_where)
    cells = [row for _, row in found]
    names = cells.pop(0) if has_header(first, columns) else None
    if cells:
        text, label = find_columns(names, cells, where, columns)
        yield from ((row[text], row[label].strip()) for row in cells)


TSV = LabelledFormat(read_tsv, suffixes=(".tsv",), has_columns=True)
CSV = LabelledFormat(read_csv, suffixes=(".csv",), has_columns=True)
