"""Rows and objects as corpora and labelled texts share them: limits, delimiters, hostile JSON."""

import csv
import json
import tracemalloc
from contextlib import suppress

import pytest

from wordlab.errors import ConfigError, FormatError
from wordlab.text.reading import ReadingConfig, check_delimiter
from wordlab.text.records import (
    MAX_COLUMNS,
    column_position,
    csv_rows,
    find_delimiter,
    json_field,
    json_records,
    tsv_rows,
    with_delimiter,
)


def message(rows):
    with pytest.raises(FormatError) as caught:
        list(rows)
    assert len(str(caught.value)) < 1000
    return str(caught.value)


def test_a_csv_record_may_not_be_longer_than_the_limit():
    good = 'text\n"' + 900 * "a" + '"\n'
    assert len(list(csv_rows([good], "x", longest=1000))) == 2
    expected = (
        "x: row 2: expected a record of at most 1000 bytes, found a longer one; --max-record allows more"
    )
    # one field of many lines, many fields, one line
    for content in ("text\n" + '"' + 600 * "a\n" + '"', "text\n" + 600 * "a,", "text\n" + 1200 * "a"):
        assert message(csv_rows([content], "x", longest=1000)) == expected
    # a quotation mark that is never closed takes no more than the limit
    endless = ("a\n" * 500 for _ in range(10**9))
    assert "row 1: expected a record of at most 1000 bytes" in message(
        csv_rows(_chain('"', endless), "x", longest=1000)
    )


def _chain(first, rest):
    yield first
    yield from rest


def test_the_limit_counts_from_the_beginning_of_each_record():
    assert len(list(csv_rows(["a" * 90 + "\n"] * 1000, "x", longest=100))) == 1000


@pytest.mark.parametrize("rows", [csv_rows, tsv_rows])
def test_millions_of_empty_columns_take_little_memory(rows):
    delimiter = "," if rows is csv_rows else "\t"
    line = delimiter * 5_000_000
    tracemalloc.start()
    text = message(rows([line], "x"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text.endswith("expected at most 65,536 columns, found 5,000,001")
    assert peak < 100 << 20
    assert len(next(rows([delimiter * (MAX_COLUMNS - 1)], "x"))[1]) == MAX_COLUMNS


@pytest.mark.parametrize("delimiter", [";", "|", "\t", ","])
def test_the_delimiter_shows_in_the_first_rows(delimiter):
    rows = [["text", "label"], ["good, very", "1"], ["bad", "0"], ['a "b" c', "1"]]
    lines = "".join(
        delimiter.join(f'"{cell}"'.replace('a "b', 'a ""b').replace('b" c', 'b"" c') for cell in row) + "\n"
        for row in rows
    )
    assert find_delimiter(lines) == delimiter
    assert [row for _, row in csv_rows([lines], "x", delimiter=delimiter)] == rows


@pytest.mark.parametrize(
    "text",
    [
        "text\none; two\nthree\n",  # as wide as the first row only by a comma
        "text\none\n",
        "a;b\n",  # one row shows nothing
        "",
        "a;b|c\nd;e|f\n",  # two that fit
        "a;b,c\nd;e,f\n",
    ],
)
def test_a_comma_is_meant_unless_another_delimiter_alone_fits(text):
    assert find_delimiter(text) == ","


def test_without_a_header_a_delimiter_is_asked_for():
    text = "good;1\nbad;0\n"
    assert message(with_delimiter([text], "x.csv", None, header=False)[0] for _ in (1,)) == (
        "x.csv: expected commas between columns, found rows that ';' splits into columns; "
        "use --delimiter ';', or --delimiter ',' if there is one column"
    )
    blocks, delimiter = with_delimiter([text], "x.csv", None)
    assert (list(blocks), delimiter) == ([text], ";")
    assert with_delimiter([text], "x.csv", ",", header=False)[1] == ","


def test_delimiters_as_people_write_them():
    assert [check_delimiter(found) for found in (None, ";", "\\t", "tab", "\t")] == [
        None,
        ";",
        "\t",
        "\t",
        "\t",
    ]
    for bad in ("", ";;", '"', "\n", "\0"):
        with pytest.raises(ConfigError, match=r"^delimiter: expected one character, such as ; or \\t, found"):
            ReadingConfig(delimiter=bad)


def test_two_csv_files_with_large_fields_in_turn():
    limit = csv.field_size_limit()
    for _ in csv_rows(["a" * 200_000 + "\n"], "x"):
        pass
    assert csv.field_size_limit() == limit


# JSON


def test_only_the_field_that_is_asked_for_must_be_there_once():
    records = list(json_records(['{"a": 1, "b": {"x": 1, "x": 2}, "a": 2, "text": "t"}\n'], "x"))
    where, record = records[0]
    assert (where, json_field(record, "text", where)) == ("x:1", "t")
    assert message(json_field(record, "a", where) for _ in (1,)) == (
        "x:1: expected a field 'a', found it several times"
    )


@pytest.mark.parametrize("depth", [100, 500, 900, 2000, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_read_or_named(depth, opening):
    closing = "]" if opening == "[" else "}"
    line = '{"text": "t", "deep": ' + opening * depth + "1" + closing * depth + "}"
    if depth <= 500:
        ((_, record),) = json_records([line], "x")
        assert record["text"] == "t"
    elif depth >= 2000:
        expected = "x:1: expected a JSON object, found one that is nested too deep"
        assert message(json_records([line], "x")) == expected
    else:  # it depends on the depth of the stack
        with suppress(FormatError):
            list(json_records([line], "x"))


def test_numbers_of_python_only_do_not_matter_elsewhere():
    ((_, record),) = json_records(['{"text": "t", "n": NaN, "m": -Infinity}'], "x")
    assert json_field(record, "text", "x:1") == "t"


# Names


def test_names_in_messages_are_few_and_short():
    names = ["n" * 100, *map(str, range(100))]
    shown = "n" * 39 + "…, " + ", ".join(map(str, range(19))) + " and 81 more"
    assert message(column_position(names, "text", "x", by_name=True) for _ in (1,)) == (
        f"x: expected a column 'text', found {shown}"
    )


@pytest.mark.parametrize("column", ["9" * 5000, "2", "٣", "²"])
def test_invalid_positions(column):
    message(column_position(["a", "b"], column, "x", by_name=True) for _ in (1,))


def test_a_name_that_columns_share_is_refused():
    assert message(column_position(["text", "text"], "text", "x", by_name=True) for _ in (1,)) == (
        "x: expected one column 'text', found several; give its position, counted from 0"
    )
    assert column_position(["text", "text"], "1", "x", by_name=True) == 1


def test_keys_with_line_breaks_give_one_line():
    ((where, record),) = json_records([json.dumps({"a\nb\x1b[2J": 1})], "x")
    text = message(json_field(record, "text", where) for _ in (1,))
    assert text.startswith("x:1: expected a field 'text', found a")
