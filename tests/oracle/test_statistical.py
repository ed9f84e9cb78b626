"""The statistical crosscheck passes our trainer and fails broken ones."""

import dataclasses

import numpy as np
import pytest
from gensim.test.utils import datapath

from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, train
from wordlab.training.crosscheck.rule import FALSE_ALARMS, Measure
from wordlab.training.crosscheck.statistical import GensimsSubwordConfig, split, statistical


@pytest.fixture(scope="module")
def corpus():
    with open(datapath("lee_background.cor"), encoding="utf-8") as file:
        return Corpus.from_lines(file, min_count=5)


def config(kind=Word2VecConfig, **options):
    """With one thread, with which gensim, too, gives equal vectors each time: chance is drawn once."""
    return kind(**{"dim": 20, "epochs": 5, "subsample": 1e-3, "threads": 1, **options})


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


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}], ids=str)
def test_our_trainer_passes_with_subwords(corpus, options):
    given = config(GensimsSubwordConfig, epochs=8, buckets=2_000, **options)
    result = statistical(corpus, given, num_seeds=3)
    assert result.passed, [measure for measure in result.measures if not measure.passed]
    # Such models are alike: neighbours come of what words are made of.
    assert min(result.measures[-1].wordlab) > 0.1


def test_half_trained_models_of_a_small_text_pass(corpus):
    """In the second epoch of 50,000 words CBOW's loss is one fifth of its way behind: early, not worse."""
    result = statistical(corpus, Word2VecConfig(model="cbow", dim=50, epochs=2, threads=1), num_seeds=2)
    loss = result.measures[0]
    assert loss.difference > 0.03 * max(loss.gensim)
    assert result.passed, [measure for measure in result.measures if not measure.passed]


def test_the_rule():
    measure = Measure("x", (0.50, 0.52, 0.54), (0.55, 0.57, 0.59), tolerance=0.01, level=0.01)
    assert measure.difference == pytest.approx(0.05)
    # Both sides have a variance of 0.0004, and t with 4 degrees of freedom is 4.6041 at 0.5% a side.
    assert measure.allowed == pytest.approx(4.6041 * (0.0004 * 2 / 3) ** 0.5 + 0.01, rel=1e-4)
    assert measure.passed
    assert not dataclasses.replace(measure, wordlab=(0.60, 0.62, 0.64)).passed
    assert dataclasses.replace(measure, wordlab=(0.60, 0.62, 0.64), level=0.001).passed
    assert not dataclasses.replace(measure, wordlab=(float("nan"), 0.5, 0.5)).passed


def test_equal_counts_are_no_certainty():
    """Five of 146 questions by both models of one side and two by those of the other: a matter of luck."""
    measure = Measure("x", (5 / 146,) * 2, (2 / 146,) * 2, tolerance=0.02, level=0.05 / 7)
    assert not measure.passed
    assert dataclasses.replace(measure, step=1 / 146).passed


@pytest.mark.parametrize("num_seeds", [2, 3, 5])
def test_chance_raises_as_many_alarms_as_it_may(num_seeds):
    """28 measures of two equal sides: a run fails in one case of twenty, whatever the number of seeds."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2_000, 28, 2, num_seeds))
    alarms = [
        any(not Measure("x", tuple(g), tuple(w), 0.0, FALSE_ALARMS / 28).passed for g, w in run)
        for run in scores.tolist()
    ]
    # Three standard deviations of a share of 2,000 are 0.015.
    assert sum(alarms) / len(alarms) == pytest.approx(FALSE_ALARMS, abs=0.015)


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
