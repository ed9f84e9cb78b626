"""Tokenizers by name, and the block path, which must equal them line by line."""

import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ArtifactError, ConfigError, MissingExtraError
from wordlab.text import Corpus
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer, jieba, word
from wordlab.text.tokenizers.splitter import SPACES, Splitter, encode_lines


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop", ["don't", "stop"]),
        ("don’t donʼt don＇t", ["don't"] * 3),
        ("'quoted' ’quoted’ dogs' ''", ["quoted", "quoted", "dogs"]),
        ("l'homme aujourd'hui", ["l'homme", "aujourd'hui"]),
        ("mother-in-law e‐mail e‑mail", ["mother-in-law", "e-mail", "e-mail"]),
        ("a--b c—d e–f -g h-", list("abcdefgh")),
        ("3.14 1,000 1,000.5. 7, .5 v1.2", ["3.14", "1,000", "1,000.5", "7", "5", "v1.2"]),
        ("u.s.a. end.Start a,b", ["u", "s", "a", "end", "start", "a", "b"]),
        ("snake_case __init__", ["snake", "case", "init"]),
        ("co\u00adoperate", ["cooperate"]),
        ("Cafe\u0301 Café", ["café", "café"]),
        ("ΟΔΟΣ ΣΑΣ", ["οδος", "σας"]),
        ("ПРИВЕТ м’яч", ["привет", "м'яч"]),
        ("हिन्दी العَرَبِيَّة", ["हिन्दी", "العَرَبِيَّة"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("I ❤️ 😀 NY! ® ½ x²", ["i", "ny", "½", "x²"]),
        ("\u0301 \u0308", []),
        ("tab\tnbsp\u00a0nel\u0085end\r", ["tab", "nbsp", "nel", "end"]),
        ("", []),
    ],
)
def test_word(text, tokens):
    assert Tokenizer("word")(text) == tokens


def test_word_options():
    assert Tokenizer("word", lowercase=False)("The Mother-in-Law") == ["The", "Mother-in-Law"]
    split = Tokenizer("word", hyphens="split")
    assert split("The mother-in-law's e‑mail") == ["the", "mother", "in", "law's", "e", "mail"]


def test_whitespace_is_str_split():
    text = "a\x1cb\x1dc\x1ed\x1fe\x85f\xa0g\u1680h\u2028i\u3000j\u200bk\u180el \tm"
    assert Tokenizer("whitespace")(text) == text.split()
    assert Tokenizer("whitespace", lowercase=True)("A b") == ["a", "b"]


def test_jieba():
    tokenizer = Tokenizer("jieba")
    assert tokenizer("很快，好吃，味道足。") == ["很快", "好吃", "味道", "足"]
    assert "NLP" in tokenizer("我学NLP！")
    assert "nlp" in Tokenizer("jieba", lowercase=True)("我学NLP！")


def test_jieba_is_silent(capfd):
    jieba._cut.cache_clear()
    assert Tokenizer("jieba")("送餐很快")
    assert capfd.readouterr() == ("", "")


def test_missing_jieba(monkeypatch):
    jieba._cut.cache_clear()
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[chinese\]'"):
        Tokenizer("jieba").check_installed()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "spacy"}, "tokenizer: expected one of whitespace, word, jieba, found 'spacy'"),
        ({"name": ["word"]}, "tokenizer: expected one of whitespace, word, jieba, found ['word']"),
        ({"name": "word", "hyphens": "drop"}, "hyphens: expected keep or split, found 'drop'"),
        ({"name": "whitespace", "hyphens": "split"}, "with hyphens='split', found 'whitespace'"),
        ({"name": "word", "lowercase": "yes"}, "lowercase: expected true, false or nothing, found 'yes'"),
    ],
)
def test_nonsense_options(options, message):
    with pytest.raises(ConfigError) as caught:
        Tokenizer(**options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "tokenizer", [Tokenizer("word", hyphens="split"), Tokenizer("whitespace", True), Tokenizer("jieba")]
)
def test_dict_round_trip(tokenizer):
    assert Tokenizer.from_dict(tokenizer.to_dict()) == tokenizer


def test_from_foreign_dict():
    with pytest.raises(ConfigError, match="expected name, lowercase and hyphens, found name, stem"):
        Tokenizer.from_dict({"name": "word", "stem": True})


ALPHABET = st.one_of(
    st.sampled_from(
        "aAbzIİıΣσẞŉǰJ019.,'’ʼ＇-‐‑—_\u00ad\u0301\u030c\u200c\u200d\u200b\ufe0f\u0327 \t\r\x0b\x0c\x1c"
        "\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2003\u2028\u2029\u202f\u205f\u3000很好吃。，！가\u1100\u1161é😀½²\0"
    ),
    st.characters(codec="utf-8", exclude_characters="\n"),
)
LINES = st.lists(st.text(ALPHABET, max_size=30), max_size=6)
ASCII_LINES = st.lists(st.text(st.sampled_from("abAZ019.,'-_ \t\r\x0b\x1c\x1f\0"), max_size=30), max_size=6)


