"""The commands of vision: what they print, leave behind and refuse."""

import dataclasses
import inspect
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from pipelines.config_options import config_from
from pipelines.reports.vision import study_remarks
from pipelines.vision.compare import STUDIES, compare
from pipelines.vision.train import train
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.scores import History
from wordlab.vision_theory.vision.studies.artefact import FINDINGS, load_study
from wordlab.vision_theory.vision.studies.batch_norm_findings import (
    BatchNormFindings,
    BatchNormStudy,
    Distribution,
)
from wordlab.vision_theory.vision.studies.depth_findings import DepthFindings, DepthStudy
from wordlab.vision_theory.vision.studies.runs import TrainingRun

from .conftest import everything_in, run

pytest.importorskip("torch")
QUICK = ("--model", "lenet", "--batch-norm", "--threads", 1)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fails(folder, words, code, message):
    """Run the words, expect the code and one line on stderr, and no trace in the directory."""
    before = everything_in(folder)
    result = run(*words)
    assert result.stderr == f"Error: {message}\n"
    assert result.exit_code == code
    assert result.stdout == ""
    assert everything_in(folder) == before


def test_train_and_evaluate(here):
    result = run("vision", "train", *QUICK, "--epochs", 2, "-o", "run", "--plot", "run.png", "--json", "-q")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["model"] == "lenet"
    assert facts["epochs"] == len(facts["history"]["losses"]) == 2
    assert facts["test_accuracy"] == facts["history"]["test_accuracies"][-1]
    assert (here / "run.png").stat().st_size > 1_000
    score = json.loads(run("vision", "evaluate", "run", "--json").stdout)
    assert score["accuracy"] == pytest.approx(facts["test_accuracy"], abs=1e-12)
    assert score["num_images"] == np.sum(score["confusion"]) == 360
    shown = run("vision", "evaluate", "run").stdout
    assert f"accuracy  {score['accuracy']:.2%}" in shown
    assert "Recognised of each class" in shown


def test_what_train_says(here):
    result = run("vision", "train", *QUICK, "--epochs", 1, "-o", "run")
    assert "model       lenet, 21,838 parameters\n" in result.stdout
    assert result.stderr.endswith("\nNext:\n  wordlab vision evaluate run/ --data digits\n")


def test_resuming_gives_the_same_bytes(here, monkeypatch):
    assert run("vision", "train", *QUICK, "--epochs", 3, "-o", "whole", "-q").exit_code == 0
    from wordlab.vision_theory.vision.training import Training

    run_epoch = Training.run_epoch

    def interrupted(self, *arguments):
        if len(self.history) == 1:
            raise KeyboardInterrupt
        run_epoch(self, *arguments)

    monkeypatch.setattr(Training, "run_epoch", interrupted)
    stopped = run("vision", "train", *QUICK, "--epochs", 3, "-o", "half", "-q")
    assert (stopped.exit_code, stopped.stderr) == (130, "Interrupted\n")
    assert "epochs    1 of 3\n" in run("vision", "evaluate", "half").stdout
    monkeypatch.setattr(Training, "run_epoch", run_epoch)
    result = run("vision", "train", "--resume", "-o", "half", "-q")
    assert result.exit_code == 0, result.output
    for path in (here / "whole").iterdir():
        assert path.read_bytes() == (here / "half" / path.name).read_bytes(), path.name
    before = {path.name: path.stat().st_mtime_ns for path in (here / "half").iterdir()}
    again = run("vision", "train", "--resume", "-o", "half")
    assert again.exit_code == 0, again.output
    assert "half/ is finished: 3 epochs done, nothing left to train\n" in again.stderr
    assert {path.name: path.stat().st_mtime_ns for path in (here / "half").iterdir()} == before
    fewer = run("vision", "train", "--resume", "-o", "half", "-q", "--epochs", 2)
    assert fewer.stderr == (
        "Error: --epochs: expected at least the 3 that are done, found 2 (see wordlab vision train --help)\n"
    )
    other = run("vision", "train", "--resume", "-o", "half", "-q", "--epochs", 4, "--seed", 2)
    assert "--seed: expected 1, as training began with, found 2" in other.stderr


