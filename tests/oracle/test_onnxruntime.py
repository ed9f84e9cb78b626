"""Exported networks in onnxruntime against torch."""

import json

import numpy as np
import pytest

from tests.sentiment.test_classifier_training import TEXTS, fit
from wordlab.errors import ArtifactError, OutputExistsError

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("options", [
    {}, {"channels": "static", "kernel_widths": (1, 7)}, {"vectors": None},
    {"model": "birnn"}, {"model": "birnn", "cell": "gru", "num_layers": 2},
    {"model": "birnn", "states": "max"},
], ids=str)  # fmt: skip
def test_outputs_are_equal(tmp_path, options):
    classifier = fit(**options, epochs=2)
    classifier.export(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    facts = session.get_modelmeta().custom_metadata_map
    assert json.loads(facts["classes"]) == list(classifier.classes)
    for texts in (TEXTS[:7], ["", "good", "the film is very very good and unknown", "bad"], ["good"]):
        encoded = classifier.encoder.encode(texts)
        batch = encoded.batch(np.arange(len(texts)))
        for padding in (0, 3):
            ids = np.pad(batch, ((0, 0), (0, padding)))
            (found,) = session.run(None, {"ids": ids, "lengths": encoded.lengths})
            expected = np.concatenate(list(classifier.probabilities(texts, threads=1)))
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_where_it_cannot_be_written(tmp_path):
    (tmp_path / "there.onnx").write_text("")
    with pytest.raises(OutputExistsError, match="exists already"):
        fit(epochs=1).export(tmp_path / "there.onnx")
    with pytest.raises(ArtifactError, match="cannot be written"):
        fit(epochs=1).export(tmp_path / "nowhere" / "model.onnx")


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path, monkeypatch):
    import onnx

    classifier, path = fit(epochs=1), tmp_path / "model.onnx"
    path.write_text("before")

    def fill_the_disk(model, name):
        with open(name, "w") as file:
            file.write("half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(onnx, "save", fill_the_disk)
        with pytest.raises(ArtifactError, match=r"model\.onnx: cannot be written: No space left on device"):
            classifier.export(path, overwrite=True)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    classifier.export(path, overwrite=True)
    assert onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).get_inputs()
