"""Labelled texts in every format, and every way they can be bad."""

import bz2
import gzip
import io
import json
import lzma
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.sentiment import read_labelled, read_texts
from wordlab.sentiment.data.formats.base import LabelledFormat
from wordlab.sentiment.data.reading import LABELLED_FORMATS

PAIRS = [("A good film", "pos"), ("Bad, “very” bad", "neg"), ("很好", "pos"), ("so-so", "neg")]
TEXTS, LABELS = zip(*PAIRS, strict=True)
COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}
FORMATS = {
    "named.tsv": "label\ttext\n" + "".join(f"{y}\t{x}\n" for x, y in PAIRS),
    "bare.tsv": "".join(f"{y}\t{x}\n" for x, y in PAIRS),
    "turned.tsv": "".join(f"{x}\t{y}\n" for x, y in PAIRS),
    "crlf.tsv": "".join(f"{y}\t{x}\r\n" for x, y in PAIRS),
    "named.csv": "Sentiment,Review,id\n" + "".join(f'{y},"{x}",{n}\n' for n, (x, y) in enumerate(PAIRS)),
    "lines.jsonl": "".join(json.dumps({"id": 1, "label": y, "text": x}) + "\n" for x, y in PAIRS),
    "lines.txt": "".join(f"{y} {x}\n" for x, y in PAIRS),
    "lines.train": "\n" + "".join(f"{y}\t{x}\n" for x, y in PAIRS),
    "fast.txt": "".join(f"__label__{y} {x}\n" for x, y in PAIRS),
}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def message(error_type, path, **options):
    with pytest.raises(error_type) as caught:
        read_labelled(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("name", FORMATS)
def test_formats(tmp_path, name, suffix):
    path = write(tmp_path / (name + suffix), COMPRESS[suffix](FORMATS[name].encode()))
    found = read_labelled(path)
    assert (found.texts, found.labels, found.source) == (TEXTS, LABELS, str(path))


def test_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"n": range(4), "review": TEXTS, "stars": [5, 1, 5, 1]}), path)
    found = read_labelled(path)
    assert (found.texts, found.labels) == (TEXTS, ("5", "1", "5", "1"))
    assert read_labelled(path, text_column=1, label_column=0).labels == ("0", "1", "2", "3")
    assert message(FormatError, path, text_column="stars", label_column=0) == (
        f"{path}: expected strings in column 'stars', found int64"
    )
    pq.write_table(pa.table({"text": ["a", None], "label": pa.array(["x", "y"]).dictionary_encode()}), path)
    assert read_labelled(path).texts == ("a", "")
    pq.write_table(pa.table({"text": ["a", "b"], "label": ["x", None]}), path)
    assert message(FormatError, path) == f"{path}: row 2: expected a label in 'label', found null"
    assert "expected a Parquet file, found damage" in message(FormatError, write(path, b"PAR1 and no more"))


def test_folders_by_class(tmp_path):
    for number, (text, label) in enumerate(PAIRS):
        write(tmp_path / "train" / label / f"{number}_7.txt", text + "\n")
    write(tmp_path / "train" / "pos" / "9.txt.gz", gzip.compress(b"packed"))
    write(tmp_path / "train" / "pos" / ".hidden.txt", "hidden")
    write(tmp_path / "train" / "pos" / "picture.png", b"\0")
    write(tmp_path / "train" / "unsup" / "0_0.txt", "unlabelled")
    write(tmp_path / "train" / "urls.txt", "http://example.org")
    found = read_labelled(tmp_path / "train")
    assert sorted(zip(found.texts, found.labels, strict=True)) == sorted([*PAIRS, ("packed", "pos")])
    assert found.labels == tuple(sorted(found.labels))
    assert found.notes == (
        "unsup/ is left out, as it has no labels (1 file)",
        "left out beside the folders: 1 file",
        "left out in pos/, as they are not .txt files: 1 file (.png)",
    )
    assert message(FormatError, tmp_path) == (
        f"{tmp_path}: expected a folder for each class with texts in it, found folders in train; "
        f"did you mean {tmp_path / 'train'}?"
    )
    (tmp_path / "empty").mkdir()
    assert "expected a folder for each class with .txt files in it, found none" in message(
        SourceError, tmp_path / "empty"
    )


