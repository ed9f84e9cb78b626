"""Tables that are written again with a prediction in each row."""

import csv
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import ArtifactError, ConfigError, FormatError, OutputExistsError, SourceError
from wordlab.sentiment import BaselineConfig, train_baseline
from wordlab.sentiment.judging.labelling.files import label_file

from .test_baselines import LABELS, TEXTS

MODEL = train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1))
NEW = ["a good film", 'so "bad", so poor', "", "qqq"]


def expected(texts=NEW):
    return [(p.label, p.probabilities[p.label], p.known_words) for p in MODEL.predict_stream(texts)]


def test_csv_keeps_its_columns(tmp_path):
    path, output = tmp_path / "new.csv", tmp_path / "out.csv"
    with path.open("w", newline="") as file:
        rows = [(number, text, "a\nb") for number, text in enumerate(NEW)]
        csv.writer(file, delimiter=";").writerows([("id", "text", "x"), *rows])
    found = label_file(MODEL, path, output)
    assert (found.num_texts, found.num_guesses) == (4, 2)
    assert found.notes == (
        "the first row is read as names ('id', 'text', 'x'); --no-header reads it as a text",
    )
    with output.open(newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["id", "text", "x", "predicted", "probability", "known_words"]
    assert [row[:3] for row in rows[1:]] == [[str(n), text, "a\nb"] for n, text in enumerate(NEW)]
    assert [(row[3], float(row[4]), int(row[5])) for row in rows[1:]] == expected()


def test_tsv_without_a_header_and_with_quotes(tmp_path):
    path, output = tmp_path / "new.tsv", tmp_path / "out.tsv.gz"
    path.write_text('7\ta "good film\r\n\n8\tso bad\r\n')
    label_file(MODEL, path, output, header=False, text_column=1)
    lines = gzip.decompress(output.read_bytes()).decode().split("\n")
    assert [line.split("\t")[:3] for line in lines] == [
        ["7", 'a "good film', "pos"],
        ["8", "so bad", "neg"],
        [""],
    ]


def test_repeated_column_names_are_left_out(tmp_path):
    path, output = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text("id,text\n1,good\nid,text\n2,bad\n")
    assert label_file(MODEL, path, output, text_column="text").num_texts == 2
    assert [line.split(",")[0] for line in output.read_text().split()] == ["id", "1", "2"]


def test_json_lines_stay_as_they_were(tmp_path):
    path, output = tmp_path / "new.jsonl", tmp_path / "out.jsonl"
    first = '{"id": 1.0, "text": "a good \\u0066ilm",  "more": {"b": [1, 2]}, "n": 12345678901234567890123}'
    path.write_text(f'{first} \n\n{{"text": "qqq"}}\n')
    label_file(MODEL, path, output, prefix="ai_")
    lines = output.read_text().splitlines()
    assert lines[0].startswith(first[:-1] + ', "ai_predicted": "pos", "ai_probability": 0.')
    assert json.loads(lines[1]) == {
        "text": "qqq", "ai_predicted": "neg", "ai_probability": pytest.approx(5 / 9), "ai_known_words": 0,
    }  # fmt: skip


def test_parquet_keeps_its_types(tmp_path):
    path, output = tmp_path / "new.parquet", tmp_path / "out.parquet"
    texts = [*NEW, None] * 600  # several batches
    table = pa.table(
        {
            "when": pa.array([1] * len(texts), type=pa.timestamp("ns")),
            "text": pa.array(texts).dictionary_encode(),
            "tags": pa.array([["a"], []] * (len(texts) // 2)),
        }
    )
    pq.write_table(table, path)
    assert label_file(MODEL, path, output).num_texts == 3_000
    found = pq.read_table(output)
    assert found.schema.types[:3] == table.schema.types
    assert found["when"].cast(pa.int64()).to_pylist() == [1] * len(texts)
    assert [found[name].to_pylist() for name in ("text", "tags")] == [texts, [["a"], []] * (len(texts) // 2)]
    assert list(zip(*(found[name].to_pylist() for name in ("predicted", "probability", "known_words")),
                    strict=True)) == expected([text or "" for text in texts])  # fmt: skip


def test_a_stream_is_not_held(tmp_path):
    """A table of ten thousand rows is read while it is written: never more than two blocks wait."""
    path, waiting = tmp_path / "new.csv", []
    path.write_text("text\n" + "a good film\n" * 10_000)

    class Watched:
        several = False

        def predict_stream(self, texts, **options):
            for number, prediction in enumerate(MODEL.predict_stream(read(texts), **options)):
                waiting.append(num_read - number)
                yield prediction

    num_read = 0

    def read(texts):
        nonlocal num_read
        for text in texts:
            num_read += 1
            yield text

    assert label_file(Watched(), path, tmp_path / "out.csv").num_texts == 10_000
    assert max(waiting) <= 1_000


@pytest.mark.parametrize(
    ("name", "content", "output", "options", "error", "message"),
    [
        ("a.csv", "text,predicted\nx y,z\n", "o.csv", {}, FormatError,
         "a.csv: row 1: expected no column 'predicted', which is added, found one; "
         "use --prefix for other names"),
        ("a.jsonl", '{"text": "x"}\n{"text": "x", "known_words": 1}\n', "o.jsonl", {}, FormatError,
         "a.jsonl:2: expected no column 'known_words', which is added, found one; "
         "use --prefix for other names"),
        ("a.csv", "text,b\nx y,z\n", "o.tsv", {}, ConfigError,
         "output: expected a name that ends in .csv, as the input is, found o.tsv"),
        ("a.txt", "so good\n", "o.csv", {}, ConfigError,
         "output: expected a table or JSON lines to add columns to, found a.txt, which has none"),
        ("a.csv", "", "o.csv", {}, FormatError, "a.csv: expected texts, found none"),
        ("a.jsonl", "", "o.jsonl", {}, FormatError, "a.jsonl: expected texts, found none"),
        ("a.csv", "id,text\n1,x y\n2\n", "o.csv", {}, FormatError,
         "a.csv: row 3: expected 2 fields as in the first row, found 1"),
        ("a.tsv", "id\ttext\n1\tx\n", "o.tsv", {"text_column": "body"}, FormatError,
         "a.tsv:1: expected a column 'body', found id, text"),
        ("a.jsonl", '{"text": "x"}\n{"text": 3}\n', "o.jsonl", {}, FormatError,
         "a.jsonl:2: expected a string in field 'text', found a number"),
        ("b.csv", "text\n", "o.csv", {"missing": True}, SourceError,
         "a.csv: cannot be read: No such file or directory"),
    ],
)  # fmt: skip
def test_bad_tables(tmp_path, monkeypatch, name, content, output, options, error, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(content)
    path = "a.csv" if options.pop("missing", False) else name
    with pytest.raises(error) as caught:
        label_file(MODEL, path, output, **options)
    assert str(caught.value) == message
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_outputs_are_not_replaced(tmp_path):
    path, output = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text("text,x\na good film,1\n")
    output.write_text("kept")
    with pytest.raises(OutputExistsError):
        label_file(MODEL, path, output)
    assert output.read_text() == "kept"
    with pytest.raises(ArtifactError, match=r"new\.csv: is the input .*; choose another name for the output"):
        label_file(MODEL, path, path, overwrite=True)
    assert label_file(MODEL, path, output, overwrite=True).num_texts == 1
    assert output.read_text().startswith("text,x,predicted,probability,known_words\n")


def test_damaged_parquet(tmp_path):
    path = tmp_path / "new.parquet"
    pq.write_table(pa.table({"text": ["a good film"] * 9}), path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FormatError, match="expected a Parquet file, found damage"):
        label_file(MODEL, path, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
