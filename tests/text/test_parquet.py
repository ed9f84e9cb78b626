"""Chosen columns of Parquet: types, damage, hostile files; other columns never matter."""

import io
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import FormatError, WordlabError
from wordlab.io.lines import Decoder
from wordlab.text import Corpus, parquet
from wordlab.text.parquet import open_parquet
from wordlab.text.parquet_sizes import text_sizes
from wordlab.text.records import column_position

YEAR_12000 = 3_663_764  # in days since 1970
ODD = {
    "ns": pa.array([1, None], pa.timestamp("ns")),
    "zone": pa.array([1, None], pa.timestamp("us", "Europe/Berlin")),
    "no zone": pa.array([1, None], pa.timestamp("us", "Nowhere/Atall")),
    "far": pa.array([YEAR_12000, None], pa.date32()),
    "farther": pa.array([2**62, None], pa.timestamp("ms")),
    "time": pa.array([1, None], pa.time64("ns")),
    "duration": pa.array([2**62, None], pa.duration("s")),
    "decimal": pa.array([Decimal("1.50"), None], pa.decimal128(38, 2)),
    "binary": pa.array([b"\xff", None]),
    "list": pa.array([["a"], None]),
    "struct": pa.array([{"text": "a"}, None]),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
    "null": pa.nulls(2),
    "half": pa.array([np.float16(1.5), None], pa.float16()),
    "broken": pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")
    ),
}


def write(path, columns, **options):
    names, arrays = (
        zip(*columns.items(), strict=True) if isinstance(columns, dict) else zip(*columns, strict=True)
    )
    pq.write_table(pa.Table.from_arrays(list(arrays), list(names)), path, **options)
    return path


def rows(path, *columns, **options):
    with open_parquet(path, "x", **options) as table:
        positions = [column_position(table.names, column, "x", by_name=True) for column in columns]
        return [cells for _, cells in table.rows(positions)]


def outcome(path, *columns, **options):
    """The message of the error that reading ends in, or what is read."""
    try:
        return "", rows(path, *columns, **options)
    except WordlabError as error:
        return str(error), []


def message(path, *columns, **options):
    with pytest.raises(FormatError) as caught:
        rows(path, *columns, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("odd", ODD)
def test_columns_that_nobody_asked_for_do_not_matter(tmp_path, odd):
    try:
        path = write(tmp_path / "x", {odd: ODD[odd], "text": pa.array(["a", None]), "n": pa.array([1, 2])})
    except pa.ArrowException:
        pytest.skip("this pyarrow does not write it")  # half precision
    assert rows(path, "text", "n") == [("a", 1), (None, 2)]
    assert rows(path, "n", "text") == [(1, "a"), (2, None)]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("ns", "1970-01-01 00:00:00.000000001"),
        ("zone", "1970-01-01 01:00:00.000001+0100"),
        ("no zone", None),
        ("far", None),
        ("farther", None),
        ("time", "00:00:00.000000001"),
        ("duration", None),
        ("decimal", "1.50"),
        ("null", None),
        ("half", 1.5),
    ],
)
def test_scalars_are_read_or_refused_by_name(tmp_path, column, expected):
    path = write(tmp_path / "x", {column: ODD[column]})
    text, found = outcome(path, column)
    if expected is None or column == "zone":  # the time zones of the system may be missing
        assert text.startswith("x: expected ") or isinstance(found[0][0], str | None)
    else:
        assert found[0] == (expected,)


@pytest.mark.parametrize("column", ["binary", "list", "struct", "map"])
def test_bytes_and_nested_values_are_refused_with_their_type(tmp_path, column):
    path = write(tmp_path / "x", {column: ODD[column]})
    assert message(path, column).startswith(f"x: expected text or numbers in column {column!r}, found ")


def test_a_text_column_holds_strings(tmp_path):
    path = write(tmp_path / "x", {"n": pa.array([1]), "d": pa.array(["a"]).dictionary_encode()})
    with open_parquet(path, "x") as table:
        table.check_text(1)
        with pytest.raises(FormatError, match="x: expected strings in column 'n', found int64"):
            table.check_text(0)


def test_broken_utf8(tmp_path):
    path = write(tmp_path / "x", {"text": ODD["broken"]})
    assert message(path, "text") == "x: row 1: byte 0: expected UTF-8, found 0xff"
    decoder = Decoder(strict=False)
    assert rows(path, "text", decoder=decoder) == [("\ufffd",), ("",)]
    assert decoder.num_replaced == 1
    data = path.read_bytes().replace(b"text", b"\xffext")
    path.write_bytes(data)
    with (
        pytest.raises(FormatError, match="x: expected a Parquet file, found damage"),
        open_parquet(path, "x"),
    ):
        pass


def test_columns_of_one_name_are_told_apart(tmp_path):
    path = write(tmp_path / "x", [("a", pa.array(["1"])), ("b", pa.array([2])), ("a", pa.array(["3"]))])
    with open_parquet(path, "x") as table:
        assert table.names == ["a", "b", "a"]
        assert [cells for _, cells in table.rows([2, 1, 0])] == [("3", 2, "1")]


def test_a_long_cell_ends_at_the_limit(tmp_path, monkeypatch):
    long, short = "x" * (3 << 20), ["y"] * 5
    expected = "expected a record of at most 2 MiB, found a longer one; --max-record allows more"
    for texts in ([long], [*short, long], [long] * 100):
        path = write(tmp_path / "x", {"text": pa.array(texts)}, compression="zstd")
        assert message(path, "text", longest=2 << 20).endswith(expected)
        assert len(rows(path, "text")) == len(texts)


