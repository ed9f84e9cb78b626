"""The studies on a few images: what they count, and that their artefact gives it back."""

import dataclasses
import hashlib
import json

import numpy as np
import pytest

from wordlab.errors import ArtifactError, ConfigError
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.image_sources import load_images
from wordlab.vision_theory.vision.images import ImageData, Images
from wordlab.vision_theory.vision.scores import History
from wordlab.vision_theory.vision.studies.artefact import FINDINGS, load_study, save_study, study_facts
from wordlab.vision_theory.vision.studies.batch_norm_findings import (
    BatchNormFindings,
    BatchNormStudy,
    Distribution,
)
from wordlab.vision_theory.vision.studies.depth_findings import DepthFindings, DepthStudy
from wordlab.vision_theory.vision.studies.runs import TrainingRun, limited

torch = pytest.importorskip("torch")
from wordlab.vision_theory.vision.studies.batch_norm_study import last_inputs, run_batch_norm_study  # noqa: E402
from wordlab.vision_theory.vision.studies.depth_study import run_depth_study  # noqa: E402
from wordlab.vision_theory.vision.training import Training  # noqa: E402


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


# Share of the training images recognised in the 5th epoch, relu, seeds 1 to 5: with batch normalisation
# 0.985 to 0.994 at 0.1 and 0.911 to 0.956 at 3; without 0.50 to 0.62 and at most 0.10. Learnt is 0.8.
def test_batch_norm_learns_where_plain_lenet_does_not(digits):
    study = BatchNormStudy(learning_rates=(0.1, 3.0), activations=("relu",), epochs=5, seeds=1, threads=1)
    findings = run_batch_norm_study(digits, study)
    assert findings.learnt_at("relu", True) == [0.1, 3.0]
    assert 3.0 not in findings.learnt_at("relu", False)
    assert findings.shown == ("relu", 0.1)  # where plain LeNet did best
    plain, normalised = findings.distributions
    assert (plain.batch_norm, normalised.batch_norm) == (False, True)
    assert plain.counts.shape == (6, len(plain.edges) - 1)
    assert (plain.counts.sum(axis=1) > 0.9 * 256 * 84).any()
    assert np.all(np.diff(plain.percentiles, axis=1) >= 0)
    assert findings.to_dict()["runs"][0]["learning_rate"] == 0.1


def test_looking_at_activations_changes_nothing(digits):
    training = Training(digits, VisionConfig(model="lenet", batch_norm=True, threads=1))
    before = {name: value.clone() for name, value in training.model.state_dict().items()}
    values = last_inputs(training, digits.train.pixels[:100])
    assert values.shape == (100 * 84,)
    assert (values.mean(), values.std()) == pytest.approx(
        (0, 1), abs=0.01
    )  # scale 1, shift 0 in the beginning
    for name, value in training.model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert not training.model.layers[0]._forward_hooks


def test_the_depth_study_counts_training_errors(digits):
    findings = run_depth_study(
        digits, DepthStudy(depths=(20, 8), epochs=2, seeds=1, max_images=400, threads=1)
    )
    assert findings.depths == [8, 20]
    assert len(findings.runs) == 4
    assert findings.curves("plain", 20).shape == (1, 2)
    assert findings.train_errors("plain", 8) == pytest.approx(
        1 - findings.of("plain", 8)[0].history.accuracies[-1]
    )
    assert findings.to_dict()["study"] == "depth"


def outcome(config, accuracy):
    if accuracy is None:
        return TrainingRun(config, History((2.0,), (0.1,), (2.0,), (0.1,)), "the loss is nan", 10)
    return TrainingRun(config, History((0.5,), (accuracy,), (0.25,), (accuracy - 0.1,)), None, 10)


def some_findings(study):
    runs = tuple(
        outcome(config, None if index == 1 else 0.3 + 0.01 * index)
        for index, config in enumerate(study.configs())
    )
    if isinstance(study, DepthStudy):
        return DepthFindings(study, "data", runs)
    edges = np.array([0.1, 0.25, 1 / 3])
    shown = tuple(
        Distribution(batch_norm, np.array([[1, 2], [3, 4]]), edges, np.array([[0, 1, 2.5], [0, 1, 1 / 7]]))
        for batch_norm in (False, True)
    )
    return BatchNormFindings(study, "data", runs, ("relu", 0.1), shown)


STUDIES = {
    "batch-norm": BatchNormStudy(learning_rates=(0.1, 3.0), epochs=1, seeds=2, threads=1),
    "depth": DepthStudy(depths=(20, 8), epochs=1, seeds=2, threads=1),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_saved_and_loaded(tmp_path, name):
    findings = some_findings(STUDIES[name])
    remarks = ["Seen.", "Nothing else."]
    for directory, value in (("one", findings), ("two", None)):
        value = value or load_study(tmp_path / "one")
        save_study(
            tmp_path / directory, value, remarks=remarks, draw=lambda path: path.write_bytes(b"picture")
        )
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    loaded = load_study(tmp_path / "one")
    assert type(loaded) is type(findings)
    assert loaded.study == findings.study
    assert loaded.data_name == "data"
    assert loaded.runs == tuple(dataclasses.replace(run, num_classes=None) for run in findings.runs)
    assert np.isnan(loaded.runs[1].test_accuracy)
    facts = study_facts(findings, remarks)
    assert list(facts)[:5] == ["study", "data", "config", "seen", "runs"]
    assert json.loads((tmp_path / "one" / "results.json").read_text()) == json.loads(json.dumps(facts))


def edited(path, edit):
    """The study in `path` with other results, under a manifest that fits them."""
    facts = json.loads((path / "results.json").read_text())
    edit(facts)
    content = json.dumps(facts).encode()
    (path / "results.json").write_bytes(content)
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["payloads"]["results.json"] = {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "edit",
    [
        lambda facts: facts.update(study="width"),
        lambda facts: facts.pop("runs"),
        lambda facts: facts["runs"].pop(),
        lambda facts: facts["runs"][0].update(seed=7),
        lambda facts: facts["runs"][0].pop("losses"),
        lambda facts: facts["config"].update(depths=[9]),
        lambda facts: facts["config"].update(widths=[9]),
    ],
)
def test_damaged_studies(tmp_path, edit):
    path = tmp_path / "study"
    save_study(path, some_findings(STUDIES["depth"]), remarks=[], draw=lambda path: path.touch())
    edited(path, edit)
    with pytest.raises(ArtifactError, match=r"results\.json: .*expected .*, found "):
        load_study(path)


def test_images_are_limited_in_the_same_way_always():
    images = Images(np.zeros((50, 1, 2, 2), np.uint8), np.arange(50))
    data = ImageData("many", images, images, tuple(map(str, range(50))))
    assert len(limited(data, 20).train) == 20
    assert len(limited(data, 20).test) == 50
    assert np.array_equal(limited(data, 20).train.labels, limited(data, 20).train.labels)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DepthStudy(depths=(8,)), "depths: expected two or more of 8, 20, 32, 44, 56, 110, found"),
        (lambda: DepthStudy(depths=(8, 9)), "depths: expected two or more"),
        (lambda: DepthStudy(seeds=0), "seeds: expected a whole number from 1 to 100, found 0"),
        (lambda: DepthStudy(epochs=0), "epochs: expected a whole number from 1"),
        (lambda: BatchNormStudy(max_images=1), "max_images: expected a whole number from 2"),
        (lambda: BatchNormStudy(learning_rates=()), "learning_rates: expected at least one"),
        (lambda: BatchNormStudy(learning_rates=(-1.0,)), "learning_rate: expected a number from 0.0"),
    ],
)
def test_invalid_studies(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
