"""The commands of `wordlab sentiment` that judge: classes, folds, validation files, labelled tables."""

import csv
import json

import pytest

from .conftest import everything_in, run


def results(*arguments):
    result = run("sentiment", *arguments, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_evaluate_shows_each_class(place):
    result = run("sentiment", "evaluate", "model", "test.tsv", "--worst", 0, "--quiet")
    table = result.stdout.partition("By class\n")[2].splitlines()
    assert table[0].split() == ["class", "precision", "recall", "F1", "texts"]
    assert [line.split()[-1] for line in table[1:]] == ["6", "6", "12", "12"]
    assert [line.split("  ")[0] for line in table[3:]] == ["mean, of classes", "mean, by texts"]
    scores = results("evaluate", "model", "test.tsv")["scores"]
    assert [part["label"] for part in scores["by_class"]] == ["neg", "pos"]
    assert scores["macro"]["f1"] == scores["macro_f1"]
    right = [scores["confusion"][place][place] for place in (0, 1)]
    assert [part["recall"] for part in scores["by_class"]] == [count / 6 for count in right]


def test_baselines_say_how_they_do_on_held_out_texts(place):
    arguments = ("train", "reviews.tsv", "--model", "nbsvm", "-o", "b", "--overwrite", "--quiet")
    result = run("sentiment", *arguments)
    assert "held out    100.0% of 48 texts right, in a cross-validation of 5 folds\n" in result.stdout
    found = results(*arguments[:-1], "--validation", "validation.tsv")
    assert found["held_out"] == {
        "accuracy": 1.0,
        "num_texts": 12,
        "num_folds": None,
        "confusion": [[6, 0], [0, 6]],
    }
    result = run("sentiment", *arguments[:-1], "--validation", "validation.tsv")
    assert "Note: validation.tsv: 12 texts also in the training set reviews.tsv\n" in result.stderr
    found = results("train", "reviews.tsv", "--epochs", 1, "-o", "n", "--validation", "validation.tsv")
    assert len(found["history"]["validation_accuracies"]) == 1
    missing = run("sentiment", *arguments, "--validation", "nowhere.tsv")
    assert (missing.exit_code, missing.stderr) == (
        1, "Error: nowhere.tsv: cannot be read: No such file or directory\n",
    )  # fmt: skip


def test_train_cross_validates(place):
    arguments = ("train", "reviews.tsv", "--model", "tfidf", "-o", "b", "--overwrite")
    result = run("sentiment", *arguments, "--folds", 4, "--quiet")
    assert (
        "cross-validation  100.0% right in 4 folds (100.0% to 100.0%, standard deviation 0.0)"
        in result.stdout
    )
    found = results(*arguments, "--folds", 4)
    assert found["cross_validation"] == {"accuracies": [1.0] * 4, "mean": 1.0, "deviation": 0.0}
    assert results(*arguments)["cross_validation"] is None


def test_folds_are_taken_from_a_column_or_a_file(place):
    lines = (place / "reviews.tsv").read_text().splitlines()
    folds = [str(number % 3) for number in range(len(lines) - 1)]
    rows = [f"{line}\t{fold}" for line, fold in zip(lines, ["fold", *folds], strict=True)]
    (place / "folded.tsv").write_text("\n".join(rows) + "\n")
    (place / "folds.txt").write_text("\n".join(folds) + "\n")
    rest = ("--models", "tfidf", "--overwrite", "-o", "c")
    column = results("compare", "folded.tsv", "--fold-column", "fold", "--label-column", "label", *rest)
    listed = results("compare", "reviews.tsv", "--fold-file", "folds.txt", *rest)
    assert len(listed["entries"][0]["folds"]["accuracies"]) == 3
    assert column["entries"][0]["folds"] == listed["entries"][0]["folds"]


def test_compare_cross_validates_and_keeps(place):
    arguments = ("compare", "reviews.tsv", "--folds", 2, "--models", "nbsvm,tfidf", "--set", "nbsvm.ngrams=1")
    result = run("sentiment", *arguments, "-o", "c", "--keep", "kept")
    assert result.exit_code == 0, result.output
    assert "mean of folds" in result.stdout
    assert "100.0% ± 0.0" in result.stdout
    assert "F1 by class" in result.stdout
    assert sorted(name for name in everything_in("kept") if name.count("/") == 1) == [
        "nbsvm/fold-1", "nbsvm/fold-2", "nbsvm/predictions.csv",
        "tfidf/fold-1", "tfidf/fold-2", "tfidf/predictions.csv",
    ]  # fmt: skip
    assert (
        json.loads((place / "kept/nbsvm/fold-1/manifest.json").read_text())["details"]["config"]["ngrams"]
        == 1
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("compare", "reviews.tsv", "--folds", 1), 2,
         "--folds: expected a whole number from 2 to 1000, found 1 (see wordlab sentiment compare --help)"),
        (("compare", "reviews.tsv", "--folds", 3, "--fold-file", "f.txt"), 2,
         "--folds and --fold-file exclude each other (see wordlab sentiment compare --help)"),
        (("compare", "reviews.tsv", "--folds", 3, "--test", "test.tsv"), 2,
         "--test and --test-share expect no folds, which are test texts in turn "
         "(see wordlab sentiment compare --help)"),
        (("compare", "-", "--fold-column", "f"), 2,
         "--fold-column: expected a file, which is read twice, found standard input "
         "(see wordlab sentiment compare --help)"),
        (("compare", "reviews.tsv", "--fold-column", "f"), 1,
         "reviews.tsv:1: expected a column 'f', found label, text"),
        (("compare", "reviews.tsv", "--fold-file", "reviews.txt"), 1,
         "reviews.tsv: expected the fold of each of 48 texts, found 6 folds"),
        (("compare", "reviews.tsv", "--set", "tfidf.beta"), 2,
         "--set: expected MODEL.FIELD=VALUE, found 'tfidf.beta' (see wordlab sentiment compare --help)"),
        (("compare", "reviews.tsv", "--models", "tfidf", "--set", "nbsvm.beta=1"), 2,
         "--set: expected settings of tfidf, found those of 'nbsvm' (see wordlab sentiment compare --help)"),
        (("compare", "reviews.tsv", "--keep", "vectors"), 1,
         "vectors: exists already; models are kept in a new or empty directory"),
        (("train", "reviews.tsv", "--validation", 2), 2,
         "--validation: expected a number from 0.0 to 0.9, found 2.0 (see wordlab sentiment train --help)"),
    ],
)  # fmt: skip
def test_bad_options(place, arguments, code, message):
    result = run("sentiment", *arguments, "-o", "new", "--quiet")
    assert (result.exit_code, result.stderr) == (code, f"Error: {message}\n")
    assert not (place / "new").exists()


