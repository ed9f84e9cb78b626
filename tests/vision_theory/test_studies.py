"""The studies on a few images: what is counted, and that the sentences follow from it."""

import dataclasses

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.vision.images import ImageData, Images, load_images

torch = pytest.importorskip("torch")
from wordlab.vision_theory.vision.batch_norm_study import (  # noqa: E402
    BatchNormFindings,
    BatchNormStudy,
    Distribution,
    last_inputs,
    run_batch_norm_study,
)
from wordlab.vision_theory.vision.classifier import History  # noqa: E402
from wordlab.vision_theory.vision.config import VisionConfig  # noqa: E402
from wordlab.vision_theory.vision.depth_study import DepthFindings, DepthStudy, run_depth_study  # noqa: E402
from wordlab.vision_theory.vision.studies import Run, limited  # noqa: E402
from wordlab.vision_theory.vision.training import Training  # noqa: E402


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


def outcome(config, accuracy):
    diverged = None if accuracy is not None else "the loss is nan"
    value = (accuracy or 0.0,)
    return Run(config, History(value, value, value, value) if accuracy else History(), diverged, 10)


# Share of the training images recognised in the 5th epoch, relu, seeds 1 to 5: with batch normalisation
# 0.985 to 0.994 at 0.1 and 0.911 to 0.956 at 3; without 0.50 to 0.62 and at most 0.10. Learnt is 0.8.
def test_batch_norm_learns_where_plain_lenet_does_not(digits):
    study = BatchNormStudy(learning_rates=(0.1, 3.0), activations=("relu",), epochs=5, seeds=1, threads=1)
    findings = run_batch_norm_study(digits, study)
    assert findings.learnt_at("relu", True) == [0.1, 3.0]
    assert 3.0 not in findings.learnt_at("relu", False)
    assert "only with it at learning rate" in findings.sentences()[0]
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


def test_sentences_of_batch_norm_follow_from_the_runs():
    study = BatchNormStudy(learning_rates=(0.1, 1.0, 10.0), activations=("relu",), seeds=2, threads=1)
    accuracies = {
        (False, 0.1): (0.9, 0.8), (False, 1.0): (0.9, None), (False, 10.0): (0.1, 0.1),
        (True, 0.1): (0.9, 0.9), (True, 1.0): (0.9, 0.9), (True, 10.0): (0.9, 0.79),
    }  # fmt: skip
    runs = tuple(
        outcome(config, accuracies[config.batch_norm, config.learning_rate][config.seed - 1])
        for config in study.configs()
    )
    edges = np.array([0.0, 1.0])
    shown = (
        Distribution(False, np.ones((2, 1)), edges, np.array([[0, 1, 2], [0, 2, 6]])),
        Distribution(True, np.ones((2, 1)), edges, np.array([[0, 1, 2], [0, 1, 3]])),
    )
    findings = BatchNormFindings(study, "data", runs, ("relu", 0.1), shown)
    assert findings.sentences() == [
        "With relu, LeNet learnt at learning rate 0.1 without batch normalisation and at learning rates "
        "0.1, 1 with it; only with it at learning rate 1.",
        "At learning rate 0.1 with relu, the width of what the last activation sees (15th to 85th "
        "percentile) varied by a factor of 3 during training without and of 1.5 with batch normalisation, "
        "which was steadier.",
    ]
    reversed_findings = dataclasses.replace(
        findings,
        runs=tuple(dataclasses.replace(run, diverged="no", history=History()) for run in runs),
        distributions=shown[::-1],
    )
    first, second = reversed_findings.sentences()
    assert first == (
        "With relu, LeNet learnt at no learning rate without batch normalisation and at no learning rate "
        "with it; it widened nothing."
    )
    assert second.endswith("no steadier.")


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


def test_sentences_of_depth_follow_from_the_runs():
    study = DepthStudy(depths=(8, 56), epochs=1, seeds=2, threads=1)
    accuracies = {
        "plain8": (0.99, 0.98),
        "plain56": (0.9, None),
        "resnet8": (0.97, 0.96),
        "resnet56": (0.98, 0.95),
    }
    runs = tuple(outcome(config, accuracies[config.model][config.seed - 1]) for config in study.configs())
    findings = DepthFindings(study, "data", runs)
    assert findings.sentences() == [
        "From 8 to 56 layers the training error of plain networks went from 1.50% to 50.00%: "
        "worse with depth in 2 of 2 runs (1 of all runs diverged, which counts as answers by chance).",
        "From 8 to 56 layers the training error of residual networks went from 3.50% to 3.50%: "
        "worse with depth in 1 of 2 runs.",
    ]
    assert findings.curves("plain", 56).shape == (1, 1)  # the run that diverged has none
    gone = tuple(dataclasses.replace(run, diverged="no") for run in runs)
    assert DepthFindings(study, "data", gone).curves("plain", 56).shape == (0, 1)


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
def test_studies_that_make_no_sense(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
