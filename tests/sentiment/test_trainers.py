import pytest

from wordlab.sentiment import LabelledTexts, LinearConfig
from wordlab.sentiment.judging.trainers import SharedSettings, train_model

DATA = LabelledTexts(("so good", "so bad") * 12, ("pos", "neg") * 12, "by hand")


@pytest.mark.parametrize("name", ["tfidf", "textcnn", "linear"])
def test_one_call_trains_any_model(name):
    events = []
    model = train_model(name, DATA, SharedSettings(epochs=2, threads=1, seed=7), events.append)
    assert (model.config.model, model.config.seed, model.classes) == (name, 7, ("neg", "pos"))
    expected = {"textcnn": 2, "linear": LinearConfig.epochs}  # the number given is for networks
    assert getattr(model.config, "epochs", None) == expected.get(name)
    assert {event.task for event in events} == {f"train {name}"}
    assert events[-1].done == events[-1].total