def test_predict_labels_a_table(place):
    result = run("sentiment", "predict", "model", "reviews.tsv", "-o", "out.tsv", "--threads", 1)
    assert result.exit_code == 0, result.output
    assert result.stdout == "output  out.tsv\ntexts   48\n"
    with (place / "out.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert list(rows[0]) == ["label", "text", "predicted", "probability", "known_words"]
    found = run("sentiment", "predict", "model", "--file", "reviews.tsv", "--threads", 1, "--quiet")
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["predicted"] for row in rows] == [line["label"] for line in lines]
    assert [int(row["known_words"]) for row in rows] == [line["known_words"] for line in lines]
    again = run("sentiment", "predict", "model", "reviews.tsv", "-o", "out.tsv")
    assert (again.exit_code, again.stderr) == (
        1, "Error: out.tsv: exists already; choose another name or use --overwrite\n",
    )  # fmt: skip
    facts = results("predict", "model", "--file", "reviews.tsv", "-o", "out.tsv", "--overwrite")
    assert (facts["output"], facts["num_texts"], facts["num_guesses"]) == ("out.tsv", 48, 0)


def test_predict_flags_texts_without_a_known_word(place):
    result = run("sentiment", "predict", "model", "zzz yyy", "so good", "--threads", 1)
    assert "zzz yyy  neg          50.0%  none: a guess\n" in result.stdout
    assert "Note: the texts: no word is known of 1 text, whose probabilities are guesses\n" in result.stderr
    found = results("predict", "model", "zzz yyy", "so good")["predictions"]
    assert [(line["known_words"], line["is_guess"]) for line in found] == [(0, True), (2, False)]
    streamed = run("sentiment", "predict", "model", "-", input="zzz\n")
    assert json.loads(streamed.stdout)["is_guess"] is True
    assert "no word is known of 1 text" in streamed.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.csv",), "TEXT...: expected texts, found what looks like the name of a file, "
         "'nowhere.csv', but there is none; to classify the name, pipe it into -"),
        (("reviews.tsv",), "TEXT...: expected texts, found the name of a file, 'reviews.tsv'; use --file "
         "reviews.tsv"),
        (("--prefix", "p", "so good"), "--prefix: expected --output beside it, found none"),
        (("reviews.tsv", "test.tsv", "-o", "o.tsv"), "--output: expected one FILE, found 2"),
        (("-o", "o.tsv"), "--output: expected one FILE, found 0"),
        (("reviews.tsv", "-o", "o.tsv", "--explain"),
         "--explain: expected no --output beside it, found both"),
        (("reviews.tsv", "-o", "o.csv"), "--output: expected a name that ends in .tsv, as the input is, "
         "found o.csv"),
    ],
)  # fmt: skip
def test_predict_rejects(place, arguments, message):
    result = run("sentiment", "predict", "model", *arguments)
    assert (result.exit_code, result.stderr) == (
        2, f"Error: {message} (see wordlab sentiment predict --help)\n",
    )  # fmt: skip
    assert not (place / "o.tsv").exists()


