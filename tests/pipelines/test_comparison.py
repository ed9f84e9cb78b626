"""`sentiment evaluate` and `sentiment compare`: results, pictures and errors."""

import json

import pytest

from wordlab.artifact import load
from wordlab.sentiment.judging.comparison import KIND, read_results
from wordlab.sentiment.models.names import MODELS

from .conftest import everything_in, run


def results(*arguments):
    result = run(*arguments, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_evaluate(place):
    found = results("sentiment", "evaluate", "model", "test.tsv", "--worst", 3)
    scores = found["scores"]
    assert (scores["num_texts"], scores["classes"]) == (12, ["neg", "pos"])
    right = scores["confusion"][0][0] + scores["confusion"][1][1]
    assert scores["accuracy"] == right / 12
    assert scores["interval"][0] < scores["accuracy"] <= scores["interval"][1]
    assert len(found["mistakes"]) == min(3, 12 - right)
    assert (found["temperature"], found["calibrated"]) == (None, None)


def test_evaluate_draws_and_calibrates(place):
    arguments = ("evaluate", "model", "test.tsv", "--plot", "c.png", "--reliability", "r.svg")
    result = run("sentiment", *arguments, "--calibrate", "validation.tsv", "--quiet")
    assert result.exit_code == 0, result.output
    assert "calibrated   expected error" in result.stdout
    assert "True classes (rows) by predicted classes (columns)" in result.stdout
    assert (place / "c.png").read_bytes()[:4] == b"\x89PNG"
    assert (place / "r.svg").read_bytes()[:5] == b"<?xml"
    again = run("sentiment", *arguments)
    assert (again.exit_code, again.stderr.splitlines()[-1]) == (
        1, "Error: c.png: exists already; choose another name or use --overwrite",
    )  # fmt: skip


def test_evaluate_rejects_bad_input(place):
    (place / "odd.tsv").write_text("label\ttext\npos\tfine\nmixed\tso so\n")
    result = run("sentiment", "evaluate", "model", "odd.tsv", "--quiet")
    assert (result.exit_code, result.stderr) == (
        1, "Error: expected labels that the classifier knows (neg, pos), found mixed\n",
    )  # fmt: skip
    result = run("sentiment", "evaluate", "vectors", "test.tsv", "--quiet")
    assert (result.exit_code, result.stderr) == (
        1, "Error: vectors: expected an artefact of kind 'classifier', found 'vectors', "
        "which WordVectors.load loads\n",
    )  # fmt: skip
    result = run("sentiment", "evaluate", "model", "test.tsv", "--text-column", "words", "--quiet")
    assert (result.exit_code, result.stderr) == (
        1, "Error: test.tsv:1: expected a column 'words', found label, text\n",
    )  # fmt: skip


def test_compare(place):
    found = results(
        "sentiment", "compare", "reviews.tsv", "--test", "test.tsv", "--vectors", "vectors", "--epochs", 2,
        "--threads", 1, "-o", "comparison",
    )  # fmt: skip
    assert sorted(entry["model"] for entry in found["entries"]) == sorted(MODELS)
    accuracies = [entry["scores"]["accuracy"] for entry in found["entries"]]
    assert accuracies == sorted(accuracies, reverse=True)
    assert all(entry["num_bytes"] > 1000 and entry["latency"] > 0 for entry in found["entries"])
    assert 0 < found["test"]["p_value"] <= 1
    assert read_results("comparison") == {key: value for key, value in found.items() if key != "output"}
    assert everything_in("comparison") == ["comparison.png", "manifest.json", "results.json"]
    manifest = load("comparison", kind=KIND, format_version=1).manifest
    assert manifest["parents"]["vectors"]


def test_compare_holds_out_a_share(place):
    arguments = ("compare", "reviews.tsv", "--test-share", 0.25, "--models", "nbsvm,tfidf")
    result = run("sentiment", *arguments, "-o", "c", "--seed", 3)
    assert result.exit_code == 0, result.output
    assert "NB-SVM" in result.stdout
    assert "McNemar's exact test, p = " in result.stdout
    found = results("sentiment", *arguments, "-o", "d", "--seed", 3)
    assert (found["num_training"], found["entries"][0]["scores"]["num_texts"]) == (36, 12)


def test_compare_notes_what_leaks(place):
    result = run("sentiment", "compare", "reviews.tsv", "--test", "test.tsv", "--models", "nbsvm", "-o", "c")
    assert result.exit_code == 0, result.output
    assert "Note: reviews.tsv: 12 texts of the test set also in this training set\n" in result.stderr
    assert "McNemar" not in result.stdout  # one model alone


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--models", "svm"), 2, "--models: expected some of nbsvm, tfidf, mean-vectors, linear, "
         "paragraph-vectors, textcnn, birnn, found 'svm' (see wordlab sentiment compare --help)"),
        (("--models", "tfidf,tfidf"), 2, "--models: expected each model once, found tfidf, tfidf "
         "(see wordlab sentiment compare --help)"),
        (("--models", "mean-vectors"), 2, "--models: expected vectors for 'mean-vectors', found none "
         "(see wordlab sentiment compare --help)"),
        (("--test", "test.tsv", "--test-share", "0.1"), 2,
         "--test and --test-share exclude each other (see wordlab sentiment compare --help)"),
        (("--test-share", "1.5", "--models", "tfidf"), 2, "Invalid value for '--test-share': "
         "1.5 is not in the range 0<x<1 (see wordlab sentiment compare --help)"),
    ],
)  # fmt: skip
def test_compare_rejects_bad_options(place, arguments, code, message):
    result = run("sentiment", "compare", "reviews.tsv", *arguments, "-o", "c", "--quiet")
    assert (result.exit_code, result.stderr) == (code, f"Error: {message}\n")
    assert not (place / "c").exists()


