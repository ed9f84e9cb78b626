"""What counts as a label, in every format: one rule for missing ones, one spelling for each class."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import CorpusError, FormatError
from wordlab.sentiment import LabelledTexts, inspect, read_labelled
from wordlab.sentiment.data.labels import label_notes

NAN = float("nan")


def write(path, labels, texts=None):
    """A file of these labels in the format that the name says."""
    texts = texts or [f"text number {n}" for n in range(len(labels))]
    if path.suffix == ".parquet":
        pq.write_table(pa.table({"text": texts, "label": labels}), path)
    elif path.suffix == ".jsonl":
        lines = (json.dumps({"text": x, "label": y}) for x, y in zip(texts, labels, strict=True))
        path.write_text("\n".join(lines))
    else:
        path.write_text("text\tlabel\n" + "".join(f"{x}\t{y}\n" for x, y in zip(texts, labels, strict=True)))
    return path


def message(path, **options):
    with pytest.raises(FormatError) as caught:
        read_labelled(path, **options)
    found = str(caught.value)
    assert "\n" not in found
    assert len(found) < 500
    return found.replace(str(path), path.name)


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("x.parquet", [1.0, NAN, 0.0], "x.parquet: row 2: expected a label in 'label', found nan"),
        ("x.parquet", [1, None, 0], "x.parquet: row 2: expected a label in 'label', found null"),
        ("x.parquet", ["a", None, "b"], "x.parquet: row 2: expected a label in 'label', found null"),
        ("x.parquet", ["a", " ", "b"], "x.parquet: row 2: expected a label in 'label', found none"),
        ("x.parquet", [1.0, float("inf")], "x.parquet: row 2: expected a label in 'label', found inf"),
        ("x.parquet", [[1], [2]], "x.parquet: expected text or numbers in column 'label', found list<"),
        ("x.parquet", [b"a", b"b"], "x.parquet: expected text or numbers in column 'label', found binary"),
        ("x.jsonl", [1, NAN, 0], "x.jsonl:2: expected a label in 'label', found nan"),
        ("x.jsonl", [1, None, 0], "x.jsonl:2: expected a label in 'label', found null"),
        ("x.jsonl", ["a", "", "b"], "x.jsonl:2: expected a label in 'label', found none"),
        (
            "x.jsonl",
            ["a", ["b"]],
            "x.jsonl:2: expected one label in 'label', found [\"b\"]; "
            "several are for --model linear --loss ova",
        ),
        ("x.jsonl", ["a", {"b": 1}], "x.jsonl:2: expected a label in 'label', found an object"),
        ("x.tsv", [1, "", 0], "x.tsv:3: expected a label in 'label', found none"),
        (
            "x.tsv",
            [1, "nan", 0],
            "x.tsv: expected a label for every text, found 'nan' beside numbers for text 2",
        ),
        ("x.tsv", [1.0, "NA", 0.0], "x.tsv: expected a label for every text, found 'NA' beside numbers for"),
        ("x.jsonl", ["1", "NaN"], "x.jsonl: expected a label for every text, found 'NaN' beside numbers for"),
    ],
)
def test_missing_labels_are_errors(tmp_path, name, labels, expected):
    assert message(write(tmp_path / name, labels)).startswith(expected)


@pytest.mark.parametrize(
    ("name", "labels", "classes"),
    [
        ("x.parquet", [1.0, 0.0, 1.0], ("0", "1")),
        ("x.parquet", [True, False], ("false", "true")),
        ("x.parquet", [-0.0, 1.0], ("0", "1")),
        ("x.parquet", [0.5, 1.5], ("0.5", "1.5")),
        ("x.jsonl", [0, 0.0, 1, 1.0, "1"], ("0", "1")),
        ("x.jsonl", [True, "true", False], ("false", "true")),
        ("x.jsonl", [" a ", "a", "b"], ("a", "b")),
        ("x.tsv", ["1.0", "0.0"], ("0.0", "1.0")),  # as they are written, where that is one way
        ("x.tsv", ["01", "1"], ("01", "1")),
    ],
)
def test_one_class_for_each_value(tmp_path, name, labels, classes):
    assert read_labelled(write(tmp_path / name, labels)).classes == classes


@pytest.mark.parametrize(
    ("name", "labels", "found"),
    [
        ("x.jsonl", [1, True, 0], "'1' and 'true'"),
        ("x.jsonl", ["0.0", 0, 1], "'0.0' and '0'"),
        ("x.tsv", ["1", "1.0", "0"], "'1' and '1.0'"),
        ("x.tsv", ["true", "1", "false"], "'true' and '1'"),
        ("x.tsv", ["0", "False"], "'0' and 'False'"),
    ],
)
def test_two_spellings_of_one_value_are_an_error(tmp_path, name, labels, found):
    assert message(write(tmp_path / name, labels)) == (
        f"{name}: expected one spelling of each label, found {found}, which are equal"
    )


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("a\x1b[31mb", "'a\\x1b[31mb', which holds control characters,"),
        ("a\nb", "'a\\nb', which holds control characters,"),
        ("a\u2028b", "'a\\u2028b', which holds control characters,"),
        ("\ud800", "'\\ud800', which holds control characters,"),
        ("x" * 2000, "2000 characters"),
    ],
)
def test_labels_are_one_short_line(tmp_path, label, found):
    path = write(tmp_path / "x.jsonl", ["pos", label])
    assert message(path) == f"x.jsonl: expected a label for every text, found {found} for text 2"


def test_labels_that_may_be_meant_otherwise_are_noted():
    assert label_notes({"pos": 5, "neg": 4, "nan": 1}) == [
        "1 text with the label 'nan': is it missing, or a class?"
    ]
    assert label_notes({"Pos": 5, "pos": 4, "neg\ufeff": 3, "neg": 2, "ﬁn": 2, "fin": 2}) == [
        "the labels 'Pos' and 'pos' look alike, but are two classes",
        "the labels 'neg\\ufeff' and 'neg' look alike, but are two classes",
        "the labels 'ﬁn' and 'fin' look alike, but are two classes",
    ]
    assert label_notes({f"{n / 8}": 3 for n in range(1, 24)}) == [
        "23 distinct numbers as labels: are they amounts, not classes?"
    ]
    assert label_notes({"a": 1, "b": 1, "c": 1, "d": 1, "e": 2}) == ["5 classes for 6 texts"]
    assert label_notes({"1": 3, "2": 3, "3": 2}) == []


@pytest.mark.parametrize("label", [lambda n: f"{n / 60:.3f}", lambda n: f"id_{n}", lambda n: str(n)])
def test_a_class_for_each_text_is_an_error(tmp_path, label):
    data = read_labelled(write(tmp_path / "x.tsv", [label(n) for n in range(60)]))
    with pytest.raises(CorpusError, match=r"expected classes of several texts each, found 60 classes for 60"):
        inspect(data)


def test_few_texts_may_have_as_many_classes():
    data = LabelledTexts(tuple("abc"), ("x", "y", "z"), "x.tsv")
    assert inspect(data).notes == ("3 classes for 3 texts",)
    assert inspect(LabelledTexts(tuple("ab"), ("x", "y"), "x.tsv")).notes == ()