@pytest.mark.parametrize(
    ("study", "options"),
    [
        ("batch-norm", ("--learning-rate", 0.3, "--learning-rate", 1)),
        ("depth", ("--depths", "8,20", "--max-images", 300)),
    ],
)
def test_studies(here, study, options):
    words = (
        "vision",
        "compare",
        "--study",
        study,
        *options,
        "--epochs",
        1,
        "--seeds",
        2,
        "--threads",
        1,
        "-q",
    )
    result = run(*words, "-o", "study", "-q")
    assert result.exit_code == 0, result.output
    found = json.loads((here / "study" / "results.json").read_text())
    assert found["study"] == study
    assert (here / "study" / "study.png").stat().st_size > 10_000
    for sentence in found["seen"]:
        assert sentence in result.stdout
    assert len(found["runs"]) == {"batch-norm": 16, "depth": 8}[study]
    manifest = json.loads((here / "study" / "manifest.json").read_text())
    assert manifest["kind"] == "vision-study"
    assert study_remarks(load_study(here / "study")) == found["seen"] == manifest["details"]["seen"]
    as_json = json.loads(run(*words, "-o", "study", "--overwrite", "--json", "-q").stdout)
    assert as_json["runs"] == found["runs"]


BAD_INPUT = [
    ("train --data nowhere", 1, "nowhere: expected 'digits' or a directory of images, found neither"),
    ("train --flip", 2, "--flip: expected False for digits, whose mirror images are wrong, found True"),
    ("train --activation sigmoid", 2, "--activation: expected relu for resnet20, found 'sigmoid'"),
    ("train --resume --overwrite", 2, "--resume and --overwrite exclude each other"),
    ("train --resume", 1, "out: expected an artefact made by wordlab, found no directory"),
    ("train --plot a.txt", 2, "a.txt: expected a picture's name, which ends in .png, .svg, .pdf"),
    ("compare --study depth --learning-rate 1", 2, "--learning-rate does not go with --study depth"),
    ("compare --study batch-norm --depths 8,20", 2, "--depths does not go with --study batch-norm"),
    (
        "compare --study depth --depths 8,9", 2,
        "--depths: expected two or more of 8, 20, 32, 44, 56, 110, found (8, 9)",
    ),
    ("compare --study depth --seeds 0", 2, "--seeds: expected a whole number from 1 to 100, found 0"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "message"), BAD_INPUT)
def test_bad_input(here, words, code, message):
    where = f" (see wordlab vision {words.split()[0]} --help)" if code == 2 else ""
    fails(here, ("vision", *words.split(), "-o", "out"), code, message + where)


def test_a_loss_that_diverges_ends_with_a_sentence(here):
    options = "--model lenet --activation relu --learning-rate 1000 --schedule constant --threads 1"
    result = run("vision", "train", *options.split(), "-o", "out", "-q")
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: the loss is (nan|inf) in epoch 1 after \d+ steps; "
        r"a smaller --learning-rate than 1000 may help\n",
        result.stderr,
    )
    assert everything_in(here) == []


def test_other_images_than_it_was_trained_on(place):
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            (place / "pets" / part / name).mkdir(parents=True)
            Image.new("L", (8, 8), 100).save(place / "pets" / part / name / "1.png")
    fails(
        place, ("vision", "evaluate", "run", "--data", "pets"), 2,
        "--data: expected the classes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, found cat, dog "
        "(see wordlab vision evaluate --help)",
    )  # fmt: skip
    Image.new("L", (9, 8), 100).save(place / "pets" / "test" / "dog" / "1.png")
    fails(
        place, ("vision", "train", "--data", "pets", "-o", "out"), 1,
        "pets/test/dog/1.png: expected 8x8 pixels, as pets/train/cat/1.png has, found 9x8",
    )  # fmt: skip
    shutil.rmtree(place / "pets" / "test" / "dog")
    fails(
        place, ("vision", "train", "--data", "pets", "-o", "out"), 1,
        "pets/test: expected a folder for the class 'dog', found none",
    )  # fmt: skip


