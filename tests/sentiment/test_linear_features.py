"""Which rows texts have: by hand, with all kinds of n-grams, and as they are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import Features, join_blocks
from wordlab.text import Tokenizer
from wordlab.text.tokenizers.packed import PackedWords

WHITESPACE = Tokenizer("whitespace")
MASK = 2**64 - 1


def hashed(word):
    """fastText's hash of a word, with a sign."""
    found = 2166136261
    for byte in word.encode():
        found = ((found ^ (byte - 256 if byte > 127 else byte) % 2**32) * 16777619) % 2**32
    return found - 2**32 if found >= 2**31 else found


def run_of(words, buckets):
    found = hashed(words[0]) & MASK
    for word in words[1:]:
        found = (found * 116049371 + hashed(word)) & MASK
    return found % buckets


def learnt(texts, **options):
    config = LinearConfig(**{"buckets": 1000, **options})
    joined = join_blocks(tokenise(texts, WHITESPACE))
    return (*Features.learn(joined, config), joined)


def expected_rows(text, features):
    """The rows of a text, with buckets as (bucket,)."""
    words = [*text.split(), "</s>"]
    rows = [id for word in words if (id := features.vocabulary.get(word)) is not None]
    for first in range(len(words)):
        for stop in range(first + 2, min(first + features.config.ngrams, len(words)) + 1):
            rows.append((run_of(words[first:stop], features.config.buckets),))
    return rows


def raw(rows, features):
    """Rows as they are, with buckets as (bucket,)."""
    num_words = len(features.vocabulary)
    return [row if row < num_words else (int(features.buckets[row - num_words]),) for row in rows.tolist()]


@pytest.mark.parametrize("word", ["", "a", "the", "naïveté", "東京", "😀", "</s>", "\udc80"])
def test_hashes_of_words(word):
    expected = hashed(word) if word.isprintable() else None
    (found,) = PackedWords.of([word]).hashes.view(np.int32)
    assert expected is None or found == expected


TEXTS = ["a b a", "b ü 東京 a", "", "a"]


@pytest.mark.parametrize("ngrams", [1, 2, 3, 5])
def test_rows_by_hand(ngrams):
    features, found, joined = learnt(TEXTS, ngrams=ngrams)
    assert features.vocabulary.words[:2] == ("a", "</s>")
    assert features.vocabulary.counts.tolist() == [4, 4, 2, 1, 1]
    assert joined.words[-1] == "</s>"
    for text, first, stop in zip(TEXTS, found.offsets, found.offsets[1:], strict=False):
        assert raw(found.rows[first:stop], features) == expected_rows(text, features)
    met = {bucket for text in TEXTS for (bucket,) in
           (row for row in expected_rows(text, features) if isinstance(row, tuple))}  # fmt: skip
    assert features.buckets.tolist() == sorted(met)


def test_texts_read_later_have_the_same_rows_and_zeros_for_other_buckets():
    features, found, _ = learnt(TEXTS, ngrams=2)
    (block,) = tokenise([*TEXTS, "b b a new"], WHITESPACE)
    again = features.rows_of(block)
    np.testing.assert_array_equal(again.rows[: len(found.rows)], found.rows)
    last = again.rows[again.offsets[-2] :].tolist()
    expected = expected_rows("b b a new", features)
    assert len(last) == len(expected)
    for row, wanted in zip(last, expected, strict=True):
        if isinstance(wanted, tuple) and wanted[0] not in features.buckets:
            assert row == features.num_rows
        else:
            assert raw(np.array([row]), features) == [wanted]


def test_rare_words_have_no_row_but_take_part_in_runs():
    features, found, _ = learnt(["a a b", "a c"], ngrams=2, min_count=2)
    assert features.vocabulary.words == ("a", "</s>")
    assert raw(found.rows[found.offsets[1] :], features) == expected_rows("a c", features)


def test_n_grams_of_characters_follow_each_word():
    features, found, _ = learnt(["ab x"], ngrams=1, min_ngram=2, max_ngram=3)
    words = features.vocabulary.words
    grams = {}
    for word in ("ab", "x"):
        text = f"<{word}>"
        grams[word] = [
            hashed(text[start : start + size]) % 2**32 % 1000
            for start in range(len(text))
            for size in (2, 3)
            if start + size <= len(text)
        ]
    expected = [
        words.index("ab"),
        *((g,) for g in grams["ab"]),
        words.index("x"),
        *((g,) for g in grams["x"]),
    ]
    assert raw(found.rows, features) == [*expected, words.index("</s>")]


def test_an_unknown_word_has_its_n_grams():
    features, _, _ = learnt(["ab abc"], ngrams=1, min_ngram=2, max_ngram=2)
    (block,) = tokenise(["abd"], WHITESPACE)
    rows = features.rows_of(block).rows
    assert raw(rows[:2], features) == [(hashed("<a") % 2**32 % 1000,), (hashed("ab") % 2**32 % 1000,)]
    assert (rows[2:4] == features.num_rows).all()  # bd and d> were not met


def test_a_token_that_looks_like_the_end_is_a_word_like_others():
    features, found, joined = learnt(["a </s> b", "</s>"], ngrams=1)
    assert joined.words.count("</s>") == 1
    assert dict(zip(features.vocabulary.words, features.vocabulary.counts.tolist(), strict=True)) == {
        "</s>": 4, "a": 1, "b": 1,
    }  # fmt: skip
    words = [features.vocabulary.words[row] for row in found.rows.tolist()]
    assert words == ["a", "</s>", "b", "</s>", "</s>", "</s>"]


@given(
    st.lists(st.text("ab ü</s>", max_size=12), min_size=1, max_size=5),
    st.integers(1, 4), st.integers(0, 4), st.integers(1, 3),
)  # fmt: skip
def test_spans_name_the_words_behind_each_row(texts, ngrams, max_ngram, min_count):
    features, found, _ = learnt(
        texts, ngrams=ngrams, max_ngram=max_ngram, min_ngram=1, min_count=min_count, buckets=50
    )
    for text, first, stop in zip(texts, found.offsets, found.offsets[1:], strict=False):
        assert len(features.spans(text.split())) == stop - first


def test_several_blocks_are_as_one():
    texts = ["a b", "b c </s>", "c </s> d"]
    blocks = [block for text in texts for block in tokenise([text], WHITESPACE)]
    one, several = join_blocks(tokenise(texts, WHITESPACE)), join_blocks(blocks)
    assert (one.words, one.counts.tolist(), one.ids.tolist(), one.line_ends.tolist()) == (
        several.words, several.counts.tolist(), several.ids.tolist(), several.line_ends.tolist()
    )  # fmt: skip


def test_the_largest_buckets():
    features, found, _ = learnt(["a b c"], ngrams=3, buckets=2**31 - 1)
    assert len(features.buckets) == 5
    assert raw(found.rows, features) == expected_rows("a b c", features)
