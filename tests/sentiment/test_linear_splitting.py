"""The compiled split at white space against the tokenizer itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import Features, join_blocks
from wordlab.sentiment.models.linear.hashing import word_hashes
from wordlab.sentiment.models.linear.splitting import KnownWords, compiled
from wordlab.text import Tokenizer

PLAIN = Tokenizer("whitespace")
LOWER = Tokenizer("whitespace", lowercase=True)
TURKISH = Tokenizer("whitespace", lowercase=True, language="tr")
ODD = " \t\r\v\f\x1c\x1f\x85\xa0\u3000\u2028"


def same(texts, tokenizer):
    for ours, theirs in zip(tokenise(texts, compiled(tokenizer)), tokenise(texts, tokenizer), strict=True):
        assert list(ours.words) == theirs.words
        assert [ours.words[place] for place in range(len(theirs.words))] == theirs.words
        np.testing.assert_array_equal(ours.words.hashes, word_hashes(theirs.words))
        np.testing.assert_array_equal(ours.ids, theirs.ids)
        np.testing.assert_array_equal(ours.line_ends, theirs.line_ends)
        assert ours.ids.dtype == np.int32


@pytest.mark.parametrize("tokenizer", [PLAIN, LOWER, TURKISH], ids=str)
@given(texts=st.lists(st.text("aBIıİé東😀\x00.\n" + ODD, max_size=30), min_size=1, max_size=6))
def test_it_finds_what_the_tokenizer_finds(tokenizer, texts):
    same(texts, tokenizer)


@given(
    texts=st.lists(st.text("abİé東 ", max_size=20), min_size=1, max_size=4),
    known=st.lists(st.text("abİé東", min_size=1, max_size=3), unique=True, max_size=30),
)
def test_words_are_looked_up_as_bytes(texts, known):
    (block,) = tokenise(texts, compiled(PLAIN))
    found = KnownWords.of(known, word_hashes(known)).ids(block.words)
    assert found.tolist() == [known.index(word) if word in known else -1 for word in block.words]


def test_rows_are_those_of_the_other_way():
    texts = ["a b ü 東京 a", "b unseen a", "", "</s> a"]
    for options in ({}, {"ngrams": 1}, {"min_count": 2}, {"min_count": 9}):
        config = LinearConfig(buckets=100, **options)
        features, _ = Features.learn(join_blocks(tokenise(texts[:1], PLAIN)), config)
        (quick,), (plain,) = tokenise(texts, compiled(PLAIN)), tokenise(texts, PLAIN)
        for ours, theirs in zip(features.rows_of(quick), features.rows_of(plain), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_many_words_in_several_blocks():
    random = np.random.default_rng(0)
    numbers = random.zipf(1.2, 600_000) % 200_000
    words = [f"w{number}" for number in numbers.tolist()]
    same([" ".join(words[start : start + 500]) for start in range(0, len(words), 500)], PLAIN)


@pytest.mark.parametrize("texts", [[""], [" "], ["\n"], ["a"], ["a" * 10_000], [" a\t"], ["", "", "a"]])
def test_little(texts):
    same(texts, PLAIN)


def test_other_tokenizers_stay_as_they_are():
    for tokenizer in (Tokenizer("word"), Tokenizer("whitespace", markup="strip")):
        assert compiled(tokenizer) is tokenizer
    assert compiled(PLAIN).runs_in_threads
