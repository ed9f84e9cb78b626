"""`wordlab sentiment train --model auto`: what it keeps, what it says, and what it refuses."""

import json

import pytest

from wordlab.sentiment import load_classifier

from .conftest import run


@pytest.fixture
def reviews(tmp_path):
    rows = [f"{'pos' if n % 2 else 'neg'}\t{'good' if n % 2 else 'bad'} film {n}\n" for n in range(60)]
    (tmp_path / "reviews.tsv").write_text("".join(rows))
    return tmp_path / "reviews.tsv"


def train(reviews, *options):
    return run("sentiment", "train", reviews, "--model", "auto", "-o", reviews.with_name("model"), *options)


def test_the_best_is_kept_and_all_are_shown(reviews):
    result = train(reviews, "--threads", 1, "-q")
    assert result.exit_code == 0, result.output
    tried = result.stdout[result.stdout.index("Tried") :].split("\n\n")[0].splitlines()[2:]
    assert [row.split()[0] for row in tried] == ["linear", "nbsvm", "textcnn"]
    assert load_classifier(reviews.with_name("model")).predict(["good film", "bad film"]) == ["pos", "neg"]


def test_json_lists_the_trials(reviews):
    result = train(reviews, "--time-limit", "0.1s", "--seed", 3, "--json", "-q")
    facts = json.loads(result.stdout)
    assert facts["model"] == "linear"
    assert [trial["model"] for trial in facts["trials"]] == ["linear", "nbsvm", "textcnn"]
    assert facts["trials"][2]["failure"] in ("no time was left", "stopped at the limit of time")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--epochs", 3), "--epochs: expected one of the models textcnn, birnn, linear, paragraph-vectors, "
         "found auto"),
        (("--folds", 3), "--folds: expected the name of a model, found --model auto"),
        (("--time-limit", "soon"), "Invalid value for '--time-limit': expected a time like 30s, 5m or 1h, "
         "found 'soon'"),
    ],
)  # fmt: skip
def test_what_is_for_named_models_is_refused(reviews, options, message):
    result = train(reviews, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")
    assert not reviews.with_name("model").exists()


def test_a_limit_of_time_is_for_auto(reviews):
    result = run(
        "sentiment", "train", reviews, "--model", "nbsvm", "--time-limit", "3m", "-o", reviews.parent / "m"
    )
    assert result.stderr.startswith("Error: --time-limit: expected one of the models auto, found nbsvm")


def test_unlabelled_texts_are_not_cross_validated(reviews):
    options = ("--model", "paragraph-vectors", "--unlabelled", reviews, "--folds", 3)
    result = run("sentiment", "train", reviews, *options, "-o", reviews.parent / "m")
    assert result.stderr.startswith(
        "Error: --folds: expected no --unlabelled texts, which are not cross-validated"
    )