def test_a_format_is_one_entry_of_the_dict(tmp_path, monkeypatch):
    def read(source):
        for line in "".join(source.blocks()).splitlines():
            text, label = line.split(" | ")
            yield text, (label,)
        source.notes.append("read by the test")

    monkeypatch.setitem(LABELLED_FORMATS, "bars", LabelledFormat(read, suffixes=(".bars",)))
    content = "fine | pos\npoor | neg\n"
    found = read_labelled(write(tmp_path / "x.bars.gz", gzip.compress(content.encode())))
    assert (found.texts, found.labels) == (("fine", "poor"), ("pos", "neg"))
    assert found.notes == ("read by the test",)
    path = write(tmp_path / "x.tsv", content)
    assert read_labelled(path, input_format="bars").labels == ("pos", "neg")
    assert message(ConfigError, path, input_format="bars", text_column=0).startswith(
        f"text_column: expected a table or JSON lines, found {path}"
    )
    assert message(ConfigError, path, input_format="xml").startswith(
        "input_format: expected one of tsv, csv, jsonl, parquet, lines, fasttext, folders, bars, found"
    )


def test_values_of_labels(tmp_path):
    path = write(
        tmp_path / "x.jsonl",
        '{"text": "a", "label": 2}\n{"label": true, "text": "b"}\n{"text": "", "label": 0.5}\n',
    )
    assert read_labelled(path).labels == ("2", "true", "0.5")
    bad = {
        '{"text": "a", "label": null}': "x.jsonl:1: expected a label in 'label', found null",
        '{"text": "a", "label": ["x"]}': "x.jsonl:1: expected one label in 'label', found [\"x\"]; "
        "several are for --model linear --loss ova",
        '{"text": 7, "label": "x"}': "x.jsonl:1: expected a string in field 'text', found a number",
        '{"text": "a", "label": "x"}\n{"text": "a"}': "x.jsonl:2: expected a field 'label', found text",
        "[1]": "x.jsonl: item 1: expected a JSON object, found a number",
    }
    for content, expected in bad.items():
        assert message(FormatError, write(path, content)).endswith(expected)


def test_columns_by_name_and_position(tmp_path):
    path = write(tmp_path / "x.tsv", "id\tquality\twords\n1\tgood\tfine day\n2\tbad\tpoor day\n")
    for text, label in (("words", "quality"), ("2", "1"), (2, 1)):
        header = None if text == "words" else True
        found = read_labelled(path, text_column=text, label_column=label, header=header)
        assert (found.texts, found.labels) == (("fine day", "poor day"), ("good", "bad"))
    assert message(FormatError, path, text_column="body") == (
        f"{path}:1: expected a column 'body', found id, quality, words"
    )
    assert message(FormatError, path, text_column="7") == (
        f"{path}:1: expected a column 7 (counted from 0), found 3 columns"
    )
    assert message(ConfigError, path, text_column="words", header=False) == (
        "text_column: expected a position (0, 1, ...) without a header, found 'words'"
    )
    assert message(ConfigError, path, text_column="words", label_column="words") == (
        "label_column: expected a column other than that of the texts, found 'words'"
    )


def test_columns_by_content(tmp_path):
    rows = [f"{n % 2}\t{n}_{n}\tThis is review {n}" for n in range(8)]
    found = read_labelled(write(tmp_path / "imdb.tsv", "\n".join(rows)))
    assert (found.labels[:3], found.texts[0]) == (("0", "1", "0"), "This is review 0")
    rows = [f"{n % 2}\t{n % 3}\tThis is review {n}" for n in range(8)]  # two columns could be the labels
    path = write(tmp_path / "unclear.tsv", "\n".join(rows))
    assert message(FormatError, path) == (
        f"{path}:1: expected columns of texts and of labels, "
        "found 0 ('0'), 1 ('0'), 2 ('This is review 0'); "
        "name them with --text-column and --label-column"
    )
    assert read_labelled(path, label_column=1).labels[:4] == ("0", "1", "2", "0")


def test_latin_1(tmp_path):
    path = write(tmp_path / "x.all", "0 naïve\n1 déjà vu\n".encode("latin-1"))
    expected = (
        f"{path}: byte 4: expected UTF-8, found 0xef; if it is cp1252, as it seems, use --encoding cp1252"
    )
    assert message(FormatError, path) == expected
    assert read_labelled(path, encoding="latin-1").texts == ("naïve", "déjà vu")
    for encoding in ("klingon", "base64"):  # the second has a codec, which is not one of text
        expected = f"encoding: expected utf-8, utf-16, cp1252 or the like, found {encoding!r}"
        assert message(ConfigError, path, encoding=encoding) == expected
    nul = write(tmp_path / "y.all", b"0 a\0b\n")
    for encoding in ("utf-8", "latin-1"):
        assert "found a NUL byte; is this a binary file?" in message(FormatError, nul, encoding=encoding)
    assert "byte 4: expected ascii, found 0xef" in message(FormatError, path, encoding="ascii")


