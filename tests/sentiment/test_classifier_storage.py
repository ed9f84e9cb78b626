import json

import numpy as np
import pytest

from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.sentiment import Classifier

from .test_classifier_training import TEXTS, VECTORS, fit


@pytest.mark.parametrize("options", [
    {"model": "textcnn"}, {"model": "birnn", "cell": "gru", "num_layers": 2}, {"channels": "static"},
    {"model": "birnn", "states": "max"},
    {"channels": "tuned", "unknown": "subword"}, {"vectors": None},
])  # fmt: skip
def test_what_is_saved_is_what_is_loaded(tmp_path, options):
    classifier = fit(**options)
    classifier.save(tmp_path / "model", parents={"vectors": "abc"}, metrics={"accuracy": 0.5})
    loaded = Classifier.load(tmp_path / "model")
    texts = [*TEXTS, "", "unseen words thefilm"]
    np.testing.assert_array_equal(
        loaded.predict_proba(texts, threads=1), classifier.predict_proba(texts, threads=1)
    )
    assert (loaded.config, loaded.classes) == (classifier.config, classifier.classes)
    assert loaded.encoder.tokenizer == classifier.encoder.tokenizer
    assert loaded.coverage == classifier.coverage
    assert loaded.history.to_dict() == classifier.history.to_dict()
    assert loaded.digest is not None
    loaded.save(tmp_path / "again")
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("model", "again")]
    assert weights[0] == weights[1]


def test_the_manifest_says_how_it_was_made(tmp_path):
    fit().save(tmp_path / "model", parents={"vectors": "abc"}, metrics={"accuracy": 0.5})
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["kind"] == "classifier"
    assert manifest["parents"] == {"vectors": "abc"}
    assert set(manifest["payloads"]) == {
        "weights.safetensors", "vocabulary.parquet", "training_texts.npy",
    }  # fmt: skip
    details = manifest["details"]
    assert details["metrics"] == {"accuracy": 0.5}
    assert details["classes"] == ["neg", "pos"]
    assert details["tokenizer"]["name"] == "word"
    assert details["config"]["kernel_widths"] == [3, 4, 5]
    assert len(details["history"]["losses"]) == 4
    assert {"torch", "safetensors"} <= manifest["libraries"].keys()


def test_damage_is_found(tmp_path):
    path = tmp_path / "model"
    fit().save(path)
    with pytest.raises(OutputExistsError):
        fit().save(path)
    weights = path / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"weights\.safetensors: expected SHA-256"):
        Classifier.load(path)
    content[8:20] = b"x" * 12
    weights.write_bytes(content)
    with pytest.raises(ArtifactError, match="expected tensors, found a damaged file"):
        Classifier.load(path, verify=False)
    with pytest.raises(ArtifactError, match="expected an artefact of kind 'classifier', found 'vectors'"):
        VECTORS.save(tmp_path / "vectors")
        Classifier.load(tmp_path / "vectors")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["config"].update(model="bert"), "details: config: model: expected one of nbsvm, "),
        (lambda d: d["config"].update(num_channels=[7, 7, 7]), r"weight: expected float32 \(7, "),
        (lambda d: d["classes"].append("third"), r"output.weight: expected float32 \(3, "),
        (lambda d: d.pop("tokenizer"), "tokenizer: expected an object, found null"),
        (lambda d: d["config"].pop("model"), "config: expected 'model', found an object with"),
        (lambda d: d["config"].update(sed=1), "config: expected fields of ClassifierConfig, found 'sed'"),
        (lambda d: d["config"].update(hidden="9"), "config: hidden: expected a whole number, found '9'"),
        (lambda d: d["config"].update(dropout=None), "config: dropout: expected a number, found null"),
        (lambda d: d["config"].update(epochs=True), "config: epochs: expected a whole number, found true"),
        (lambda d: d["config"].update(epochs=0), "config: epochs: expected a whole number from 1 to "),
        (lambda d: d.update(classes="ab"), "classes: expected a list, found 'ab'"),
        (lambda d: d.update(classes=["a", 1]), "classes: 1: expected text, found 1"),
        (lambda d: d.update(classes=["a", "a"]), "classes: expected two or more, each once"),
        (lambda d: d["history"].update(losses=[]), "history: expected one value an epoch"),
        (lambda d: d["history"].update(losses={}), "history: losses: expected a list"),
        (lambda d: d.update(coverage=[1]), "coverage: expected an object, found a list of 1"),
    ],
)
def test_facts_that_do_not_fit(tmp_path, change, message):
    path = tmp_path / "model"
    fit().save(path)
    manifest = json.loads((path / "manifest.json").read_text())
    change(manifest["details"])
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=message):
        Classifier.load(path)