def test_damaged_weights_are_named(place):
    path = place / "run" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-5])
    size = path.stat().st_size
    fails(
        place, ("vision", "evaluate", "run"), 1,
        f"run/weights.safetensors: expected {size + 5} bytes, found {size}",
    )  # fmt: skip


def test_an_existing_output_is_left_unchanged(place):
    fails(
        place, ("vision", "train", "-o", "run"), 1,
        "run: exists already; choose another name or use --overwrite",
    )  # fmt: skip


def test_defaults_are_those_of_the_config():
    context = train.make_context("train", ["-o", "run"])
    with context:
        assert config_from(VisionConfig, context.params) == VisionConfig()


def test_defaults_of_the_studies():
    assert STUDIES.keys() == FINDINGS.keys()
    options = {param.name: param for param in compare.params}
    for study in (BatchNormStudy, DepthStudy):
        defaults = {name: entry.default for name, entry in inspect.signature(study).parameters.items()}
        assert options["seeds"].default == defaults["seeds"]
        assert options["epochs"].default == defaults["epochs"]
    most = [study.max_images for study in (BatchNormStudy(), DepthStudy())]
    assert options["max_images"].show_default == " and ".join(map(str, most))
    assert options["depths"].show_default == ",".join(map(str, DepthStudy().depths))
    rates = BatchNormStudy().learning_rates
    assert options["learning_rates"].show_default == f"{rates[0]:g} to {rates[-1]:g}"


def outcome(config, accuracy):
    diverged = None if accuracy is not None else "the loss is nan"
    value = (accuracy or 0.0,)
    return TrainingRun(config, History(value, value, value, value) if accuracy else History(), diverged, 10)


def test_remarks_on_batch_norm_follow_from_the_runs():
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
    assert study_remarks(findings) == [
        "With relu, LeNet learns at learning rate 0.1 without batch normalisation, and at learning rates "
        "0.1 and 1 with it: 1 needs it.",
        "With relu at learning rate 0.1, the spread of the last activation's inputs (15th to 85th "
        "percentile) varies during training by a factor of 3 without batch normalisation, and of 1.5 "
        "with it.",
    ]
    reversed_findings = dataclasses.replace(
        findings,
        runs=tuple(dataclasses.replace(run, diverged="no", history=History()) for run in runs),
        distributions=shown[::-1],
    )
    first, second = study_remarks(reversed_findings)
    assert first == (
        "With relu, LeNet learns at no learning rate without batch normalisation, and at no learning rate "
        "with it."
    )
    assert second.endswith("by a factor of 1.5 without batch normalisation, and of 3 with it.")


def test_remarks_on_depth_follow_from_the_runs():
    study = DepthStudy(depths=(8, 56), epochs=1, seeds=2, threads=1)
    accuracies = {
        "plain8": (0.99, 0.98),
        "plain56": (0.9, None),
        "resnet8": (0.97, 0.96),
        "resnet56": (0.98, 0.95),
    }
    runs = tuple(outcome(config, accuracies[config.model][config.seed - 1]) for config in study.configs())
    findings = DepthFindings(study, "data", runs)
    assert study_remarks(findings) == [
        "From 8 to 56 layers the training error of plain networks went from 1.50% to 50.00%: "
        "worse with depth in 2 of 2 runs (1 of all runs diverged, which counts as answers by chance).",
        "From 8 to 56 layers the training error of residual networks went from 3.50% to 3.50%: "
        "worse with depth in 1 of 2 runs.",
    ]
    assert findings.curves("plain", 56).shape == (1, 1)  # the run that diverged has none
    gone = tuple(dataclasses.replace(run, diverged="no") for run in runs)
    assert DepthFindings(study, "data", gone).curves("plain", 56).shape == (0, 1)
