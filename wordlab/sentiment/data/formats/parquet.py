"""Labelled texts in Parquet files."""

from __future__ import annotations

from itertools import islice

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import COMPRESSED_SUFFIXES
from wordlab.io.lines import Decoder
from wordlab.io.urls import Place
from wordlab.sentiment.data.class_names import class_names, named
from wordlab.sentiment.data.columns import Cells, Columns, find_columns, find_text
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.labels import Labels
from wordlab.sentiment.data.source import LabelledSource
from wordlab.text.parquet import open_parquet


def read_parquet(source: LabelledSource) -> TextLabelPairs:
    """The pairs in the rows; a missing text is empty. FormatError if the file is damaged."""
    path = parquet_path(source)
    with open_parquet(path, source.name, longest=source.longest) as file:
        reporter = source.reporter("rows", file.num_rows)
        if not file.num_rows:
            return
        file.look_inside(source.columns.text, source.columns.label)
        table = Columns(source.name, file.names, len(file.names), lambda: cells_of(source))
        if source.has_labels:
            chosen = list(find_columns(table, source.columns))
        else:
            chosen = [find_text(table, source.columns)]
        file.check_text(chosen[0])
        classes = class_names(file.schema.metadata, file.names[chosen[1]]) if source.has_labels else None
        for number, (where, cells) in enumerate(file.rows(chosen), start=1):
            reporter.update(number)
            labels: Labels = ()
            if source.has_labels:
                column = repr(file.names[chosen[1]])
                label = cells[1] if classes is None else named(cells[1], classes, where, column)
                labels = source.labels(label, where, column)
            yield str(cells[0] or ""), labels
        reporter.report(file.num_rows)


def parquet_path(source: LabelledSource) -> Place:
    """The path or the URL of the file; ConfigError for standard input, SourceError for a compressed file."""
    if source.path is None:
        raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
    if source.path.suffix.lower() in COMPRESSED_SUFFIXES:
        raise SourceError(
            f"{source.path}: expected a Parquet file, found a compressed one; decompress it first"
        )
    return source.path


def cells_of(source: LabelledSource, at_most: int | None = None) -> Cells:
    """The cells of the columns of texts, numbers and truth values, whatever the others hold.

    With `at_most`, those of the first rows.
    """
    found = {}
    with open_parquet(
        parquet_path(source), source.name, Decoder(strict=False), longest=source.longest
    ) as file:
        for position in range(len(file.names)):
            try:
                cells = [cell for _, (cell,) in islice(file.rows([position]), at_most)]
            except FormatError:
                continue
            if file.is_text(position) or not any(isinstance(cell, str) for cell in cells):  # no times
                found[position] = cells
    return found


PARQUET = LabelledFormat(read_parquet, suffixes=(".parquet",), has_columns=True)
