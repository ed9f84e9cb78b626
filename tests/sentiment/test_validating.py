"""The held-out figure of models whose own training holds nothing out."""

import numpy as np
import pytest

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment import LinearConfig, ParagraphConfig, load_classifier
from wordlab.sentiment.judging.held_out import HeldOut, held_out_rows
from wordlab.sentiment.models.linear.training import train_linear
from wordlab.sentiment.models.paragraphs.trainer import train_paragraphs

from .test_held_out import noisy

TEXTS, LABELS = noisy(240)
OTHER, THEIR_LABELS = noisy(60, seed=2)
TRAINERS = {
    "linear": (train_linear, LinearConfig(buckets=5_000, threads=1)),
    "paragraph-vectors": (train_paragraphs, ParagraphConfig(dim=8, epochs=2, min_count=1, threads=1)),
}


@pytest.mark.parametrize("name", TRAINERS)
def test_a_share_is_that_of_a_model_trained_without_it(name):
    train, config = TRAINERS[name]
    model = train(TEXTS, LABELS, config, validation=0.2)
    kept, held = held_out_rows(np.array(LABELS), 0.2, seed=config.seed)
    other = train([TEXTS[row] for row in kept], [LABELS[row] for row in kept], config)
    predicted = np.array(other.predict([TEXTS[row] for row in held]))
    assert model.held_out == HeldOut.of(predicted, np.array(LABELS)[held], other.classes)
    assert 0.5 < model.held_out.accuracy <= 1
    plain = train(TEXTS, LABELS, config)
    assert plain.held_out is None
    assert (plain.predict_proba(OTHER) == model.predict_proba(OTHER)).all()  # it has learnt from all texts


@pytest.mark.parametrize("name", TRAINERS)
def test_other_texts_are_given_to_the_model_itself(name, tmp_path):
    train, config = TRAINERS[name]
    model = train(TEXTS, LABELS, config, validation=(OTHER, THEIR_LABELS))
    right = np.mean(np.array(model.predict(OTHER)) == np.array(THEIR_LABELS))
    assert (model.held_out.accuracy, model.held_out.num_texts) == (pytest.approx(right), 60)
    assert np.sum(model.held_out.confusion) == 60
    model.save(tmp_path / "model")
    loaded = load_classifier(tmp_path / "model")
    assert loaded.held_out == model.held_out
    assert loaded.facts()["held_out"]["accuracy"] == model.held_out.accuracy


@pytest.mark.parametrize("name", TRAINERS)
def test_too_few_texts_to_hold_some_out(name):
    train, config = TRAINERS[name]
    texts, labels = ["good good one", "bad bad two", "good good three"], ["pos", "neg", "pos"]
    assert train(texts, labels, config, validation=0.1).held_out is None


@pytest.mark.parametrize("name", TRAINERS)
@pytest.mark.parametrize(
    ("judging", "error", "message"),
    [
        (0.95, ConfigError, "validation: expected a number from 0.0 to 0.9, found 0.95"),
        (
            (["x"], ["unknown"]),
            CorpusError,
            "validation: expected labels of the training texts, found 'unknown'",
        ),
        ((["x", "y"], ["pos"]), ValueError, "found 2 texts, 1 labels"),
    ],
)
def test_what_cannot_be_judged_by(name, judging, error, message):
    train, config = TRAINERS[name]
    with pytest.raises(error, match=message):
        train(TEXTS, LABELS, config, validation=judging)


def test_several_labels_have_no_such_figure():
    labels = [[label] for label in LABELS]
    with pytest.raises(ConfigError, match="validation: expected texts of one label each, found several"):
        train_linear(TEXTS, labels, LinearConfig(loss="ova", buckets=100), validation=0.1)


def test_a_stream_cannot_be_read_twice():
    config = TRAINERS["paragraph-vectors"][1]
    with pytest.raises(
        ConfigError, match="validation: expected a file beside unlabelled texts, found a share"
    ):
        train_paragraphs(TEXTS, LABELS, config, unlabelled=iter(OTHER), validation=0.1)
    assert train_paragraphs(TEXTS, LABELS, config, unlabelled=OTHER, validation=0.1).held_out is not None
    judged = train_paragraphs(TEXTS, LABELS, config, unlabelled=iter(OTHER), validation=(OTHER, THEIR_LABELS))
    assert judged.num_unlabelled == 60