def decoded(block):
    """The block's lines as lists of tokens, those without any left out."""
    offsets = [0, *block.line_ends.tolist()]
    tokens = [block.words[id] for id in block.ids.tolist()]
    lines = [tokens[a:b] for a, b in pairwise(offsets)]
    return [line for line in lines if line], tokens[offsets[-1] :]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("lowercase", [True, False])
@given(lines=st.one_of(LINES, ASCII_LINES), rest=st.text(ALPHABET, max_size=10))
@settings(max_examples=150, deadline=None)
def test_block_path_equals_line_path(name, lowercase, lines, rest):
    for hyphens in ("keep", "split") if name == "word" else ("keep",):
        tokenizer = Tokenizer(name, lowercase, hyphens)
        data = "".join(line + "\n" for line in lines).encode() + rest.encode()
        block = tokenizer.encode_block(data)
        expected = [tokens for line in lines if (tokens := tokenizer(line))]
        assert decoded(block) == (expected, tokenizer(rest))
        assert list(dict.fromkeys(block.words)) == block.words
        assert block.ids.dtype == np.int32
        first_seen = dict.fromkeys(block.ids.tolist())
        assert list(first_seen) == list(range(len(block.words)))
        for found, plain in zip(block, encode_lines(data, tokenizer), strict=True):
            np.testing.assert_array_equal(found, plain)


@given(text=st.text(st.sampled_from("abAZ019.,'-_ \n\t"), max_size=60))
def test_ascii_pattern_equals_the_unicode_pattern(text):
    for keep in (True, False):
        ascii_pattern, unicode_pattern = (word._pattern(ascii_only, keep) for ascii_only in (True, False))
        assert ascii_pattern.findall(text) == unicode_pattern.findall(text)
        for possessive in {False, word._RE_IS_POSSESSIVE}:
            expression = word.word_expression(True, keep, possessive=possessive)
            assert re.findall(expression, text) == unicode_pattern.findall(text)


@pytest.mark.parametrize("name", TOKENIZERS)
def test_pickles(name):
    tokenizer = Tokenizer(name, lowercase=True)
    tokenizer("A b")
    again = pickle.loads(pickle.dumps(tokenizer))  # noqa: S301
    assert again == tokenizer
    assert again("A b") == ["a", "b"]


@dataclass(frozen=True)
class Bars(Splitter):
    """A tokenizer of the test's own: tokens stand between bars."""

    block_size = 100
    cut_after = "|"
    runs_in_threads = True  # workers are processes, which do not know it

    def split(self, line):
        tokens = [token for token in line.split("|") if token]
        return [token.lower() for token in tokens] if self.lowercase else tokens


def test_a_new_tokenizer_is_a_class_and_a_line(tmp_path, monkeypatch):
    monkeypatch.setitem(TOKENIZERS, "bars", Bars)
    tokenizer = Tokenizer("bars")
    assert tokenizer.to_dict() == {"name": "bars", "lowercase": False}
    with pytest.raises(ConfigError, match="expected the tokenizer 'word' with hyphens='split', found 'bars'"):
        Tokenizer("bars", hyphens="split")
    lines = ["New York|Rome|" * 200, "rome|", "|"]
    (tmp_path / "x.txt").write_text("\n".join(lines))
    expected = Corpus.from_lines(lines, tokenizer=tokenizer)
    assert expected.vocabulary.words == ("New York", "Rome", "rome")
    for threads in (1, 2):
        options = {"tokenizer": tokenizer, "min_count": 1, "threads": threads}
        built = Corpus.build([tmp_path / "x.txt"], tmp_path / f"{threads}", **options)
        assert list(built.lines()) == list(expected.lines())
        assert Corpus.load(tmp_path / f"{threads}").tokenizer == tokenizer
    monkeypatch.delitem(TOKENIZERS, "bars")
    with pytest.raises(
        ArtifactError, match="tokenizer: expected one of whitespace, word, jieba, found 'bars'"
    ):
        Corpus.load(tmp_path / "1")


def test_the_table_loads_nothing_heavy():
    script = "import sys; from wordlab.text.tokenizers import TOKENIZERS, Tokenizer; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "pyarrow", "regex", "jieba"} & set(found.split())


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_cut_changes_no_token(name):
    tokenizer = Tokenizer(name)
    assert set(SPACES) <= set(tokenizer.splitter.cut_after)
    for mark in tokenizer.splitter.cut_after:
        for before, after in [("送餐很快", "好吃"), ("a1", "2b"), ("x-", "-y")]:
            assert tokenizer(before + mark) + tokenizer(after) == tokenizer(before + mark + after)