def test_predict_uses_other_names_on_request(place):
    run("sentiment", "predict", "model", "reviews.tsv", "-o", "one.tsv")
    result = run("sentiment", "predict", "model", "one.tsv", "-o", "two.tsv", "--text-column", "text")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1, "Error: one.tsv:1: expected no column 'predicted', which is added, found one; "
        "use --prefix for other names",
    )  # fmt: skip
    again = ("predict", "model", "one.tsv", "-o", "two.tsv", "--text-column", "text", "--prefix", "new_")
    assert results(*again)["num_texts"] == 48
    assert (place / "two.tsv").read_text().splitlines()[0].endswith("known_words\tnew_predicted\t"
        "new_probability\tnew_known_words")  # fmt: skip


def test_cut_is_an_option(place):
    found = results("train", "reviews.tsv", "--epochs", 1, "--max-tokens", 2, "--cut", "start", "-o", "n")
    assert found["config"]["cut"] == "start"
    assert found["cut"]["num_texts"] == 48


@pytest.mark.parametrize("model", ["linear", "paragraph-vectors"])
def test_models_that_hold_nothing_out_are_judged_when_asked(place, model):
    arguments = ("train", "reviews.tsv", "--model", model, "-o")
    assert results(*arguments, "plain")["held_out"] is None
    share = results(*arguments, "share", "--validation", 0.25)["held_out"]
    assert (share["num_texts"], share["num_folds"]) == (12, None)
    file = results(*arguments, "file", "--validation", "validation.tsv")["held_out"]
    assert file["num_texts"] == 12
    done = run("sentiment", "card", "share", "-o", "card.md", "-q")
    assert f"{share['accuracy']:.1%} accuracy on texts held out" in done.stdout
    assert results(*arguments, "folds", "--folds", 2)["held_out"] is None
