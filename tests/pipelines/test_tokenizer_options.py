"""The options of a tokenizer: the same in every command, and recorded where new texts need them."""

import json

import numpy as np
import pytest

from pipelines.cli import wordlab
from wordlab.embeddings import WordVectors
from wordlab.sentiment.base import load_classifier
from wordlab.text import Corpus, Tokenizer
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.tokenizers.tokenizer import OPTIONS
from wordlab.text.vocabulary import Vocabulary

from .conftest import run

COMMANDS = (("corpus", "build"), ("sentiment", "train"), ("sentiment", "compare"))


@pytest.fixture
def reviews(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [
        f'"{word} IŞIK film.<br /><br />I {verb} it &amp; you&#39;ll too {number}.",{label}'
        for number in range(12)
        for word, verb, label in (("Great", "loved", "good"), ("Bad", "left", "bad"))
    ]
    (tmp_path / "reviews.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_all_options(command):
    found = wordlab
    for name in command:
        found = found.get_command(None, name)
    names = {param.name for param in found.params}
    assert names >= {"tokenizer", *OPTIONS}
    assert "phrases" not in names


def test_corpus_build(reviews):
    done = run("corpus", "build", "reviews.csv", "-o", "c", "--min-count", "1")
    assert "Note: the text holds markup, as in <br /> and &amp;: --markup strip removes it" in done.stderr
    assert "br" in Corpus.load("c").vocabulary
    words = ("corpus", "build", "reviews.csv", "-o", "d", "--min-count", "1", "--markup", "strip")
    done = run(*words, "--language", "tr")
    assert "Note" not in done.stderr
    corpus = Corpus.load("d")
    assert corpus.tokenizer == Tokenizer("word", language="tr", markup="strip")
    assert {"you'll", "ışık"} <= set(corpus.vocabulary)
    assert "br" not in corpus.vocabulary
    assert "word, lower-cased as in tr, markup stripped" in run("corpus", "stats", "d").stdout


def test_sentiment_train_and_predict(reviews):
    words = ("sentiment", "train", "reviews.csv", "--model", "nbsvm", "--min-count", "1", "-o", "m")
    assert "holds markup" in run(*words).stderr
    done = run(*words, "--overwrite", "--tokenizer", "whitespace", "--lowercase", "--markup", "strip")
    assert "holds markup" not in done.stderr
    model = load_classifier("m")
    assert model.tokenizer == Tokenizer("whitespace", lowercase=True, markup="strip")
    first, second = (
        json.loads(run("sentiment", "predict", "m", text, "--json").stdout)["predictions"][0]["probabilities"]
        for text in ("GREAT<br />film. I loved it &amp; more", "great film. i loved it & more")
    )
    assert first == second


def test_options_change_the_tokenizer_of_the_vectors(reviews):
    words = Vocabulary(["great", "bad", "film."], [3, 2, 1])
    WordVectors(words, np.eye(3), tokenizer=Tokenizer("whitespace")).save("v")
    words = ("sentiment", "train", "reviews.csv", "--model", "mean-vectors", "--vectors", "v", "-o", "m")
    run(*words, "--lowercase")
    assert load_classifier("m").tokenizer == Tokenizer("whitespace", lowercase=True)
    run(*words, "--overwrite")
    assert load_classifier("m").tokenizer == Tokenizer("whitespace")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--tokenizer whitespace --hyphens split", "--hyphens: expected the tokenizer 'word'"),
        (
            "--no-lowercase --language tr",
            "--language: expected lowercase on with language='tr', found it off",
        ),
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_options_that_do_not_fit(reviews, command, options, message):
    done = run(*command, "reviews.csv", "-o", "m", *options.split())
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_command_takes_one_by_name_instead(tmp_path):
    vectors = WordVectors(
        Vocabulary(["cat", "dog", "sat", "ran"], [4, 3, 2, 1]),
        np.eye(4),
        tokenizer=OwnTokenizer(called="x.cut"),
    )
    vectors.save(tmp_path / "v")
    (tmp_path / "x.tsv").write_text("a\tcat-sat\nb\tdog-ran\n" * 8)
    arguments = ("sentiment", "train", tmp_path / "x.tsv", "--model", "mean-vectors",
                 "--vectors", tmp_path / "v", "-o", tmp_path / "n")  # fmt: skip
    found = run(*arguments)
    assert (found.exit_code, found.stderr.splitlines()[-1]) == (
        2,
        "Error: --tokenizer: expected one by name, or the function itself, found the record of 'x.cut', "
        "which is code that no file holds (see wordlab sentiment train --help)",
    )
    assert run(*arguments, "--tokenizer", "word", "-q").exit_code == 0
    assert load_classifier(tmp_path / "n").tokenizer == Tokenizer("word")


def test_a_given_vocabulary_by_command(tmp_path):
    text = tmp_path / "x.txt"
    text.write_text("the cat sat\nthe dog\na cat\n")
    (tmp_path / "words.txt").write_text("dog\ncat\nbird\n")
    found = run("corpus", "build", text, "--vocabulary", tmp_path / "words.txt", "-o", tmp_path / "c")
    assert found.exit_code == 0, found.output
    assert "1 of 3 words of the vocabulary are not in the corpus" in found.stderr
    again = run("corpus", "build", text, "--vocabulary", tmp_path / "c", "-o", tmp_path / "d", "-q")
    assert again.exit_code == 0
    assert Corpus.load(tmp_path / "d").vocabulary.words == ("cat", "dog")
    missing = run("corpus", "build", text, "--vocabulary", tmp_path / "no", "-o", tmp_path / "e")
    assert (missing.exit_code, missing.stderr.count("\n")) == (1, 1)
