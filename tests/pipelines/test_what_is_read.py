"""What the commands of sentiment say of texts that are not read, or that were trained on."""

import json

import pytest

from wordlab.embeddings import WordVectors
from wordlab.text import Tokenizer, Vocabulary

from .conftest import run

QUICK = ("--epochs", 1, "--threads", 1, "--num-channels", 4, "--hidden", 4)
WORDS = ("the", "king", "met", "a", "good", "bad", "man", "so", "and", "great", "poor", "queen", "of", "is")
CASED = [f"{label}\tThe King met A {verdict} Man {n}" for n in range(12)
         for label, verdict in (("pos", "Good"), ("neg", "Bad"))]  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A directory with vectors/ of lower-cased words and cased.tsv, texts that are not."""
    monkeypatch.chdir(tmp_path)
    matrix = [[float(i == j) for j in range(len(WORDS))] for i in range(len(WORDS))]
    vectors = WordVectors(Vocabulary(WORDS, [0] * len(WORDS)), matrix, tokenizer=Tokenizer("whitespace"))
    vectors.save("vectors")
    (tmp_path / "cased.tsv").write_text("label\ttext\n" + "\n".join(CASED) + "\n")
    return tmp_path


def trained(model, *options):
    result = run("sentiment", "train", "cased.tsv", "-o", model, "--model", model, *options)
    assert result.exit_code == 0, result.output
    return result


LOWER = "Note: {}: 14.3% of the tokens have a vector; in lower case 85.7% would: train with --lowercase\n"


@pytest.mark.parametrize("model", ["textcnn", "birnn", "mean-vectors"])
def test_train_says_what_lower_case_would_bring(here, model):
    options = ("--vectors", "vectors", *(() if model == "mean-vectors" else QUICK))
    result = trained(model, *options)
    assert LOWER.format("cased.tsv") in result.stderr
    assert "14.3% of the tokens" in result.stdout
    facts = json.loads(trained(model, *options, "--overwrite", "--json", "-q").stdout)
    assert facts["coverage"]["tokens"] == pytest.approx(1 / 7)
    assert facts["coverage"]["tokens_lowercased"] == pytest.approx(6 / 7)
    judged = run("sentiment", "evaluate", model, "cased.tsv")
    assert "coverage     " in judged.stdout
    facts = json.loads(run("sentiment", "evaluate", model, "cased.tsv", "--json", "-q").stdout)
    assert 0 < facts["coverage"]["tokens"] <= 1
    told = run("sentiment", "predict", model, "the king is so Great")
    assert "of the tokens have a vector\n" in told.stdout
    facts = json.loads(run("sentiment", "predict", model, "the king is so Great", "--json").stdout)
    assert facts["coverage"]["tokens"] == pytest.approx(4 / 5)
    assert facts["coverage"]["tokens_lowercased"] == 1


def test_compare_has_a_column_and_each_note_once(here):
    arguments = ("compare", "cased.tsv", "--vectors", "vectors", "--models", "mean-vectors,textcnn,nbsvm")
    result = run("sentiment", *arguments, "--epochs", 1, "--threads", 1, "-o", "c")
    assert result.exit_code == 0, result.output
    assert result.stderr.count("train with --lowercase\n") == 1
    header, *rows = result.stdout.splitlines()[:4]
    assert "  coverage  " in header
    assert sum("14.3%" in row for row in rows) == 1  # mean vectors; the network knows its words
    found = json.loads((here / "c" / "results.json").read_text())
    assert {entry["model"]: entry["coverage"] is None for entry in found["entries"]} == {
        "mean-vectors": False, "textcnn": False, "nbsvm": True,
    }  # fmt: skip


def test_texts_that_are_cut_are_counted(here):
    result = trained("textcnn", "--max-tokens", 5, *QUICK)
    note = "cased.tsv: 24 texts cut at --max-tokens, which leaves 28.6% of all tokens unread\n"
    assert f"Note: {note}" in result.stderr
    assert "not read    28.6% of the tokens, cut from 24 texts\n" in result.stdout
    judged = run("sentiment", "evaluate", "textcnn", "cased.tsv")
    assert f"Note: {note}" in judged.stderr
    told = run("sentiment", "predict", "textcnn", "-", input="one two three four five six\nshort\n")
    assert "Note: the texts: 1 text cut at --max-tokens, which leaves 14.3% of all" in told.stderr
    assert len(told.stdout.splitlines()) == 2
    facts = json.loads(run("sentiment", "predict", "textcnn", "a b c d e f g", "--json").stdout)
    assert facts["cut"] == {"num_texts": 1, "tokens": pytest.approx(2 / 7)}


def test_evaluate_on_the_training_file_says_so(place):
    result = run("sentiment", "evaluate", "model", "reviews.tsv")
    assert result.exit_code == 0, result.output
    assert "Note: reviews.tsv: 48 texts that the classifier was trained on\n" in result.stderr
    assert "texts        48, 48 of them trained on\n" in result.stdout
    assert "unseen texts" not in result.stdout
    (place / "mixed.tsv").write_text("label\ttext\npos\tso good and so great 1\nneg\tunlike all\n")
    mixed = run("sentiment", "evaluate", "model", "mixed.tsv", "--calibrate", "validation.tsv", "--quiet")
    assert mixed.stderr == ""
    assert "texts         2, 1 of them trained on\n" in mixed.stdout
    assert "unseen texts  " in mixed.stdout
    loud = run("sentiment", "evaluate", "model", "mixed.tsv", "--calibrate", "validation.tsv")
    assert "Note: validation.tsv: 12 texts that the classifier was trained on\n" in loud.stderr
    facts = json.loads(run("sentiment", "evaluate", "model", "mixed.tsv", "--json", "--quiet").stdout)
    assert (facts["num_seen"], facts["unseen"]["num_texts"]) == (1, 1)


def test_compare_judges_by_unseen_texts_too(place):
    (place / "mixed.tsv").write_text("label\ttext\npos\tso good and so great 1\nneg\tso poor and bad\n")
    arguments = ("compare", "reviews.tsv", "--test", "mixed.tsv", "--models", "nbsvm,tfidf", "-o", "c")
    result = run("sentiment", *arguments)
    assert "1 text of the test set also in this training set\n" in result.stderr
    assert "unseen texts" in result.stdout.splitlines()[0]
    found = json.loads((place / "c" / "results.json").read_text())
    assert found["num_seen"] == 1
    assert [entry["unseen"]["num_texts"] for entry in found["entries"]] == [1, 1]
