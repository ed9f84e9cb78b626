"""Labelled texts in JSON: an object on each line, or an array of objects, their fields the columns."""

from __future__ import annotations

from typing import Any

from wordlab.sentiment.data.columns import Cells, Columns, find_columns, find_text
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource, Record, check_unicode
from wordlab.text.records import field_names, json_field, json_string


def read_json_lines(source: LabelledSource) -> TextLabelPairs:
    """The pairs in the objects; FormatError naming the line that lacks a text or a label."""
    records = list(source.json_records())
    if not records:
        return
    where, first = records[0]
    names = field_names(first, source.columns.text, source.columns.label)
    table = Columns(where, names, len(names), lambda: cells_of(records, names))
    if source.has_labels:
        text, label = (names[position] for position in find_columns(table, source.columns))
    else:
        text, label = names[find_text(table, source.columns)], None
    for where, record in records:
        found = json_string(json_field(record, text, where), where, text)
        check_unicode(found, where)
        if label is None:
            yield found, ()
        else:
            yield found, source.labels(json_field(record, label, where), where, repr(label))


def cells_of(records: list[Record], names: list[str]) -> Cells:
    """The values of the fields that are strings, numbers or truth values in the first object."""
    first = records[0][1]
    simple = [at for at, name in enumerate(names) if isinstance(first.get(name), str | int | float)]
    return {at: [_simple(record.get(names[at])) for _, record in records] for at in simple}


def _simple(value: Any) -> Any:
    """`value`, or None for lists and objects, which cannot be compared."""
    return value if isinstance(value, str | int | float) else None


JSON_LINES = LabelledFormat(read_json_lines, suffixes=(".jsonl", ".ndjson", ".json"), has_columns=True)
