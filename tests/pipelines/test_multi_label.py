"""Texts with several labels on the command line: topics.csv, and topics/, which was trained on it."""

import csv
import json

import pytest

from .conftest import run

HINT = "several are for --model linear --loss ova"
OVA = ("--model", "linear", "--loss", "ova", "--buckets", 1000)


def ok(*arguments, **options):
    result = run(*arguments, **options)
    assert result.exit_code == 0, result.output
    return result


def found(*arguments):
    return json.loads(ok(*arguments, "--json", "--quiet").stdout)


def refused(code, *arguments):
    result = run(*arguments)
    assert result.exit_code == code, result.output
    return result.stderr.strip().splitlines()[-1].removeprefix("Error: ").partition(" (see wordlab")[0]


def write_fasttext(path):
    with open("topics.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["labels"]]
    labels = (" ".join(f"__label__{label}" for label in row["labels"].split(",")) for row in rows)
    lines = [f"{of_text} {row['text']}\n" for of_text, row in zip(labels, rows, strict=True)]
    path.write_text("".join(lines), encoding="utf-8")


def test_training_says_that_there_are_several(place):
    facts = found("sentiment", "train", "topics.csv", *OVA, "--label-separator", ",", "-o", "m")
    assert (facts["several_labels"], facts["classes"], facts["num_texts"]) == (True, ["food", "staff"], 40)
    shown = ok("sentiment", "train", "topics.csv", *OVA, "--label-separator", ",", "-o", "n")
    assert "40 with any of 2 labels: food, staff" in shown.stdout
    assert "guessing" not in shown.stderr


def test_lines_of_fasttext(place):
    write_fasttext(place / "topics.txt")
    facts = found("sentiment", "train", "topics.txt", *OVA, "-o", "m")
    assert (facts["several_labels"], facts["num_texts"]) == (True, 30)
    assert found("sentiment", "evaluate", "m", "topics.txt")["scores"]["num_texts"] == 30


def test_one_label_each_is_as_ever(place):
    facts = found("sentiment", "train", "reviews.tsv", *OVA, "-o", "m")
    assert not facts["several_labels"]
    assert "accuracy" in found("sentiment", "evaluate", "m", "test.tsv")["scores"]


def test_predicting(place):
    shown = found("sentiment", "predict", "topics", "good food", "so", "--threshold", 0.1)["predictions"]
    assert [set(p["labels"]) >= {"food"} for p in shown] == [True, False]
    table = ok("sentiment", "predict", "topics", "food and staff", "--top", 2, "--quiet").stdout
    assert "labels" in table
    assert "food, staff" in table or "staff, food" in table
    none = found("sentiment", "predict", "topics", "so", "--threshold", 1)["predictions"][0]
    assert none["labels"] == []
    assert "-" in ok("sentiment", "predict", "topics", "so", "--threshold", 1, "--quiet").stdout
    lines = ok("sentiment", "predict", "topics", "-", "--top", 1, "--quiet", input="good food\n").stdout
    assert json.loads(lines)["labels"] == ["food"]


def test_explaining(place):
    (shown,) = found("sentiment", "predict", "topics", "good food", "--explain", "--top", 2)["predictions"]
    assert list(shown["reasons"]) == shown["labels"]
    assert shown["reasons"]["food"][0]["weight"] > 0
    text = ok("sentiment", "predict", "topics", "good food", "--explain", "--top", 2, "--quiet").stdout
    assert "for and against food" in text
    assert "for and against staff" in text


def test_top_and_threshold_are_for_all_models(place):
    (shown,) = found("sentiment", "predict", "model", "so good", "--top", 2)["predictions"]
    assert set(shown["labels"]) == {"pos", "neg"}
    assert "labels" not in found("sentiment", "predict", "model", "so good")["predictions"][0]


def test_tables_are_labelled_with_lists(place):
    ok("sentiment", "predict", "topics", "topics.csv", "-o", "out.csv", "--threshold", 0.3, "--quiet")
    with open("out.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    predicted = [sorted(json.loads(row["predicted"])) for row in rows[:4]]
    assert predicted == [["food"], ["staff"], ["food", "staff"], []]


def test_evaluating(place):
    facts = found("sentiment", "evaluate", "topics", "topics.csv", "--label-separator", ",", "--at", "1,2")
    assert facts["scores"]["num_unlabelled"] == 10
    assert [at["number"] for at in facts["scores"]["first"]] == [1, 2]
    assert facts["num_seen"] == 40
    shown = ok("sentiment", "evaluate", "topics", "topics.csv", "--label-separator", ",", "--threshold", 0.99)
    for part in ("10 without a label", "threshold", "all together", "mean of labels", "missed"):
        assert part in shown.stdout
    assert "40 texts that the classifier was trained on" in shown.stderr


def test_labels_of_the_test_set_alone_are_left_out(place):
    (place / "test.csv").write_text('text,labels\nfood,"food,wine"\nstaff,beer\n', encoding="utf-8")
    result = ok("sentiment", "evaluate", "topics", "test.csv", "--label-separator", ",")
    assert (
        "test.csv: left out: 2 labels that the classifier does not know ('beer', 'wine'), given 2 times"
        in result.stderr.replace("\n", " ")
    )


@pytest.mark.parametrize("model", ["nbsvm", "textcnn", "linear", "auto"])
def test_other_models_name_the_line_and_the_model(place, model):
    (place / "x.txt").write_text("__label__a good\n__label__a __label__b bad\n", encoding="utf-8")
    assert refused(1, "sentiment", "train", "x.txt", "--model", model, "-o", "m") == (
        f"x.txt:2: expected one label, found several; {HINT}"
    )


def test_other_commands_name_the_line_and_the_model(place):
    (place / "x.jsonl").write_text('{"text": "good", "label": ["a", "b"]}\n', encoding="utf-8")
    message = f"""x.jsonl:1: expected one label in 'label', found ["a", "b"]; {HINT}"""
    assert refused(1, "sentiment", "compare", "x.jsonl", "--models", "linear", "-o", "m") == message
    assert refused(1, "sentiment", "evaluate", "model", "x.jsonl") == message


def test_options_that_do_not_fit(place):
    assert refused(2, "sentiment", "train", "topics.csv", "--label-separator", ",", "-o", "m") == (
        f"--label-separator: expected a model that takes several labels, found textcnn; {HINT}"
    )
    assert refused(
        2, "sentiment", "train", "topics.csv", *OVA, "--label-separator", ",", "--folds", 2, "-o", "m"
    ) == ("--folds: expected texts of one label each, found several in topics.csv")
    for option in (("--threshold", 0.5), ("--at", "1"), ("--label-separator", ",")):
        assert refused(2, "sentiment", "evaluate", "model", "test.tsv", *option) == (
            f"{option[0]}: expected a classifier whose texts have several labels, found another"
        )
    assert refused(2, "sentiment", "evaluate", "topics", "topics.csv", "--calibrate", "test.tsv") == (
        "--calibrate: expected a classifier whose texts have one label each, found another"
    )
    assert refused(
        2, "sentiment", "evaluate", "topics", "topics.csv", "--label-separator", ",", "--at", "0"
    ) == ("--at: expected a whole number from 1 to 1000000, found 0")


def test_files_of_fasttext_keep_it(place):
    ok("sentiment", "export", "topics", "topics.bin")
    ok("sentiment", "import", "topics.bin", "-o", "again")
    (one,) = found("sentiment", "predict", "topics", "good food")["predictions"]
    (other,) = found("sentiment", "predict", "again", "good food")["predictions"]
    assert one["labels"] == other.get("labels", one["labels"])
