import pytest

from wordlab.errors import ConfigError
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.baseline_model import train_baseline

from .test_baselines import LABELS, TEXTS, vectors

CONFIGS = [
    BaselineConfig(model="nbsvm"),
    BaselineConfig(model="tfidf", min_count=1),
    BaselineConfig(model="mean-vectors"),
    BaselineConfig(model="mean-vectors", pooling="sif"),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.model}-{config.pooling}")
@pytest.mark.parametrize("num_classes", [2, 3])
def test_the_parts_are_the_score(config, num_classes):
    labels = LABELS if num_classes == 2 else [str(n % 3) for n in range(len(TEXTS))]
    model = train_baseline(TEXTS, labels, config, vectors=vectors())
    text = "a good film, a good day but an unknown man"
    scores = model.estimator.decision_function([text])[0]
    for place, label in enumerate(model.classes):
        found = model.explain(text, label=label)
        expected = scores[place] if num_classes == 3 else (scores if place else -scores)
        assert found.logit == pytest.approx(expected, abs=1e-5)
        assert found.rest + sum(reason.weight for reason in found.reasons) == pytest.approx(found.logit)
    assert model.explain(text).label == model.predict([text])[0]
    assert model.explain("").reasons == ()


def test_good_speaks_for_pos():
    model = train_baseline(TEXTS, LABELS, BaselineConfig())
    found = model.explain("a good film", label="pos")
    weights = {reason.words: reason.weight for reason in found.reasons}
    assert weights["good",] > 0
    assert weights["a", "good"] > 0
    assert [reason.position for reason in found.reasons if reason.words == ("good", "film")] == [1]
    with pytest.raises(ConfigError, match="label: expected one of neg, pos, found 'mixed'"):
        model.explain("a good film", label="mixed")


def test_streams_are_read_as_they_come():
    def endless():
        yield from TEXTS
        while True:
            yield "good"

    model = train_baseline(TEXTS, LABELS)
    stream = model.predict_stream(endless())
    found = [next(stream) for _ in TEXTS]
    assert [prediction.text for prediction in found] == TEXTS
    assert [prediction.label for prediction in found] == model.predict(TEXTS)
    assert sum(found[0].probabilities.values()) == pytest.approx(1)
