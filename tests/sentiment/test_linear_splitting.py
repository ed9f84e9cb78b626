"""The compiled split at white space against the tokenizer itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.models.linear.splitting import compiled
from wordlab.text import Tokenizer

PLAIN = Tokenizer("whitespace")
LOWER = Tokenizer("whitespace", lowercase=True)
TURKISH = Tokenizer("whitespace", lowercase=True, language="tr")
ODD = " \t\r\v\f\x1c\x1f\x85\xa0\u3000\u2028"


def same(texts, tokenizer):
    for ours, theirs in zip(tokenise(texts, compiled(tokenizer)), tokenise(texts, tokenizer), strict=True):
        assert ours.words == theirs.words
        np.testing.assert_array_equal(ours.ids, theirs.ids)
        np.testing.assert_array_equal(ours.line_ends, theirs.line_ends)
        assert ours.ids.dtype == np.int32


@pytest.mark.parametrize("tokenizer", [PLAIN, LOWER, TURKISH], ids=str)
@given(texts=st.lists(st.text("aBIıİé東😀\x00.\n" + ODD, max_size=30), min_size=1, max_size=6))
def test_it_finds_what_the_tokenizer_finds(tokenizer, texts):
    same(texts, tokenizer)


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
