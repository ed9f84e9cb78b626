"""Texts of several kinds on the command line: posts, logs, pieces, stop words, sentences, broken words."""

import json
import sys

import pytest
import tokenizers

from wordlab.sentiment.base import load_classifier
from wordlab.text import Corpus, Tokenizer, sentences

from .conftest import run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pieces(folder):
    words = {word: id for id, word in enumerate(("great", "film", "bad", "?"))}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="?"))  # noqa: S106
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save("words.json")
    return folder / "words.json"


def build(*options, code=0):
    done = run("corpus", "build", "x.txt", "-o", "c", "--min-count", "1", "--overwrite", *options)
    assert done.exit_code == code, done.output
    return done


def words():
    return Corpus.load("c").vocabulary.words


def test_posts(folder):
    (folder / "x.txt").write_text("@Ann I like Café #NLP 😀 https://x.org/AbC :-)\n", encoding="utf-8")
    build("--tokenizer", "tweets", "--urls", "mask", "--handles", "drop", "--accents", "fold")
    assert words() == ("i", "like", "cafe", "#nlp", "😀", "<url>", ":-)")
    stats = run("corpus", "stats", "c").stdout
    assert "tweets, lower-cased, accents folded, handles dropped, urls masked" in " ".join(stats.split())


def test_logs(folder):
    (folder / "x.txt").write_text("2026-11-26 21:07:11 ERROR disk /dev/sda1 at 99.5%\n")
    build("--tokenizer", "logs")
    assert words() == ("<date>", "<time>", "error", "disk", "<path>", "at", "<num>")


def test_pieces_travel_to_a_classifier(folder, pieces):
    rows = [f"{word} film {number},{word}" for number in range(12) for word in ("great", "bad")]
    (folder / "r.csv").write_text("\n".join(["text,label", *rows]))
    options = ("--tokenizer", "tokenizers", "--pieces", "words.json")
    done = run("sentiment", "train", "r.csv", "--model", "nbsvm", "--min-count", "1", "-o", "m", *options)
    assert done.exit_code == 0, done.output
    expected = Tokenizer("tokenizers", pieces=pieces)
    pieces.unlink()
    assert load_classifier("m").tokenizer == expected
    done = run("sentiment", "predict", "m", "a great film", "--json")
    assert json.loads(done.stdout)["predictions"][0]["label"] == "great"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--tokenizer sentencepiece", 2, "--pieces: expected a file with the tokenizer 'sentencepiece'"),
        ("--pieces x.txt", 2, "--pieces: expected the tokenizer 'sentencepiece' or 'tokenizers' with"),
        ("--tokenizer tokenizers --pieces none.json", 1, "none.json: cannot be read: No such file"),
        ("--tokenizer tokenizers --pieces x.txt", 1, "x.txt: expected a tokenizer.json file, found a"),
        ("--tokenizer sentencepiece --pieces x.txt", 1, "x.txt: expected a SentencePiece model, found"),
        ("--urls mask", 2, "--urls: expected the tokenizer 'tweets' with urls='mask', found 'word'"),
        ("--stop-words klingon", 2, "--stop-words: expected a language such as english, or a file"),
        ("--stop-words x.txt", 1, "x.txt:1: expected one stop word a line, found 'one two'"),
        ("--sentences English", 2, "--sentences: expected the code of a language, such as en, found"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(folder, options, code, message):
    (folder / "x.txt").write_text("one two\n")
    done = build(*options.split(), code=code)
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert not (folder / "c").exists()


def test_stop_words(folder):
    (folder / "x.txt").write_text("The end of the story\n" * 3)
    done = build("--stop-words", "english")
    assert "stop words     9 tokens of the 326 words in english" in done.stdout
    assert "9 tokens of the 326 words in english" in run("corpus", "stats", "c").stdout
    assert words() == ("end", "story")
    facts = json.loads(build("--stop-words", "english", "--json").stdout)
    assert facts["stop_words"]["num_tokens"] == 9
    assert facts["num_dropped_tokens"] == 9


def test_without_the_extra_for_sentences(folder, monkeypatch):
    sentences._segment.cache_clear()
    monkeypatch.setitem(sys.modules, "sentencex", None)
    (folder / "x.txt").write_text("One. Two.\n")
    assert "pip install 'wordlab[sentences]' brings it" in build("--sentences", "en", code=1).stderr


def test_sentences_and_broken_words(folder):
    pytest.importorskip("sentencex", reason="needs sentencex, of the extra `sentences`")
    (folder / "x.txt").write_text("Dr. Smith gave an exam-\nple. It helped.\n")
    build("--sentences", "en", "--join-broken-words")
    corpus = Corpus.load("c")
    assert list(corpus.lines()) == [["dr", "smith", "gave", "an", "example"], ["it", "helped"]]
    assert "a line each, by the rules of en" in run("corpus", "stats", "c").stdout