def test_bad_lines(tmp_path):
    path = write(tmp_path / "x.txt", "__label__a fine\nno label\n")
    assert message(FormatError, path) == f"{path}:2: expected __label__ and a label, found 'no'"
    path = write(tmp_path / "y.txt", "__label__a __label__b fine\n")
    assert message(FormatError, path) == (
        f"{path}:1: expected one label, found several; several are for --model linear --loss ova"
    )
    path = write(tmp_path / "prose.txt", "".join(f"word{n} and so on\n" for n in range(50)))
    assert "found 50 distinct words at the beginning of 50 lines, 50 of them once; are there" in message(
        FormatError, path
    )
    path = write(tmp_path / "ragged.tsv", "a\tb\na\tb\tc\n")
    assert message(FormatError, path) == f"{path}:2: expected 2 fields as in the first row, found 3"
    path = write(tmp_path / "unlabelled.tsv", "pos\ttext\n\tmore text\n")
    assert message(FormatError, path, text_column=1, label_column=0, header=False) == (
        f"{path}:2: expected a label in column 0, found none"
    )


def test_nothing_to_read(tmp_path):
    assert message(SourceError, tmp_path / "missing.tsv").endswith(
        "cannot be read: No such file or directory"
    )
    for name, content in (("x.tsv", ""), ("y.csv", "text,label\n"), ("z.jsonl", "\n"), ("w.txt", "")):
        path = write(tmp_path / name, content)
        assert message(FormatError, path) == f"{path}: expected labelled texts, found none"


def test_options_that_make_no_sense(tmp_path):
    path = write(tmp_path / "x.txt", "pos a\n")
    assert message(ConfigError, path, input_format="xml").startswith("input_format: expected one of tsv, csv")
    assert message(ConfigError, path, input_format="folders") == (
        f"input_format: expected a directory for the format folders, found the file {path}"
    )
    assert message(ConfigError, tmp_path, input_format="tsv") == (
        f"input_format: expected a file for the format tsv, found the directory {tmp_path}"
    )
    assert message(ConfigError, path, label_column="0") == (
        f"label_column: expected a table or JSON lines, found {path}, which has no columns"
    )
    assert message(ConfigError, "-", input_format="parquet").startswith("-: Parquet cannot be read from")


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"pos fine\nneg poor\n")))
    found = read_labelled("-")
    assert (found.texts, found.labels, found.source) == (("fine", "poor"), ("pos", "neg"), "-")


def test_progress(tmp_path):
    events = []
    path = write(tmp_path / "x.tsv", FORMATS["bare.tsv"])
    read_labelled(path, on_progress=events.append)
    assert (events[-1].done, events[-1].total, events[-1].unit) == (path.stat().st_size,) * 2 + ("bytes",)


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.startswith(("lines.t", "fast"))])
def test_texts_without_labels(tmp_path, name):
    path = write(tmp_path / name, FORMATS[name])
    assert tuple(read_texts(path)) == TEXTS


def test_texts_are_lines_where_there_are_no_columns(tmp_path):
    path = write(tmp_path / "x.txt", "\ufeffone\r\n\n three \nfour")
    assert list(read_texts(path)) == ["one", "", " three ", "four"]
    with pytest.raises(ConfigError, match="expected a file of texts, found the directory"):
        read_texts(tmp_path)
    with pytest.raises(FormatError, match="expected a column of texts, found stars"):
        list(read_texts(write(tmp_path / "y.jsonl", '{"stars": 5}')))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.tsv", 'label\ttext\n"pos"\t"fine"\n"neg"\t"poor"\n'),
        ("x.csv", 'label,text\n "pos", "fine"\n "neg", "poor"\n'),
    ],
)
def test_labels_in_quotation_marks(tmp_path, name, content):
    found = message(FormatError, write(tmp_path / name, content))
    assert "expected a label, found one in quotation marks ('\"pos\"'); use --format csv, with" in found


def test_tabs_between_quoted_fields(tmp_path):
    path = write(tmp_path / "x.tsv", 'label\ttext\n"pos"\t"fi\tne"\n"neg"\t"po\nor"\n')
    found = read_labelled(path, input_format="csv", delimiter="tab")
    assert (found.texts, found.labels) == (("fi\tne", "po\nor"), ("pos", "neg"))
