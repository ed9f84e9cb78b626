"""Tokenizers by name, and the block path, which must equal them line by line."""

import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError, MissingExtraError
from wordlab.text import tokenizers
from wordlab.text.encoding import encode_block
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer


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
    tokenizers._jieba_cut.cache_clear()
    assert Tokenizer("jieba")("送餐很快")
    assert capfd.readouterr() == ("", "")


def test_missing_jieba(monkeypatch):
    tokenizers._jieba_cut.cache_clear()
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[chinese\]'"):
        Tokenizer("jieba").check_installed()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "spacy"}, "tokenizer: expected one of whitespace, word, jieba, found 'spacy'"),
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
        block = encode_block("".join(line + "\n" for line in lines).encode() + rest.encode(), tokenizer)
        expected = [tokens for line in lines if (tokens := tokenizer(line))]
        assert decoded(block) == (expected, tokenizer(rest))
        assert list(dict.fromkeys(block.words)) == block.words
        assert block.ids.dtype == np.int32
        first_seen = dict.fromkeys(block.ids.tolist())
        assert list(first_seen) == list(range(len(block.words)))


@given(text=st.text(st.sampled_from("abAZ019.,'-_ \n\t"), max_size=60))
def test_ascii_pattern_equals_the_unicode_pattern(text):
    for keep in (True, False):
        ascii_pattern, unicode_pattern = (tokenizers._word_pattern(ascii, keep) for ascii in (True, False))
        assert ascii_pattern.findall(text) == unicode_pattern.findall(text)
