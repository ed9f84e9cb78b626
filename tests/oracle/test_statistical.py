"""The statistical crosscheck passes our trainer and fails broken ones."""

import dataclasses

import pytest
from gensim.test.utils import datapath

from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, train
from wordlab.training.crosscheck.statistical import Measure, split, statistical


@pytest.fixture(scope="module")
def corpus():
    with open(datapath("lee_background.cor"), encoding="utf-8") as file:
        return Corpus.from_lines(file, min_count=5)


def config(**options):
    return Word2VecConfig(**{"dim": 20, "epochs": 5, "subsample": 1e-3, "threads": 2, **options})


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}], ids=str)
def test_our_trainer_passes(corpus, options):
    result = statistical(corpus, config(epochs=20, **options), num_seeds=3)
    assert result.passed, [measure for measure in result.measures if not measure.passed]
    assert {"held-out loss", "WordSim-353", "neighbours of rare words"} <= {m.name for m in result.measures}
    assert result.to_dict()["passed"] is True


@pytest.mark.parametrize(
    "fault",
    [{"ns_exponent": 0.0}, {"min_learning_rate": 0.025}, {"epochs": 1}, {"window": 1}],
    ids=str,
)
def test_a_broken_trainer_fails(corpus, fault):
    def broken(text, given):
        return train(text, dataclasses.replace(given, **fault))

    assert not statistical(corpus, config(), num_seeds=3, train_wordlab=broken).passed


def test_the_rule():
    measure = Measure("x", (0.50, 0.52, 0.54), (0.55, 0.57, 0.59), tolerance=0.01)
    assert measure.difference == pytest.approx(0.05)
    # Both sides have a variance of 0.0004; three standard errors are 3 * sqrt(2 * 0.0004 / 3).
    assert measure.allowed == pytest.approx(3 * (0.0008 / 3) ** 0.5 + 0.01)
    assert measure.passed
    assert not dataclasses.replace(measure, wordlab=(0.60, 0.62, 0.64)).passed
    assert not dataclasses.replace(measure, wordlab=(float("nan"), 0.5, 0.5)).passed


def test_what_is_held_out_is_not_trained_on():
    corpus = Corpus.from_lines(["a b c"] * 95 + ["a c new a c"] * 3)
    training, heldout = split(corpus)
    assert (training.num_tokens, training.num_lines) == (285, 95)
    assert training.vocabulary.words == (
        "c",
        "b",
        "a",
    )  # of equal count the last one seen first, as gensim has it
    assert list(heldout.lines()) == [["a", "c", "a", "c"]] * 3


def test_what_cannot_be_compared_is_refused(corpus):
    with pytest.raises(ConfigError, match="seeds: expected 2 or more, to see their spread, found 1"):
        statistical(corpus, config(), num_seeds=1)
    with pytest.raises(CorpusError, match="expected lines enough to hold some out, found 1"):
        statistical(Corpus.from_lines(["a b c"]), config(), num_seeds=2)
