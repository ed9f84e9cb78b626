"""Which part of a long text is read."""

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.sentiment import Classifier, ClassifierConfig, train
from wordlab.sentiment.features.cutting import kept_tokens
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.models.config import CUTS

TEXTS = ["good a b c d e f g", "bad a b c d e f g", "a b c d e f good", "a b c d e f bad"] * 6
LABELS = ["pos", "neg", "pos", "neg"] * 6


@pytest.mark.parametrize(
    ("cut", "most", "kept"),
    [
        ("end", 3, "1110000"), ("start", 3, "0000111"), ("middle", 3, "1100001"), ("ends", 3, "0011100"),
        ("end", 4, "1111000"), ("start", 4, "0001111"), ("middle", 4, "1100011"), ("ends", 4, "0111100"),
        ("middle", 1, "1000000"), ("ends", 1, "0001000"),
        *((cut, 7, "1111111") for cut in CUTS),
        *((cut, 9, "1111111") for cut in CUTS),
    ],
)  # fmt: skip
def test_kept_tokens_by_hand(cut, most, kept):
    expected = [mark == "1" for mark in kept]
    assert kept_tokens(np.array([7]), most, cut).tolist() == expected
    beside = kept_tokens(np.array([0, 1, 8, 8, 10]), most, cut)  # among texts of 0, 1, 7, 0 and 2 tokens
    assert beside[1:8].tolist() == expected
    assert beside[[0, 8]].all()


def trained(cut):
    config = ClassifierConfig(
        cut=cut,
        max_tokens=2,
        epochs=100,
        dim=8,
        validation=0.0,
        learning_rate=0.03,
        kernel_widths=(1,),
        dropout=0.0,
    )
    return train(TEXTS, LABELS, config)


@pytest.mark.parametrize(("cut", "right"), [("end", [0, 1]), ("start", [2, 3]), ("middle", [0, 1, 2, 3])])
def test_what_is_cut_cannot_be_known(cut, right, tmp_path):
    model = trained(cut)
    sure = model.predict_proba(TEXTS[:4], threads=1).max(axis=1) > 0.9
    assert np.flatnonzero(sure).tolist() == right
    model.save(tmp_path / "model")
    again = Classifier.load(tmp_path / "model")
    assert again.equals(model)
    assert again.predict(TEXTS, threads=1) == model.predict(TEXTS, threads=1)


def test_reasons_stand_where_the_words_are():
    found = trained("start").explain("qq qq qq a good", label="pos").reasons[0]
    assert (found.words, found.position) == (("good",), 4)


def test_what_is_cut_is_counted():
    model = trained("ends")
    tally = Tally()
    found = list(model.predict_stream(["good qq a b qq good", "good"], threads=1, tally=tally))
    assert [prediction.known_words for prediction in found] == [2, 1]
    assert (tally.num_cut_texts, tally.num_cut_tokens) == (1, 4)


def test_unknown_cut():
    with pytest.raises(ConfigError) as caught:
        ClassifierConfig(cut="all")
    assert str(caught.value) == "cut: expected one of end, start, middle, ends, found 'all'"
