import json

import numpy as np
import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError, OutputExistsError
from wordlab.sentiment.base import load_classifier
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.baseline_model import BaselineModel, train_baseline
from wordlab.sentiment.models.names import BASELINES
from wordlab.text import Tokenizer

from .test_baselines import LABELS, TEXTS, vectors

CONFIGS = [
    *(BaselineConfig(model=name, min_count=1) for name in BASELINES),
    BaselineConfig(model="mean-vectors", pooling="sif"),
]
NEW = ["a good day", "poor film", "unknown", ""]


def trained(config, labels=LABELS):
    return train_baseline(TEXTS, labels, config, vectors=vectors())


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.model}-{config.pooling}")
@pytest.mark.parametrize("num_classes", [2, 3])
def test_round_trip(tmp_path, config, num_classes):
    labels = LABELS if num_classes == 2 else [str(n % 3) for n in range(len(TEXTS))]
    model = trained(config, labels)
    model.save(tmp_path / "model", metrics={"accuracy": 0.5}, parents={"vectors": "abc"})
    loaded = load_classifier(tmp_path / "model")
    assert isinstance(loaded, BaselineModel)
    assert (loaded.config, loaded.classes, loaded.tokenizer) == (config, model.classes, model.tokenizer)
    assert loaded.predict_proba(NEW).tobytes() == model.predict_proba(NEW).tobytes()
    assert loaded.predict(NEW) == model.predict(NEW)
    assert loaded.predict_proba([]).shape == (0, num_classes)
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["details"]["metrics"] == {"accuracy": 0.5}
    assert manifest["parents"] == {"vectors": "abc"}
    assert "scikit-learn" in manifest["libraries"]
    loaded.save(tmp_path / "again", metrics={"accuracy": 0.5}, parents={"vectors": "abc"})
    for file in (tmp_path / "model").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name
    with pytest.raises(OutputExistsError):
        model.save(tmp_path / "model")


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.model}-{config.pooling}")
def test_equal_seeds_give_equal_bytes(tmp_path, config):
    for name in "ab":
        trained(config).save(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_the_tokenizer_is_the_vectors_or_the_one_named(tmp_path):
    model = train_baseline(TEXTS, LABELS, tokenizer=Tokenizer("whitespace", lowercase=True))
    model.save(tmp_path / "model")
    assert BaselineModel.load(tmp_path / "model").tokenizer == Tokenizer("whitespace", lowercase=True)
    assert "day," in model.estimator.counter_.vocabulary_


@pytest.mark.parametrize("name", BASELINES)
def test_damage(tmp_path, name):
    trained(BaselineConfig(model=name, min_count=1)).save(tmp_path / "model")
    for payload in sorted((tmp_path / "model").iterdir()):
        content = payload.read_bytes()
        payload.write_bytes(content[: len(content) // 2])
        with pytest.raises(ArtifactError):
            load_classifier(tmp_path / "model")
        payload.write_bytes(content)
    assert load_classifier(tmp_path / "model").classes == ("neg", "pos")


def test_arrays_that_do_not_fit(tmp_path):
    model = trained(BaselineConfig(min_count=1))
    model.estimator.coef_ = model.estimator.coef_[:, 1:]
    model.save(tmp_path / "model")
    with pytest.raises(
        ArtifactError, match=r"coef.npy: expected float32 or float64 of shape 1 x \d+, found float32"
    ):
        load_classifier(tmp_path / "model")
    model.estimator.coef_ = np.array([["text"]])
    model.save(tmp_path / "model", overwrite=True)
    with pytest.raises(ArtifactError, match=r"coef\.npy: expected float32 or float64 of shape"):
        load_classifier(tmp_path / "model")


def test_the_manifest_says_what_it_is(tmp_path):
    vectors().save(tmp_path / "vectors")
    with pytest.raises(ArtifactError, match="expected an artefact of kind 'classifier', found 'vectors'"):
        load_classifier(tmp_path / "vectors")
    trained(BaselineConfig()).save(tmp_path / "model")
    path = tmp_path / "model" / "manifest.json"
    manifest = json.loads(path.read_text())
    for config, message in (
        (None, "config: expected an object, found null"),
        ({"model": []}, "model: expected text"),
    ):
        manifest["details"]["config"] = config
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match=message):
            load_classifier(tmp_path / "model")


def test_config():
    assert (BaselineConfig(model="tfidf").cost, BaselineConfig().cost) == (10.0, None)
    for options, message in (
        ({"model": "svm"}, "model: expected one of nbsvm, tfidf, mean-vectors, found 'svm'"),
        ({"beta": -1.0}, "beta: expected a number from 0.0 to 1.0, found -1.0"),
        ({"cost": 0}, "cost: expected a number from"),
        ({"class_weights": "all"}, "class_weights: expected one of none, balanced, found 'all'"),
    ):
        with pytest.raises(ConfigError, match=message):
            BaselineConfig(**options)
    with pytest.raises(ConfigError, match="vectors: expected word vectors for the model 'mean-vectors'"):
        train_baseline(TEXTS, LABELS, BaselineConfig(model="mean-vectors"))


def as_before_poolings(path):
    """The classifier in `path` as earlier versions wrote it: a `weighting`, and one component."""
    manifest = json.loads((path / "manifest.json").read_text())
    content = {name: (path / name).read_bytes() for name in manifest["payloads"]}
    arrays = {name: np.load(path / name) for name in content if name.startswith(("word_", "component"))}
    with artifact.create(path, kind="classifier", format_version=1, overwrite=True) as draft:
        for name in content.keys() - arrays.keys():
            draft.payload(name).write_bytes(content[name])
        if arrays:
            np.save(draft.payload("word_weights.npy"), arrays["word_weights.npy"][:-1])
        if "components.npy" in arrays:
            np.save(draft.payload("component.npy"), arrays["components.npy"][0])
        draft.details = {name: value for name, value in manifest["details"].items() if name != "pooling"}
        draft.details["config"]["weighting"] = draft.details["config"].pop("pooling")


@pytest.mark.parametrize(
    "config",
    [
        BaselineConfig(model="mean-vectors"),
        BaselineConfig(model="mean-vectors", pooling="sif"),
        BaselineConfig(model="nbsvm"),
        BaselineConfig(model="tfidf"),
    ],
    ids=lambda config: f"{config.model}-{config.pooling}",
)
def test_classifiers_of_earlier_versions_are_read(tmp_path, config):
    model = train_baseline(TEXTS, LABELS, config, vectors=vectors())
    model.save(tmp_path / "model")
    as_before_poolings(tmp_path / "model")
    found = load_classifier(tmp_path / "model")
    assert found.config == config
    np.testing.assert_array_equal(found.predict_proba(TEXTS), model.predict_proba(TEXTS))
    found.save(tmp_path / "again")  # in today's form
    assert json.loads((tmp_path / "again" / "manifest.json").read_text())["details"]["config"]["pooling"]
    np.testing.assert_array_equal(
        load_classifier(tmp_path / "again").predict_proba(TEXTS), model.predict_proba(TEXTS)
    )
