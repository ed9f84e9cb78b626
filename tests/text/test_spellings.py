"""Accents folded and compatible characters made plain: every tokenizer, line by line and in blocks."""

import sys
import unicodedata

import gensim.utils
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.text import Corpus, Tokenizer
from wordlab.text.tokenizers import compiled
from wordlab.text.tokenizers.accents import fold_accents


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Café cafe\u0301 CAFÉ", ["cafe"] * 3),
        ("Ångström naïve Dvořák Việt", ["angstrom", "naive", "dvorak", "viet"]),
        ("Άνθρωπος ἄνθρωπος ёлка йод", ["ανθρωπος", "ανθρωπος", "елка", "иод"]),
        ("Straße søt łódź æther", ["straße", "søt", "łodz", "æther"]),
        ("हिन्दी العَرَبِيَّة ガギグ ไทย 한국어", ["हिन्दी", "العَرَبِيَّة", "ガギグ", "ไทย", "한국어"]),
        ("\u0301 \u0308", []),
    ],
)
def test_accents_are_folded(text, tokens):
    assert Tokenizer("word", accents="fold")(text) == tokens
    assert Tokenizer("whitespace", True, accents="fold")(text) == tokens


def test_accents_come_off_after_the_lower_case_of_the_language():
    assert Tokenizer("word", language="tr", accents="fold")("İSTANBUL IŞIK") == ["istanbul", "ısık"]
    assert Tokenizer("word", language="lt", accents="fold")("Ìr J\u0303") == ["ir", "j"]


def test_folding_is_gensims_in_latin_greek_and_cyrillic():
    letters = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character)[0] == "L"
        and unicodedata.name(character, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
    ]
    assert len(letters) > 1_500
    assert [fold_accents(letter) for letter in letters] == [
        gensim.utils.deaccent(letter) for letter in letters
    ]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ﬁne Ｃａｆé １，０００ x² ½", ["fine", "café", "1,000", "x2", "1", "2"]),
        ("ｶﾞ ㍿ Ⅳ ™", ["ガ", "株式会社", "iv", "tm"]),
        ("nbsp\u00a0here\u3000too", ["nbsp", "here", "too"]),
    ],
)
def test_compatible_characters_become_plain(text, tokens):
    assert Tokenizer("word", unicode="nfkc")(text) == tokens


def test_nothing_becomes_the_end_of_a_line():
    for code in range(sys.maxunicode + 1):
        assert code == 10 or "\n" not in unicodedata.normalize("NFKC", chr(code))


@pytest.mark.parametrize("name", ["word", "whitespace", "tweets", "logs", "jieba", "japanese"])
def test_a_cut_changes_no_token_of_plain_text(name):
    tokenizer = Tokenizer(name, unicode="nfkc")
    assert tokenizer.cut_after
    for mark in tokenizer.cut_after:
        for before, after in (("１", "２"), ("ｶ", "ﾞ"), ("a", "\u0301b"), ("1", "\u0338,2")):
            assert tokenizer(before + mark) + tokenizer(after) == tokenizer(before + mark + after)


@pytest.fixture
def always_compiled(monkeypatch):
    monkeypatch.setattr(compiled, "is_worth_it", lambda data: True)


LINES = st.lists(
    st.text(
        st.sampled_from("aeEIİÌéÉñ\u0301\u0327\u0308ßøйΆガか\u3099ﬁ１，½ .,'-@#:)\t😀กำहि한"), max_size=20
    ),
    max_size=5,
)  # fmt: skip
OPTIONS = [
    {"accents": "fold"}, {"unicode": "nfkc"}, {"accents": "fold", "unicode": "nfkc", "markup": "strip"},
    {"accents": "fold", "language": "lt"},
]  # fmt: skip


@pytest.mark.usefixtures("always_compiled")
@pytest.mark.parametrize("name", ["word", "whitespace", "tweets", "logs"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_blocks_have_the_tokens_of_lines(name, options):
    tokenizer = Tokenizer(name, lowercase=True, **options)

    @given(lines=LINES)
    @settings(max_examples=60, deadline=None)
    def check(lines):
        block = tokenizer.encode_block("".join(line + "\n" for line in lines).encode())
        expected = [tokenizer(line) for line in lines]
        words = [block.words[id] for id in block.ids.tolist()]
        assert words == [token for tokens in expected for token in tokens]
        assert block.line_ends.tolist() == np.cumsum([len(tokens) for tokens in expected], dtype=int).tolist()
        assert list(block.words) == list(dict.fromkeys(words))
        assert (block.ids.dtype, block.line_ends.dtype) == (np.int32, np.int64)

    check()


def test_a_corpus_counts_folded_words_together(tmp_path):
    (tmp_path / "x.txt").write_text("Café cafe CAFÉ\n\u0301\nthé\n" * 60_000)
    tokenizer = Tokenizer("word", accents="fold")
    corpus = Corpus.build([tmp_path / "x.txt"], tmp_path / "corpus", tokenizer=tokenizer)
    assert dict(zip(corpus.vocabulary.words, corpus.vocabulary.counts.tolist(), strict=True)) == {
        "cafe": 180_000, "the": 60_000,
    }  # fmt: skip
    assert Corpus.load(tmp_path / "corpus").tokenizer == tokenizer
