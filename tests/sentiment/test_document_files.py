"""Texts with ids from files as users have them, row by row."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.sentiment import read_documents
from wordlab.sentiment.documents import reading


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


CSV = 'review_id,stars,review\nr1,5,"Great, really: ""great"""\nr2,1,"two\nlines"\nr3,3,\n'


def test_a_csv_as_users_have_it(tmp_path):
    path = written(tmp_path / "reviews.csv", "\ufeff" + CSV.replace("\n", "\r\n"))
    notes = []
    found = list(read_documents(path, id_column="review_id", notes=notes))
    assert found == [("r1", 'Great, really: "great"'), ("r2", "two\r\nlines"), ("r3", "")]
    assert notes == []
    assert [id for id, _ in read_documents(path)] == ["0", "1", "2"]
    assert [id for id, _ in read_documents(path, id_column=1, text_column=2)] == ["5", "1", "3"]


def test_tables_without_a_header(tmp_path):
    path = written(tmp_path / "a.tsv", 'a7\t"a film\nb8\tanother film"\n')
    assert list(read_documents(path, id_column=0, header=False)) == [
        ("a7", '"a film'),
        ("b8", 'another film"'),
    ]
    with pytest.raises(ConfigError, match=r"id_column: expected a position .* without a header, found 'id'"):
        read_documents(path, id_column="id", header=False)


def test_json_lines(tmp_path):
    rows = [{"id": 7, "text": "a"}, {"id": "x", "text": "b"}, {"id": 2.0, "text": ""}]
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    assert list(read_documents(path, id_column="id")) == [("7", "a"), ("x", "b"), ("2", "")]


def test_parquet(tmp_path):
    pq.write_table(pa.table({"key": [3, 4], "body": ["a", None]}), tmp_path / "a.parquet")
    assert list(read_documents(tmp_path / "a.parquet", id_column="key")) == [("3", "a"), ("4", "")]
    assert list(read_documents(tmp_path / "a.parquet")) == [("0", "a"), ("1", "")]


def test_lines(tmp_path):
    path = written(tmp_path / "a.txt", "one\n\nthree")
    assert list(read_documents(path)) == [("0", "one"), ("1", ""), ("2", "three")]
    with pytest.raises(ConfigError, match=r"id_column: expected a table or JSON lines, found .*a\.txt"):
        read_documents(path, id_column="id")


def test_what_joined_files_repeat_is_left_out_and_said(tmp_path):
    path = written(tmp_path / "a.csv", CSV + CSV)
    notes = []
    assert len(list(read_documents(path, id_column="review_id", notes=notes))) == 6
    assert notes == ["left out: 1 row that repeats the column names"]


@pytest.mark.parametrize("suffix", ["tsv", "csv", "jsonl", "parquet"])
def test_no_more_than_the_first_rows_are_held(tmp_path, suffix, monkeypatch):
    """What is wrong in a later row shows when that row is reached, and not before."""
    monkeypatch.setattr(reading, "_SAMPLED", 3)
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.table({"id": [*map(str, range(9)), None], "text": 10 * ["a"]}), path)
    elif suffix == "jsonl":
        rows = [*({"id": n, "text": "a"} for n in range(9)), {"id": None, "text": "a"}]
        written(path, "\n".join(map(json.dumps, rows)))
    else:
        mark = "\t" if suffix == "tsv" else ","
        written(path, f"id{mark}text\n" + "".join(f"{n}{mark}a\n" for n in range(9)) + f"{mark}a\n")
    rows = read_documents(path, id_column="id")
    assert [next(rows)[0] for _ in range(9)] == [str(n) for n in range(9)]
    with pytest.raises(FormatError, match=r"expected an id, text or a whole number, found none"):
        next(rows)


@pytest.mark.parametrize(
    ("name", "content", "options", "error", "message"),
    [
        ("a.csv", CSV, {"id_column": "nr"}, FormatError,
         r"a\.csv: row 1: expected a column 'nr', found review_id, stars, review"),
        ("a.csv", CSV, {"id_column": "review"}, ConfigError,
         "id_column: expected a column other than that of the texts, found 'review'"),
        ("a.tsv", "id\ttext\n1\ta\tb\n", {}, FormatError, r"a\.tsv:2: expected 2 fields .*, found 3"),
        ("a.jsonl", '{"text": "a"}\n{"txt": "a"}\n', {}, FormatError, r"a\.jsonl:2: expected a field 'text'"),
        ("a.jsonl", '{"text": "a", "id": []}\n', {"id_column": "id"}, FormatError, "found \\[\\]"),
        ("a.jsonl", '{"text": "a", "id": true}\n', {"id_column": "id"}, FormatError, "found True"),
        ("a.jsonl", '{"text": "a", "id": 1.5}\n', {"id_column": "id"}, FormatError, r"found 1\.5"),
        ("a.jsonl", '{"text": "\\ud800"}\n', {}, FormatError, r"a\.jsonl:1: "),
        ("a.csv", b"id,text\n1,caf\xe9\n", {}, FormatError, r"a\.csv: byte 13: expected UTF-8"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path, name, content, options, error, message):
    with pytest.raises(error, match=message):
        list(read_documents(written(tmp_path / name, content), **options))


@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "a.csv", "a.jsonl"])
def test_empty_files(tmp_path, name):
    with pytest.raises(FormatError, match=f"{name}: expected texts, found none"):
        list(read_documents(written(tmp_path / name, "")))


def test_what_is_no_file(tmp_path):
    with pytest.raises(SourceError, match=r"missing\.tsv: cannot be read"):
        read_documents(tmp_path / "missing.tsv")
    with pytest.raises(ConfigError, match="input_format: expected a file of texts, found the directory"):
        read_documents(tmp_path)