def test_one_text_many_times_does_not_take_the_memory_of_all(tmp_path):
    path = write(tmp_path / "x", {"text": pa.array(["x" * (8 << 20)] * 40)}, compression="zstd")
    assert path.stat().st_size < 1 << 20
    with open_parquet(path, "x") as table:
        assert sum(len(text) for _, (text,) in table.rows([0])) == 40 * (8 << 20)
        assert pa.total_allocated_bytes() < 600 << 20


def sample():
    stream = io.BytesIO()
    table = {
        "text": ["a good film", "", None, "zwölf"] * 5,
        "label": pa.array(["x", "y", None, "x"] * 5).dictionary_encode(),
        "when": pa.array([datetime(2020, 1, 1)] * 20, pa.timestamp("ns")),
    }
    pq.write_table(pa.table(table), stream, row_group_size=7)
    return stream.getvalue()


def test_no_mutation_ends_in_a_traceback(tmp_path):
    whole, random = sample(), Random(3)  # noqa: S311 - not for secrets
    path = tmp_path / "x"
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole)
        for _time in range(random.choice((1, 1, 2, 5))):
            place = random.choice((random.randrange(len(data)), len(data) - 1 - random.randrange(600)))
            data[place] = random.choice((0, 1, 0x7F, 0x80, 0xFF, data[place] ^ (1 << random.randrange(8))))
        path.write_bytes(data[: random.choice((len(data), len(data), random.randrange(len(data))))])
        text, found = outcome(path, "text", "label", "when")
        assert not text or text.startswith("x: ")
        assert all(isinstance(cell, str | int | float | bool | None) for row in found for cell in row)
        outcomes.add(bool(text))
    assert outcomes == {False, True}


def test_what_is_not_parquet(tmp_path):
    for content in (b"", b"PAR1", b"PAR1PAR1", b"text\n" * 20, sample()[:-9], b"PAR1" + bytes(100) + b"PAR1"):
        (tmp_path / "x").write_bytes(content)
        assert message(tmp_path / "x").startswith("x: expected a Parquet file, found damage (")


def test_rows_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_BATCH", 1)
    path = write(tmp_path / "x", {"text": pa.array([str(i) for i in range(100)])})
    assert [text for (text,) in rows(path, "text")] == [str(i) for i in range(100)]


@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False}, {"version": "1.0"}, {"row_group_size": 3}]
)
def test_sizes_are_those_of_pyarrow(tmp_path, options):
    table = {"text": ["a" * n for n in range(50)], "n": list(range(50)), "more.text": ["b"] * 50}
    pq.write_table(pa.table(table), tmp_path / "x", **options)
    found = text_sizes(tmp_path / "x", {"text"})
    metadata = pq.read_metadata(tmp_path / "x")
    columns = [metadata.row_group(group).column(0) for group in range(metadata.num_row_groups)]
    assert [size.mean for size in found] == [c.total_uncompressed_size // c.num_values for c in columns]
    assert all(
        (size.repeatable > 0) == column.has_dictionary_page
        for size, column in zip(found, columns, strict=True)
    )
    assert sum(size.repeatable for size in text_sizes(tmp_path / "x", {"more.text"})) < 6 * len(columns)


def test_a_dictionary_says_how_long_its_texts_are(tmp_path):
    write(tmp_path / "x", {"text": pa.array(["x" * 100_000] * 5)}, compression="zstd")
    assert text_sizes(tmp_path / "x", {"text"})[0].repeatable == 100_004
    write(tmp_path / "x", {"text": pa.array(["x" * 100_000] * 5)}, use_dictionary=False,
          column_encoding="DELTA_BYTE_ARRAY")  # fmt: skip
    assert text_sizes(tmp_path / "x", {"text"})[0].repeatable > 100_000


def test_sizes_that_make_no_sense_do_not_end_the_process(tmp_path):
    whole, random = sample(), Random(5)  # noqa: S311 - not for secrets
    for _ in range(3000):
        data = bytearray(whole)
        data[-1 - random.randrange(1500)] = random.randrange(256)
        (tmp_path / "x").write_bytes(data)
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            text_sizes(tmp_path / "x", {"text"})


def test_a_column_inside_another(tmp_path):
    records = [{"text": "good one", "by": {"name": "Ann"}}, None, {"text": None, "by": None}]
    table = pa.table(
        {"review": records, "n": [1, 2, 3], "own.name": ["x", "y", "z"], "own": [{"name": "no"}] * 3}
    )
    pq.write_table(table, tmp_path / "x.parquet")
    with open_parquet(tmp_path / "x.parquet", "x") as file:
        file.look_inside("review.text", "review.by.name", "review.none", "n.text", "own.name", None)
        assert file.names == ["review", "n", "own.name", "own", "review.text", "review.by.name"]
        assert [cells for _, cells in file.rows([4, 1, 5, 2])] == [
            ("good one", 1, "Ann", "x"), (None, 2, None, "y"), (None, 3, None, "z"),
        ]  # fmt: skip
        assert [cells for _, cells in file.batches(4)] == [["good one", None, None]]
        with pytest.raises(FormatError, match=r"expected text or numbers in column 'review', found struct"):
            list(file.rows([0]))
    corpus = Corpus.build([tmp_path / "x.parquet"], tmp_path / "c", text_column="review.text", min_count=1)
    assert list(corpus.lines()) == [["good", "one"]]
    with pytest.raises(FormatError, match=r"expected a column 'review.txt', found review, n, own.name, own$"):
        Corpus.build([tmp_path / "x.parquet"], tmp_path / "d", text_column="review.txt")