def test_baselines_are_trained_and_used(place):
    arguments = ("train", "reviews.tsv", "-o", "b", "--overwrite", "--vectors", "vectors", "--quiet")
    for name in ("nbsvm", "tfidf", "mean-vectors"):
        found = results("sentiment", *arguments[:-1], "--model", name)
        assert (found["model"], found["num_texts"], found["classes"]) == (name, 48, ["neg", "pos"])
        assert found["config"]["model"] == name
        assert results("sentiment", "evaluate", "b", "test.tsv")["scores"]["accuracy"] > 0.6
        explained = run("sentiment", "predict", "b", "the king met a good man", "--explain", "--json")
        assert json.loads(explained.stdout)["predictions"][0]["reasons"]
    result = run("sentiment", *arguments, "--model", "nbsvm", "--ngrams", 3, "--beta", 0.25, "--cost", 2)
    assert "NB-SVM," in result.stdout
    streamed = run("sentiment", "predict", "b", "-", input=b"so good\nso bad\n")
    assert [json.loads(line)["label"] for line in streamed.stdout.splitlines()] == ["pos", "neg"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "nbsvm", "--epochs", 3), "--epochs: expected one of the models textcnn, birnn, linear, "
         "paragraph-vectors, found nbsvm"),
        (("--model", "tfidf", "--device", "cuda"), "--device: expected one of the models textcnn, birnn, "
         "found tfidf"),
        (("--model", "textcnn", "--ngrams", 3), "--ngrams: expected one of the models nbsvm, tfidf, "
         "mean-vectors, linear, paragraph-vectors, found textcnn"),
        (("--model", "mean-vectors"), "--model mean-vectors needs --vectors"),
        (("--model", "nbsvm", "--beta", 3), "--beta: expected a number from 0.0 to 1.0, found 3.0"),
    ],
)  # fmt: skip
def test_options_for_other_models_are_rejected(place, arguments, message):
    result = run("sentiment", "train", "reviews.tsv", "-o", "new", *arguments, "--quiet")
    assert (result.exit_code, result.stderr) == (
        2, f"Error: {message} (see wordlab sentiment train --help)\n",
    )  # fmt: skip
    assert not (place / "new").exists()
