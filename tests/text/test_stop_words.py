"""Stop words: from lists and files, dropped when the vocabulary is cut."""

import hashlib
import sys

import pytest

from wordlab.errors import ConfigError, CorpusError, FormatError, MissingExtraError, SourceError
from wordlab.text import Corpus, Tokenizer
from wordlab.text.stop_words import LANGUAGES, StopWords, find_stop_words

LINES = ["The cat and the dog", "the THE", "A dog isn't a cat's cat"]


def test_every_language_has_a_list():
    for code, language in LANGUAGES.items():
        found = find_stop_words(language)
        assert found == find_stop_words(code)
        assert len(found.words) > 5
        assert found.words == tuple(sorted(set(found.words)))


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("english", "The end of it isn’t near", ("end", "isn't", "near")),
        ("german", "Das ist aber ein schönes Haus", ("schönes", "haus")),
        ("turkish", "ev VE ağaç", ("ev", "ağaç")),
        ("hindi", "यह लड़का है", ("लड़का",)),
        ("russian", "Это мой дом и сад", ("дом", "сад")),
    ],
)
def test_languages(language, text, left):
    assert Corpus.from_lines([text], stop_words=language).vocabulary.words == left


def test_they_go_before_the_vocabulary_is_cut():
    corpus = Corpus.from_lines(LINES, stop_words="english", max_vocab=2)
    assert corpus.vocabulary.words == ("cat", "dog")
    assert list(corpus.lines()) == [["cat", "dog"], ["dog", "cat"]]
    words = find_stop_words("en").words
    assert corpus.details == {
        "min_count": 1, "max_vocab": 2, "num_raw_tokens": 13, "num_raw_types": 7,
        "num_dropped_tokens": 9, "stop_words": {
            "name": "english", "num_words": len(words), "num_tokens": 7,
            "sha256": hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest(),
        },
    }  # fmt: skip
    assert corpus.num_tokens_read == 13 + 2


def test_a_file(tmp_path):
    (tmp_path / "stop.txt").write_bytes("\ufeffTHE\r\n\r\ncat’s\nand\nand\ncafé\n".encode())
    (tmp_path / "x.txt").write_text("\n".join([*LINES, "Café"]), encoding="utf-8")
    options = {"stop_words": tmp_path / "stop.txt", "min_count": 1}
    for threads in (1, 2):
        corpus = Corpus.build([tmp_path / "x.txt"], tmp_path / f"{threads}", threads=threads, **options)
        assert corpus.vocabulary.words == ("cat", "dog", "a", "isn't")
    assert Corpus.load(tmp_path / "1").details["stop_words"]["num_tokens"] == 7
    assert corpus.details["stop_words"]["name"] == str(tmp_path / "stop.txt")
    manifests = [(tmp_path / number / "manifest.json").read_bytes() for number in "12"]
    assert manifests[0] == manifests[1]


@pytest.mark.parametrize(
    ("options", "text", "left"),
    [
        ({"lowercase": False}, "The cat IT", ("cat",)),
        ({"accents": "fold"}, "l'été éte cat", ("l'ete", "cat")),
        ({"language": "tr"}, "IT ıt it", ("ıt",)),
        ({"name": "whitespace"}, "The the, it", ("the,",)),
        ({"name": "tweets"}, "@the #it the 😀", ("@the", "#it", "😀")),
    ],
)
def test_words_are_compared_as_the_tokenizer_makes_them(options, text, left):
    corpus = Corpus.from_lines([text], tokenizer=Tokenizer(**options), stop_words=["the", "it", "éte"])
    assert corpus.vocabulary.words == left


def test_lists_of_tokens_and_functions():
    lists = Corpus.from_lines([["The", "cat"], ["the", "dog's", "cat"]], stop_words=["the", "dog's"])
    assert lists.vocabulary.words == ("cat",)
    own = Corpus.from_lines(["The_cat", "a_the"], tokenizer=lambda line: line.split("_"), stop_words=["the"])
    assert own.vocabulary.words == ("cat", "a")


def test_with_a_given_vocabulary():
    corpus = Corpus.from_lines(LINES, stop_words=["dog"], vocabulary=["cat", "dog", "the"])
    assert corpus.vocabulary.words == ("the", "cat")
    assert corpus.details["stop_words"]["num_tokens"] == 2


def test_words_of_several_tokens_stop_none_of_them():
    stop = StopWords("mine", ("e mail", "well-known")).found_by(Tokenizer("word", hyphens="split"))
    assert not any(map(stop, ("e", "mail", "well", "known")))


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            "klingon",
            ConfigError,
            "stop_words: expected a language such as english, or a file .* found 'klingon'",
        ),
        ("./klingon", SourceError, "klingon: "),
        ("two.txt", FormatError, r"two.txt:1: expected one stop word a line, found 'a b'"),
        ("none.txt", FormatError, "none.txt: expected stop words, one a line, found none"),
        ("bad.txt", FormatError, "bad.txt: byte 0: expected UTF-8, found 0xff"),
        (["the", 3], ConfigError, "stop_words: expected words"),
        (["the", ""], ConfigError, "stop_words: expected words"),
    ],
)
def test_bad_lists(tmp_path, monkeypatch, given, error, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.txt").write_text("a b\n")
    (tmp_path / "none.txt").write_text("\n \n")
    (tmp_path / "bad.txt").write_bytes(b"\xff\n")
    with pytest.raises(error, match=message):
        Corpus.from_lines(LINES, stop_words=given)


def test_nothing_but_stop_words():
    with pytest.raises(CorpusError, match="expected other words than stop words, found none"):
        Corpus.from_lines(["the The", "and"], stop_words="english")


def test_without_spacy(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[spacy\]'"):
        find_stop_words("english")


def test_spacy_itself_is_not_loaded():
    before = "spacy" in sys.modules
    assert find_stop_words("english")
    assert ("spacy" in sys.modules) == before
