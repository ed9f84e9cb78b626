"""Labelled texts in Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wordlab.errors import ConfigError, FormatError
from wordlab.sentiment.data.columns import find_columns, label_string
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource


def read_parquet(source: LabelledSource) -> TextLabelPairs:
    """The pairs in the rows; a missing text is empty. FormatError if the file is damaged."""
    if source.path is None:
        raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(source.path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{source.name}: expected a Parquet file, found damage ({reason})") from error
    if not len(table):
        return
    names = table.column_names
    rows = list(zip(*(_strings(table.column(position)) for position in range(len(names))), strict=True))
    text, label = find_columns(names, rows, source.name, source.columns)
    labels = table.column(label).to_pylist()
    for number, (row, value) in enumerate(zip(rows, labels, strict=True), start=1):
        yield row[text], label_string(value, f"{source.name}: row {number}", names[label])


def _strings(column: Any) -> Sequence[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


PARQUET = LabelledFormat(read_parquet, suffixes=(".parquet",), has_columns=True)
