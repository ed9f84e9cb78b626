"""The best of a few models: which is kept, what is said of the others, and what a limit of time does."""

import pytest

from wordlab.errors import ConfigError, CorpusError, TrainingError
from wordlab.sentiment import LabelledTexts, train_best
from wordlab.sentiment.judging import auto
from wordlab.sentiment.judging.trainers import SharedSettings

TEXTS = tuple(f"{word} {other}" for word in ("fine", "poor") for other in "abcdefghijklmnopqrst")
DATA = LabelledTexts(TEXTS, ("good",) * 20 + ("bad",) * 20, "made.tsv")
SETTINGS = SharedSettings(epochs=2, threads=1)


def test_the_best_is_trained_on_all_texts():
    choice = train_best(DATA, SETTINGS)
    assert [trial.model for trial in choice.trials] == list(auto.CANDIDATES)
    assert all(trial.failure is None and trial.seconds > 0 for trial in choice.trials)
    best = max(trial.accuracy for trial in choice.trials)
    first = next(trial.model for trial in choice.trials if trial.accuracy == best)
    assert choice.model.config.model == first
    assert choice.model.seen.contains(TEXTS).all()
    assert choice.model.predict(["fine z", "poor z"]) == ["good", "bad"]


def test_without_time_the_first_is_tried_and_nothing_else():
    choice = train_best(DATA, SETTINGS, time_limit=1e-3)
    assert choice.model.config.model == auto.CANDIDATES[0]
    assert [trial.failure for trial in choice.trials] == [None, *["no time was left"] * 2]


def test_a_network_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(auto, "CANDIDATES", ("nbsvm", "textcnn"))
    long = SharedSettings(epochs=1_000_000, threads=1)
    big = LabelledTexts(DATA.texts * 9, DATA.labels * 9, "made.tsv")
    monkeypatch.setattr(auto, "train_model", patient(auto.train_model))
    choice = train_best(big, long, time_limit=8)
    assert choice.model.config.model == "nbsvm"
    assert [trial.failure for trial in choice.trials] == [None, "stopped at the limit of time"]


def patient(train_model):
    """Training without an early end."""

    def trained(name, data, settings, on_progress):
        if name != "textcnn":
            return train_model(name, data, settings, on_progress)
        from wordlab.sentiment import ClassifierConfig, train

        config = ClassifierConfig(epochs=settings.epochs, patience=1_000_000, threads=1)
        return train(data.texts, data.labels, config, on_progress=on_progress)

    return trained


def test_what_cannot_be_trained_is_said(monkeypatch):
    def failing(name, *_):
        raise TrainingError(f"{name} exploded")

    monkeypatch.setattr(auto, "train_model", failing)
    with pytest.raises(TrainingError, match="linear: linear exploded; nbsvm: nbsvm exploded; textcnn"):
        train_best(DATA, SETTINGS)


def test_bad_limits_and_too_few_texts_are_refused():
    for limit in (0, -1, float("nan"), True, "5m"):
        with pytest.raises(ConfigError, match=r"time_limit: expected a number from 0\.001 to"):
            train_best(DATA, SETTINGS, time_limit=limit)
    with pytest.raises(CorpusError, match="expected two or more texts of every class"):
        train_best(LabelledTexts(("a", "b", "c"), ("x", "y", "x"), "made.tsv"), SETTINGS)
