"""Labelled texts in JSON lines: an object on each line, its fields the columns."""

from __future__ import annotations

from wordlab.errors import FormatError
from wordlab.sentiment.data.columns import find_columns, label_string
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource
from wordlab.text.records import json_records, json_string


def read_json_lines(source: LabelledSource) -> TextLabelPairs:
    """The pairs in the objects; FormatError naming the line that lacks a text or a label."""
    records = list(json_records(source.blocks(), source.where))
    if not records:
        return
    where, first = records[0]
    names = list(first)
    rows = [[str(record.get(field, "")) for field in names] for _, record in records]
    text, label = (names[position] for position in find_columns(names, rows, where, source.columns))
    for where, record in records:
        for field in (text, label):
            if field not in record:
                raise FormatError(f"{where}: expected a field {field!r}, found {', '.join(record)}")
        yield json_string(record[text], where, text), label_string(record[label], where, label)


JSON_LINES = LabelledFormat(read_json_lines, suffixes=(".jsonl", ".ndjson", ".json"), has_columns=True)
