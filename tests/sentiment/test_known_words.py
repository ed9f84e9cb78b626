"""How many words of a text a model knows, and what it says of a text of which it knows none."""

import json

import numpy as np
import pytest

from wordlab.errors import ArtifactError
from wordlab.sentiment import BaselineConfig, ClassifierConfig, load_classifier, train, train_baseline
from wordlab.sentiment.base import Prediction

from .test_baselines import vectors

TEXTS = ["a good film", "so good and great", "a great good day", "a bad film", "so bad"] * 6
LABELS = ["pos", "pos", "pos", "neg", "neg"] * 6
NEW = ["good bad qqq good", "", "qqq www", "a good qqq"]


def models():
    for name in ("nbsvm", "tfidf", "mean-vectors"):
        config = BaselineConfig(model=name, min_count=1)
        yield train_baseline(TEXTS, LABELS, config, vectors=vectors())
    yield train(TEXTS, LABELS, ClassifierConfig(epochs=2, dim=8, validation=0.0))
    yield train(TEXTS, LABELS, ClassifierConfig(epochs=2, validation=0.0, extra_words=0), vectors=vectors())


@pytest.mark.parametrize("model", models(), ids=lambda model: model.config.model)
def test_known_words_are_counted(model, tmp_path):
    found = list(model.predict_stream(NEW, threads=1))
    assert [prediction.known_words for prediction in found] == [3, 0, 0, 2]
    assert [prediction.is_guess for prediction in found] == [False, True, True, False]
    guess = {"neg": pytest.approx(0.4), "pos": pytest.approx(0.6)}  # the shares in training
    assert (found[1].probabilities, found[2].probabilities) == (guess, guess)
    assert found[2].label == "pos"
    rows = model.predict_proba(NEW, threads=1)
    assert rows.tolist() == [list(prediction.probabilities.values()) for prediction in found]
    assert rows[0].tolist() != rows[1].tolist()
    model.save(tmp_path / "model")
    assert list(load_classifier(tmp_path / "model").predict_stream(NEW, threads=1)) == found


def test_tokens_beyond_the_end_are_not_counted():
    model = train(TEXTS, LABELS, ClassifierConfig(epochs=1, dim=8, validation=0.0, max_tokens=2))
    found = list(model.predict_stream(["good bad good", "qqq www good"], threads=1))
    assert [prediction.known_words for prediction in found] == [2, 0]


def test_many_texts_in_many_blocks():
    model = train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1))
    new = ["good " * (number % 3) + "qqq" for number in range(2_500)]
    found = [prediction.known_words for prediction in model.predict_stream(new)]
    assert found == [number % 3 for number in range(2_500)]


def test_a_model_of_earlier_versions_gives_equal_chances(tmp_path):
    model = train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1))
    model.save(tmp_path / "model")
    path = tmp_path / "model" / "manifest.json"
    manifest = json.loads(path.read_text())
    shares = manifest["details"].pop("class_shares")
    assert shares == pytest.approx([0.4, 0.6])
    path.write_text(json.dumps(manifest))
    assert load_classifier(tmp_path / "model").predict_proba(["qqq"]).tolist() == [[0.5, 0.5]]
    for wrong in ([0.4], [0.7, 0.6], [-0.5, 1.5]):
        manifest["details"]["class_shares"] = wrong
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError) as caught:
            load_classifier(tmp_path / "model")
        assert str(caught.value).endswith(
            f"details: class_shares: expected 2 numbers that add up to 1, found {wrong!r}"
        )


def test_a_model_that_counts_nothing():
    prediction = Prediction.of("so good", ("neg", "pos"), (0.25, 0.75))
    assert (prediction.known_words, prediction.is_guess, prediction.label) == (None, False, "pos")


def test_training_again_forgets_the_words():
    model = train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1)).estimator
    assert model.judge(["good great"])[1].tolist() == [2]
    model.fit(["a long text", "a short text"] * 4, ["x", "y"] * 4)
    assert model.judge(["good great", "short"])[1].tolist() == [0, 1]
    assert np.isfinite(model.predict_proba(["short"])).all()
