"""Lines with labels that are not where they are looked for: named, and never trained on."""

from random import Random

import pytest

from wordlab.errors import FormatError
from wordlab.sentiment import read_labelled

GOOD, BAD = ("warm", "great", "superb", "funny"), ("dull", "weak", "cold", "awful")


def texts(number=40):
    random = Random(3)  # noqa: S311 - not for secrets
    return [" ".join(random.choices((GOOD, BAD)[n % 2], k=5)) for n in range(number)]


LABELS = [("pos", "neg")[n % 2] for n in range(40)]
PROSE = """\
It was a quiet film and nobody in the row before us spoke.
The first half is slow, the second a little faster.
Nobody had told me that the film was a musical.
After an hour I wanted to leave, but the door was locked.
We laughed at the wrong places, which was a pity.
Her voice is the best thing in it.
I have seen it twice and would see it again.
Most of the jokes are old, and some were never good.
"""


def message(tmp_path, lines, name="x.txt", **options):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_labelled(path, **options)
    found = str(caught.value)
    assert found.startswith(str(path))
    assert "\n" not in found
    return found.removeprefix(str(path))


def joined(form):
    return [form.format(label=label, text=text) for label, text in zip(LABELS, texts(), strict=True)]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            "{text} __label__{label}",
            "expected __label__ at the beginning of the line, found it at character ",
        ),
        ("7 __label__{label} {text}", "beginning of the line, found it at character 3, after '7 '"),
        ('"__label__{label} {text}"', "beginning of the line, found it at character 2, after '\"'"),
        ("'__label__{label}' {text}", 'beginning of the line, found it at character 2, after "\'"'),
        ("{text}\t__label__{label}", "beginning of the line, found it at character "),
        ("__label__{label},{text}", "expected white space after the label, found ',' in '__label__"),
        ("__label__{label};{text}", "expected white space after the label, found ';' in '__label__"),
        ("__label__{label}, {text}", "expected white space after the label, found ',' in '__label__pos,'"),
        ("__label__{label}|{text}", "expected white space after the label, found '|' in '__label__"),
        ("__label__{label}::{text}", "found 8 distinct words at the beginning of 40 lines, which also"),
        ("__label__{label} __label__x {text}", "expected one label, found several"),
        ("__label__{label} {text} __label__x", "expected one label, found several"),
        ("__label__{label},__label__x {text}", "expected one label, found several"),
        ("__label__ {label} {text}", "expected __label__ and a label, found '__label__'"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"input_format": "fasttext"}])
def test_fasttext_with_the_label_elsewhere(tmp_path, form, expected, options):
    assert expected in message(tmp_path, joined(form), **options)


@pytest.mark.parametrize("place", [0, 1, 20, 39])
def test_one_line_without_label_is_named(tmp_path, place):
    lines = joined("__label__{label} {text}")
    lines[place] = "a line of another kind"
    assert message(tmp_path, lines) == f":{place + 1}: expected __label__ and a label, found 'a'"


def test_a_comma_in_a_few_lines_is_found_too(tmp_path):
    lines = joined("__label__{label} {text}")
    lines[7] = "__label__neg,dull and cold"
    assert message(tmp_path, lines).startswith(":8: expected white space after the label, found ',' in")


def test_fasttext_lines_may_be_indented_and_hold_tabs(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(joined("  __label__{label}\t{text}  ")))
    found = read_labelled(path)
    assert (found.texts, found.labels) == (tuple(texts()), tuple(LABELS))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{text} .\t{label}", "' is the first); is the label in another one? Use --format tsv"),
        ("7\t{text}\t{label}", "expected a label at the beginning of the line, found tab-separated columns"),
        ("{text} {label}", "which also make up the texts; are there labels?"),
        ("{text}, {label}", "which also make up the texts; are there labels?"),
        ("{text}", "which also make up the texts; are there labels?"),
        ("{label},{text}", "found ',' in 'pos,"),
        ("{label};{text}", "put a space there, or use --format csv --delimiter ';'"),
        ('"{label}","{text}"', "expected white space after the label, found "),
        ('"{label} {text}"', "expected white space after the label, found '\"' in '\"pos'"),
        ("{label}|{text}", "found '|' in 'pos|"),
        ("{label}::{text}", "which also make up the texts"),
        ('{{"label": "{label}", "text": "{text}"}}', "found '\"' in '{\"label\":'"),
    ],
)
def test_first_words_are_not_labels(tmp_path, form, expected):
    lines = joined(form)
    if form.startswith("7"):
        lines = [f"{number}{line[1:]}" for number, line in enumerate(lines)]
    assert expected in message(tmp_path, lines)


def test_words_with_a_label_after_a_tab(tmp_path):
    lines = [f"word{number}\t{label}" for number, label in enumerate(LABELS)]
    assert "found tab-separated columns ('word0' is the first)" in message(tmp_path, lines)


def test_prose_has_no_labels(tmp_path):
    found = message(tmp_path, PROSE.splitlines())
    assert "found 8 distinct words at the beginning of 8 lines" in found


@pytest.mark.parametrize(
    "labels",
    [
        ("good", "bad"),
        ("0", "1"),
        ("1", "2", "3", "4", "5"),
        ("joy", "fear", "anger", "love"),
        ("DESC:manner", "ENTY:food", "NUM:date"),
        ("I", "O"),
    ],
)
def test_labels_that_are_words_too(tmp_path, labels):
    path = tmp_path / "x.txt"
    lines = [f"{labels[n % len(labels)]} {PROSE.splitlines()[n % 8]} A good one." for n in range(40)]
    path.write_text("\n".join(lines))
    assert set(read_labelled(path).labels) == set(labels)


def test_asking_for_lines_gets_lines(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text(PROSE)
    assert read_labelled(path, input_format="lines").labels[:2] == ("It", "The")
    path.write_text("topic0 about __label__ in texts\n" * 3 + "topic1 of another kind\n" * 5)
    assert read_labelled(path).classes == ("topic0", "topic1")
