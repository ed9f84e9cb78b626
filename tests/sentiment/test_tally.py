"""What models count of the texts that they read: tokens with a vector, and texts that are cut."""

import numpy as np
import pytest

from pipelines.reports.labelled import coverage_notes
from wordlab.embeddings import WordVectors
from wordlab.sentiment import BaselineConfig, train_baseline
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.text import Tokenizer, Vocabulary

from .test_classifier_training import fit

WORDS = ("the", "film", "is", "good", "bad", "Paris", "us", "US")
VECTORS = WordVectors(
    Vocabulary(WORDS, [0] * 8),
    np.random.default_rng(2).normal(size=(8, 8)),
    tokenizer=Tokenizer("whitespace"),
)
TEXTS = ["The FILM is good", "The film is bad", "the Paris film", "a film of the US"] * 6
LABELS = ["pos", "neg", "pos", "neg"] * 6


def tallied(texts, max_tokens=None, known=VECTORS.vocabulary):
    tally = Tally()
    for block in tokenise(texts, Tokenizer("whitespace")):
        tally.add(block, known, max_tokens)
    return tally


def test_by_hand():
    tally = tallied(["The FILM is good", "", "a Paris"], max_tokens=3)
    assert (tally.num_texts, tally.num_tokens) == (3, 6)
    assert (tally.num_known, tally.num_known_lowercased) == (3, 4)  # is good Paris; the film is good
    assert (tally.num_cut_texts, tally.num_cut_tokens) == (1, 1)
    assert tally.facts() == {
        "coverage": {"tokens": 3 / 6, "tokens_lowercased": 4 / 6}, "cut": {"num_texts": 1, "tokens": 1 / 6},
    }  # fmt: skip
    assert tallied(["The"], known=None).facts()["coverage"] is None
    assert Tally().facts() == {"coverage": None, "cut": {"num_texts": 0, "tokens": 0.0}}


def test_a_text_of_exactly_the_limit_is_not_cut():
    assert tallied(["a b c", "a b c d"], max_tokens=3).num_cut_texts == 1


@pytest.mark.parametrize("model", ["textcnn", "birnn"])
def test_networks_count_what_they_learn_from_and_what_they_judge(model):
    classifier = fit(TEXTS, LABELS, vectors=VECTORS, model=model, max_tokens=4, unknown="zero", extra_words=0)
    expected = tallied(TEXTS, max_tokens=4)
    assert classifier.tally == expected
    assert expected.known == classifier.coverage.tokens
    tally = Tally()
    whole = classifier.predict_proba(["the film", "The film is as good as that"], threads=1, tally=tally)
    assert (tally.num_texts, tally.num_tokens, tally.num_known, tally.num_known_lowercased) == (2, 9, 5, 6)
    assert (tally.num_cut_texts, tally.num_cut_tokens) == (1, 3)
    assert (
        whole.tobytes()
        == classifier.predict_proba(["the film", "The film is as good as that"], threads=1).tobytes()
    )
    stream = Tally()
    list(classifier.predict_stream(["the film", "The film is as good as that"], threads=1, tally=stream))
    assert stream == tally


def test_without_vectors_training_has_no_coverage_and_judging_has():
    classifier = fit(TEXTS, LABELS, vectors=None, max_tokens=3)
    assert classifier.tally.known is None
    assert classifier.tally.num_cut_texts == 18
    tally = Tally()
    classifier.predict(["the unseen film"])
    classifier.predict_proba(["the unseen film"], tally=tally)
    assert (tally.num_known, tally.num_tokens) == (2, 3)


def test_mean_vectors_count_and_n_grams_have_nothing_to_count():
    model = train_baseline(TEXTS, LABELS, BaselineConfig(model="mean-vectors"), vectors=VECTORS)
    assert model.tally == tallied(TEXTS)
    tally = Tally()
    model.predict_proba(["The US is unseen"], tally=tally)
    assert (tally.num_known, tally.num_known_lowercased, tally.num_cut_texts) == (2, 3, 0)
    counted = train_baseline(TEXTS, LABELS, BaselineConfig(model="nbsvm"))
    assert counted.tally == Tally()


def note(num_known, num_lowercased, num_tokens=100, **cut):
    return coverage_notes("x.tsv", Tally(10, num_tokens, num_known, num_lowercased, **cut))


def test_a_gain_by_lower_case_is_named():
    assert note(91, 98) == [
        "x.tsv: 91.0% of the tokens have a vector; in lower case 98.0% would: train with --lowercase"
    ]
    assert note(97, 98) == note(98, 91) == note(None, None) == []
    assert note(1, 9, 10) == []  # too few tokens to say


def test_a_low_coverage_is_named():
    assert note(60, 60) == [
        "x.tsv: only 60.0% of the tokens have a vector; do texts and vectors share "
        "a language and a --tokenizer?"
    ]
    assert note(80, 80) == []


def test_texts_that_are_cut_are_named():
    assert note(None, None, num_cut_texts=2, num_cut_tokens=25) == [
        "x.tsv: 2 texts cut at --max-tokens, which leaves 25.0% of all tokens unread"
    ]


@pytest.mark.parametrize("known", [None, VECTORS.vocabulary])
def test_parts_are_counted_as_the_whole(known):
    whole, together = tallied(TEXTS, 3, known), Tally()
    for first in range(0, len(TEXTS), 5):
        part = tallied(TEXTS[first : first + 5], 3, known)
        together.include(part)
        assert together.known_each is part.known_each
    assert together == whole


def test_counts_that_are_known_are_taken():
    (block,) = tokenise(TEXTS, Tokenizer("whitespace"))
    tally = Tally()
    tally.add(block, VECTORS.vocabulary, counts=np.bincount(block.ids))
    assert tally == tallied(TEXTS)
