"""Names of columns or a first text: told by what recurs below, and an error where it may be either."""

import pytest

from wordlab.errors import ConfigError, FormatError
from wordlab.sentiment import read_labelled


def table(first, labels, number=40, texts="a film of number {}"):
    rows = [f"{labels[n % len(labels)]}\t{texts.format(n)}" for n in range(number)]
    return "\n".join(([first] if first else []) + rows) + "\n"


@pytest.fixture
def read(tmp_path):
    def call(content, **options):
        path = tmp_path / "x.tsv"
        path.write_text(content, encoding="utf-8")
        return read_labelled(path, **options)

    return call


@pytest.mark.parametrize("labels", [("y", "n"), ("message", "review"), ("rating", "text"), ("Y", "N")])
def test_a_usual_name_that_recurs_is_a_label(read, labels):
    found = read(table(None, labels))
    assert len(found) == 40
    assert found.notes == (
        f"the first row is read as a text, as {labels[0]!r} recurs below; --header reads it as names",
    )


def test_columns_in_the_other_order(read):
    found = read("".join(f"a film of number {n}\t{'yn'[n % 2]}\n" for n in range(40)))
    assert (len(found), found.classes) == (40, ("n", "y"))


@pytest.mark.parametrize("first", ["label\ttext", "Stars\tReview", " y \tbody"])
def test_two_usual_names_are_a_header(read, first):
    found = read(table(first, ("pos", "neg")))
    assert (len(found), found.notes) == (40, ())


@pytest.mark.parametrize(
    ("first", "labels"),
    [
        ("Sentiment\tSentimentText", ("pos", "neg")),
        ("toxic\tcomment_text", ("0", "1")),
        ("v1\ttext", ("ham", "spam")),
        ("Kind\tPhrase", ("0.5", "1.5")),
    ],
)
def test_a_header_told_by_less_is_noted(read, first, labels):
    found = read(table(first, labels))
    assert len(found) == 40
    shown = ", ".join(map(repr, first.split("\t")))
    assert found.notes == (f"the first row is read as names ({shown}); --no-header reads it as a text",)


@pytest.mark.parametrize(
    ("first", "labels"),
    [
        ("y\ta film of number 0", ("n", "m")),  # the only yes, or names
        ("v1\tv2", ("ham", "spam")),
        ("0\t1", ("pos", "neg")),
        ("text\tlabel", ("text", "other")),
    ],
)
def test_what_may_be_either_is_an_error(read, first, labels):
    with pytest.raises(FormatError) as caught:
        read(table(first, labels))
    shown = ", ".join(map(repr, first.split("\t")))
    assert str(caught.value).endswith(
        f"x.tsv:1: expected column names, or a text and its label, found what may be either "
        f"({shown}); use --header or --no-header"
    )
    assert len(read(table(first, labels), header=False, label_column=0, text_column=1)) == 41
    assert len(read(table(first, labels), header=True, label_column=0, text_column=1)) == 40


def test_few_rows_without_header(read):
    assert len(read("pos\tfine\nneg\tpoor\n")) == 2
    assert len(read("spam\twin money now\nham\tsee you\nham\tat noon\n")) == 3


def test_names_that_joined_files_repeat_are_left_out(read):
    part = table("label\ttext", ("pos", "neg"), 20)
    found = read(part * 3)
    assert (len(found), found.classes) == (60, ("neg", "pos"))
    assert found.notes == ("left out: 2 rows that repeat the column names",)


def test_header_is_for_tables(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "label": "b"}\n')
    for header in (True, False):
        with pytest.raises(ConfigError, match=r"^header: expected TSV or CSV, found .*x.jsonl, which has no"):
            read_labelled(path, header=header)


def test_one_name_for_two_columns(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,label,text\na,pos,b\nc,neg,d\n")
    with pytest.raises(FormatError, match=r"expected one column 'text', found several; give its position"):
        read_labelled(path)
    assert read_labelled(path, text_column=2).texts == ("b", "d")
