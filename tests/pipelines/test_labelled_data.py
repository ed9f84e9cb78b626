"""The commands of `wordlab sentiment` on files as users have them: one line of error, or a note."""

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import everything_in, run

TEXTS = [f"{('good', 'bad')[n % 2]} film number {n}" for n in range(40)]


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(form, labels):
    return "".join(form.format(text=text, label=labels[n % len(labels)]) for n, text in enumerate(TEXTS))


def train(*words):
    return run("sentiment", "train", *words, "--model", "nbsvm", "-o", "made", "--json")


REFUSED = {
    "label at the end": (
        "x.txt", rows("{text} __label__{label}\n", "pn"),
        "x.txt:1: expected __label__ at the beginning of the line, found it at character 20, "
        "after 'good film number 0 '",
    ),
    "first words": (
        "x.txt", rows("{text}\n", "-") + "the film\na film\nmy film\n",
        "x.txt: expected lines of a label and a text, found 5 distinct words at the beginning of 43 lines, "
        "3 of them once; are there labels? Use --format tsv or csv for columns, --format lines if the first "
        "words are labels",
    ),
    "amounts": (
        "x.csv", "text,label\n" + "".join(f"{text},{n / 60:.3f}\n" for n, text in enumerate(TEXTS)),
        "x.csv: expected classes of several texts each, found 40 classes for 40 texts "
        "('0.000', '0.017', ...); are they amounts or names, or is --label-column another one?",
    ),
    "a zip archive": (
        "x.csv", b"PK\x03\x04" + bytes(600), "x.csv: expected text, found a zip archive; unpack it first"
    ),
    "no text at all": (
        "x.csv", b"%PDF-1.4\n",
        "x.csv: expected text, found a PDF; convert it to text first, with pdftotext for example",
    ),
    "Latin-1": (
        "x.csv", "text,label\nun tr\xe8s bon film fran\xe7ais,1\nun d\xe9sastre,0\n".encode("latin-1"),
        "x.csv: byte 16: expected UTF-8, found 0xe8; if it is cp1252, as it seems, use --encoding cp1252",
    ),
    "nested too deep": (
        "x.jsonl", '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "x.jsonl:1: expected a JSON object, found one that is nested too deep",
    ),
    "half a surrogate pair": (
        "x.jsonl", '{"text": "\\ud800", "label": 1}',
        "x.jsonl:1: expected Unicode text, found half a surrogate pair",
    ),
    "a number of 5,000 digits": (
        "x.jsonl", '{"text": "a", "label": ' + "1" * 5000 + "}",
        "x.jsonl:1: expected a JSON object, found a number with too many digits",
    ),
    "a field twice": (
        "x.jsonl", '{"text": "a", "label": 1, "label": 2}',
        "x.jsonl:1: expected a field 'label', found it several times",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_one_line(case, empty):
    name, content, message = REFUSED[case]
    (empty / name).write_bytes(content.encode() if isinstance(content, str) else content)
    result = train(name)
    assert (result.exit_code, result.stderr) == (1, f"Error: {message}\n")
    assert everything_in(empty) == [name]


OPTIONS = {
    "--delimiter": ("x.csv", rows("{text}, said he~{label}\n", "01"), ["--delimiter", "~"], 40),
    "a semicolon that shows": (
        "x.csv", "Review;Sentiment\n" + rows("{text}, said he;{label}\n", "01"), [], 40
    ),
    "--no-header": ("x.tsv", "n\ttext\n" + rows("{label}\t{text}\n", "nm"), ["--no-header"], 41),
    "--header": ("x.tsv", "v1\tv2\n" + rows("{label}\t{text}\n", "nm"), ["--header"], 40),
    "--encoding": (
        "x.tsv", rows("{label}\tfran\xe7ais {text}\n", "01").encode("latin-1"), ["--encoding", "latin-1"], 40
    ),
    "a byte-order mark": ("x.tsv", rows("{label}\tfran\xe7ais {text}\n", "01").encode("utf-16"), [], 40),
    "--format": ("x.txt", rows("{text}\t{label}\n", "01"), ["--format", "tsv"], 40),
}  # fmt: skip


@pytest.mark.parametrize("case", OPTIONS)
def test_options_of_reading(case, empty):
    name, content, options, number = OPTIONS[case]
    (empty / name).write_bytes(content.encode() if isinstance(content, str) else content)
    result = train(name, *options)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["num_texts"] == number
    for words in (["evaluate", "made", name], ["compare", name, "--models", "nbsvm,tfidf", "-o", "compared"]):
        result = run("sentiment", *words, *options)
        assert result.exit_code == 0, result.stderr


def test_notes_are_shown_by_each_command(empty):
    (empty / "x.tsv").write_text(rows("{label}\t{text}\n", "yn"))
    note = "Note: x.tsv: the first row is read as a text, as 'y' recurs below; --header reads it as names\n"
    for result in (
        train("x.tsv"),
        run("sentiment", "evaluate", "made", "x.tsv", "--json"),
        run("sentiment", "compare", "x.tsv", "--models", "nbsvm", "-o", "a"),
        run("sentiment", "compare", "x.tsv", "--test", "x.tsv", "--models", "nbsvm", "-o", "b"),
    ):
        assert result.exit_code == 0, result.output
        assert result.stderr.count(note) == 1
    assert train("x.tsv", "--quiet", "--overwrite").stderr == ""


def test_parquet_reads_only_what_is_asked_for(empty):
    odd = {
        "bytes": pa.array([b"\xff"] * 40),
        "list": pa.array([[1]] * 40),
        "time": pa.array([2**62] * 40, pa.timestamp("ns", "Europe/Paris")),
        "far": pa.array([10**14] * 40, pa.timestamp("s")),
        "broken": pa.array([b"\xff\xfe"] * 40).view(pa.string()),
    }
    table = {"text": TEXTS, "label": [0, 1] * 20, **odd}
    pq.write_table(pa.table(table), empty / "x.parquet")
    assert json.loads(train("x.parquet").stdout)["classes"] == ["0", "1"]
    del table["text"], table["label"]
    pq.write_table(pa.table({"said": TEXTS, "so": [0.0, 1.0] * 20, **odd}), empty / "y.parquet")
    result = train("y.parquet", "--label-column", "so", "--overwrite")
    assert json.loads(result.stdout)["classes"] == ["0", "1"], result.stderr
    for column, kind in (
        ("bytes", "binary"),
        ("list", "list<element: int64>"),
        ("time", "timestamp[ns, tz=Europe/Paris]"),
    ):
        result = train("x.parquet", "--text-column", column, "--overwrite")
        assert result.stderr == f"Error: x.parquet: expected strings in column {column!r}, found {kind}\n"
    result = train("x.parquet", "--text-column", "broken", "--overwrite")
    assert result.stderr == "Error: x.parquet: row 1: byte 0: expected UTF-8, found 0xff\n"


def test_a_pipe_in_a_folder_is_left_out(empty):
    for label in ("pos", "neg"):
        (empty / "train" / label).mkdir(parents=True)
        for n in range(4):
            (empty / "train" / label / f"{n}.txt").write_text(f"{label} film {n}")
    os.mkfifo(empty / "train" / "pos" / "pipe.txt")
    (empty / "train" / "other").mkdir()
    (empty / "train" / "other" / "page.html").write_text("<p>")
    result = train("train")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-2:] == [
        "Note: train: other/ is left out, as it has no .txt files, only 1 file (.html)",
        "Note: train: left out in pos/, as they are not .txt files: 1 file (not regular)",
    ]


def test_a_record_has_a_limit(empty):
    (empty / "x.csv").write_text("text,label\n" + rows("{text},{label}\n", "01") + f"{'x' * (2 << 20)},0\n")
    result = train("x.csv", "--max-record", 1)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: x.csv: ")
    assert result.stderr.endswith("--max-record allows more\n")
    assert train("x.csv").exit_code == 0


def test_predict_refuses_names_of_files(place):
    for words, message in (
        (["reviews.tsv"],
         "TEXT...: expected texts, found the name of a file, 'reviews.tsv'; use --file reviews.tsv"),
        (["fine", "train"],
         "TEXT...: expected texts, found the name of a directory, 'train'; "
         "to classify the name, pipe it into -"),
        ([], "TEXT...: expected texts, - or --file FILE, found none"),
        (["fine", "--file", "reviews.tsv"], "TEXT...: expected texts, - or --file FILE, found several"),
        (["revews.tsv"],
         "TEXT...: expected texts, found what looks like the name of a file, 'revews.tsv', but there is "
         "none; to classify the name, pipe it into -"),
        (["fine", "--header"], "--header: expected a --file or -, found texts on the command line"),
    ):  # fmt: skip
        result = run("sentiment", "predict", "model", *words)
        expected = f"Error: {message} (see wordlab sentiment predict --help)\n"
        assert (result.exit_code, result.stderr) == (2, expected)


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("x.tsv", "label\ttext\npos\tso good\nneg\tso bad\n", []),
        ("x.csv", "so good;1\nso bad;2\n", ["--no-header", "--text-column", 0, "--delimiter", ";"]),
        ("x.jsonl", '{"text": "so good"}\n{"text": "so bad"}\n', []),
        ("x.txt", "so good\r\nso bad", []),
        ("x.txt", "so good\nso bad\n".encode("utf-16"), []),
        ("x.dat", "said\nso good\nso bad\n", ["--format", "csv", "--header"]),
    ],
)
def test_predict_reads_files(place, name, content, options):
    (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
    result = run("sentiment", "predict", "model", "--file", name, *options)
    assert result.exit_code == 0, result.stderr
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["so good", "so bad"]


def test_predict_reads_parquet(place):
    pq.write_table(pa.table({"id": [1, 2], "said": ["so good", "so bad"]}), place / "x.parquet")
    result = run("sentiment", "predict", "model", "--file", "x.parquet")
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["so good", "so bad"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--file", "nowhere.txt"], "nowhere.txt: cannot be read: No such file or directory"),
        (["--file", "f.txt"], "f.txt:1: expected a text without a label, found __label__"),
    ],
)
def test_files_that_predict_cannot_read(place, words, message):
    (place / "f.txt").write_text("__label__pos fine\n")
    result = run("sentiment", "predict", "model", *words)
    assert (result.exit_code, result.stderr) == (1, f"Error: {message}\n")
