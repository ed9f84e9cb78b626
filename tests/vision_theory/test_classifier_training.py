"""The loop: what it learns, that it repeats and resumes to the bit, and how it fails."""

import dataclasses
import json
import math
import sys
from types import ModuleType

import numpy as np
import pytest

from wordlab.devices import torch_threads
from wordlab.errors import ArtifactError, ConfigError, TrainingError
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.image_sources import load_images
from wordlab.vision_theory.vision.images import ImageData, Images
from wordlab.vision_theory.vision.learning_rates import SCHEDULES
from wordlab.vision_theory.vision.models import ACTIVATIONS, NETWORKS, Network
from wordlab.vision_theory.vision.scores import History, Score

torch = pytest.importorskip("torch")
from wordlab.vision_theory.vision.classifier import ImageClassifier  # noqa: E402
from wordlab.vision_theory.vision.networks import lenet  # noqa: E402
from wordlab.vision_theory.vision.networks.building import build_network  # noqa: E402
from wordlab.vision_theory.vision.pixels import PixelScaler, num_batches, shifted, shuffled  # noqa: E402
from wordlab.vision_theory.vision.training import Training, train  # noqa: E402


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


def config(**options):
    return VisionConfig(**{"model": "lenet", "batch_norm": True, "epochs": 3, "threads": 1, **options})


def weights_of(classifier):
    return {name: value.numpy().tobytes() for name, value in classifier.model.state_dict().items()}


# Test accuracy after 6 epochs, seeds 1 to 5: 0.983 to 0.992.
@pytest.mark.parametrize("seed", [1, 2])
def test_a_small_resnet_learns_digits(digits, seed):
    classifier = train(digits, config(model="resnet8", epochs=6, seed=seed, batch_norm=False))
    assert classifier.history.test_accuracies[-1] > 0.95
    assert classifier.evaluate(digits).accuracy == classifier.history.test_accuracies[-1]
    assert classifier.predict(digits.test.pixels[:50]) != ["0"] * 50


def test_equal_seeds_give_equal_bytes(digits, tmp_path):
    for name in ("one", "two"):
        train(digits, config(shift=1)).save(tmp_path / name)
    one, two = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    other = train(digits, config(shift=1, seed=2))
    assert weights_of(other) != weights_of(ImageClassifier.load(tmp_path / "one"))


@pytest.mark.parametrize(
    "options",
    [
        {"shift": 1, "optimizer": "sgd"},
        {"optimizer": "adam", "schedule": "cosine"},
        {"model": "resnet8", "batch_norm": False, "batch_size": 300, "schedule": "step"},
    ],
)
def test_an_interrupted_run_ends_as_if_it_was_not(digits, tmp_path, options):
    whole = train(digits, config(epochs=4, **options))
    training = Training(digits, config(epochs=4, **options))
    with torch_threads(3):  # the run's own number holds, whatever the process was set to
        training.run_epoch()
        training.run_epoch()
    training.classifier(with_state=True).save(tmp_path / "half")
    half = ImageClassifier.load(tmp_path / "half")
    assert not half.finished
    resumed = train(digits, half.config, start=half)
    assert resumed.history == whole.history
    assert weights_of(resumed) == weights_of(whole)
    assert resumed.finished


def test_saved_and_loaded(digits, tmp_path):
    classifier = train(digits, config(activation="relu"))
    classifier.save(tmp_path / "run")
    loaded = ImageClassifier.load(tmp_path / "run")
    for name in ("config", "classes", "shape", "mean", "std", "history", "data_name", "data_digest"):
        assert getattr(loaded, name) == getattr(classifier, name), name
    assert torch.equal(loaded.logits(digits.test.pixels), classifier.logits(digits.test.pixels))
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["kind"] == "image-classifier"
    assert {"weights.safetensors", "training.safetensors"} < manifest["payloads"].keys()
    assert {"torch", "safetensors"} < manifest["libraries"].keys()


def change(directory, edit):
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text())
    edit(manifest["details"])
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda details: details.pop("classes"),
            "details: expected 'classes', found an object with 'config'",
        ),
        (
            lambda details: details["config"].update(model="vgg"),
            "details: config: model: expected one of",
        ),
        (
            lambda details: details["config"].update(size=3),
            "config: expected fields of VisionConfig, found 'size'",
        ),
        (lambda details: details.update(shape=[1, 8]), "details: shape: expected 3 values, found 2"),
        (lambda details: details.update(shape=[1, 10**6, 10**6]), "shape: expected sides from 1 to 100000"),
        (lambda details: details.update(shape=[1, 90_000, 90_000]), r"weight: expected float32 \(120, "),
        (lambda details: details.update(classes=["a"]), "classes: expected two or more"),
        (lambda details: details["standardisation"].update(mean=[1.0, 2.0]), "standardisation: expected a"),
        (lambda details: details["standardisation"].update(std=[0]), "standardisation: expected a finite"),
        (
            lambda details: details["standardisation"].update(std=[1e999]),
            "standardisation: expected a finite",
        ),
        (lambda details: details["metrics"].update(losses=[1.0]), "metrics: expected one value an epoch"),
        (lambda details: details.update(data=3), "data: expected an object, found 3"),
        (lambda details: details["config"].update(batch_norm=False), "weight: expected .*, found "),
    ],
)
def test_damaged_classifiers(digits, tmp_path, edit, message):
    Training(digits, config()).classifier().save(tmp_path / "run")
    change(tmp_path / "run", edit)
    with pytest.raises(ArtifactError, match=message):
        ImageClassifier.load(tmp_path / "run")


def test_what_training_cannot_resume_from(digits, tmp_path):
    start = train(digits, config(epochs=2))
    longer = dataclasses.replace(start.config, epochs=3)
    fewer = ImageData("fewer", digits.train.subset(900, seed=1), digits.test, digits.classes)
    other = ImageData("other", digits.train, digits.test, (*digits.classes[:-1], "ten"))
    for data, options, message in (
        (digits, config(epochs=1), "epochs: expected at least the 2 that are done, found 1"),
        (digits, dataclasses.replace(longer, learning_rate=0.2), "learning_rate: expected 0.1, as training"),
        (fewer, longer, r"data: expected the images that training began with \(digits\), found other ones"),
        (other, longer, "data: expected the classes"),
    ):
        with pytest.raises(ConfigError, match=message):
            train(data, options, start=start)
    with pytest.raises(ConfigError, match="start: expected a classifier saved with its training state"):
        train(digits, longer, start=dataclasses.replace(start, state=None))


def test_a_finished_run_is_its_own_result(digits):
    start = train(digits, config(epochs=1))
    again = train(digits, start.config, start=start, on_epoch=lambda _: pytest.fail("nothing is left to do"))
    assert (again.history, weights_of(again)) == (start.history, weights_of(start))


@pytest.mark.parametrize("options", [{"learning_rate": 1_000.0, "activation": "relu", "batch_norm": False}])
def test_a_loss_that_diverges_ends_training_with_a_sentence(digits, options):
    message = (
        r"^the loss is (nan|inf) in epoch 1 after \d+ steps; a smaller learning_rate than 1000 may help$"
    )
    training = Training(digits, config(schedule="constant", **options))
    with pytest.raises(TrainingError, match=message):
        training.run_epoch()
    assert len(training.history) == 0  # nothing that is not a number gets into it


def test_augmentation_that_does_not_suit_the_data(digits):
    with pytest.raises(ConfigError, match="flip: expected False for digits, whose mirror images are wrong"):
        Training(digits, config(flip=True))
    with pytest.raises(
        ConfigError, match="shift: expected less than the 8 pixels of an image's side, found 8"
    ):
        Training(digits, config(shift=8))


def test_progress_is_reported(digits):
    events = []
    train(digits, config(epochs=2), on_progress=events.append)
    assert (events[-1].done, events[-1].total, events[-1].unit) == (2 * 1437, 2 * 1437, "images")
    assert [event.done for event in events] == sorted(event.done for event in events)
    assert events[-1].metrics.keys() == {"epoch", "loss", "test_accuracy"}


def test_every_image_once_an_epoch_and_never_one_alone():
    for number, size in ((257, 128), (10, 4), (9, 4), (2, 128), (5, 2)):
        images = Images(np.zeros((number, 1, 2, 2), np.uint8), np.arange(number))
        batches = list(shuffled(images, size, torch.Generator().manual_seed(1)))
        labels = torch.cat([labels for _, labels in batches]).tolist()
        assert sorted(labels) == list(range(number))
        assert labels != sorted(labels) or number == 2
        assert len(batches) == num_batches(number, size)
        assert min(len(labels) for _, labels in batches) >= 2


def test_shifts_by_hand():
    pixels = torch.arange(1, 10, dtype=torch.uint8).view(1, 1, 3, 3).expand(64, 1, 3, 3)
    moved = shifted(pixels, 1, torch.Generator().manual_seed(1))
    seen = {tuple(image.flatten().tolist()) for image in moved}
    assert len(seen) == 9
    assert (1, 2, 3, 4, 5, 6, 7, 8, 9) in seen
    assert (0, 0, 0, 0, 1, 2, 0, 4, 5) in seen
    assert (5, 6, 0, 8, 9, 0, 0, 0, 0) in seen


def test_mirror_images():
    images = Images(np.arange(800, dtype=np.uint8).reshape(200, 1, 1, 4), np.arange(200))
    ((pixels, labels),) = shuffled(images, 200, torch.Generator().manual_seed(1), flip=True)
    original = torch.from_numpy(images.pixels)[labels]
    flipped = (pixels == original.flip(3)).flatten(1).all(1)
    same = (pixels == original).flatten(1).all(1)
    assert bool((flipped ^ same).all())
    assert 70 < int(flipped.sum()) < 130


def test_the_scaler_standardises(digits):
    scaler = PixelScaler(*digits.channel_statistics())
    x = torch.cat(list(scaler.in_order(digits.train.pixels, 500)))
    assert x.shape == digits.train.pixels.shape
    assert (x.mean().item(), x.std().item()) == pytest.approx((0, 1), abs=1e-3)


def test_building_a_network_leaves_the_global_seed_unchanged(digits):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first, second = (build_network(config(seed=seed), digits.shape, 10) for seed in (1, 1))
    assert torch.equal(torch.get_rng_state(), before)
    for one, two in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("model", NETWORKS)
def test_every_model_can_be_built(model):
    built = build_network(VisionConfig(model=model), (1, 8, 8), 10)
    assert built(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_schedules():
    def rates(schedule):
        made = VisionConfig(schedule=schedule, learning_rate=0.8)
        return [made.learning_rate_at(progress) for progress in (0, 0.25, 0.5, 0.75, 1)]

    assert rates("constant") == [0.8] * 5
    assert rates("cosine") == pytest.approx(
        [0.8, 0.4 * (1 + math.sqrt(0.5)), 0.4, 0.4 * (1 - math.sqrt(0.5)), 0]
    )
    assert rates("step") == pytest.approx([0.8, 0.8, 0.08, 0.008, 0.008])
    assert rates("one-cycle") == pytest.approx([0.04, 0.8, 0.6, 0.2, 0])
    assert set(SCHEDULES) == {"constant", "cosine", "step", "one-cycle"}


def test_what_a_config_works_out():
    assert VisionConfig().batch_norm
    assert VisionConfig().activation == "relu"
    assert VisionConfig().depth == 20
    assert VisionConfig(model="lenet").activation == "sigmoid"
    assert VisionConfig(model="lenet").depth is None
    assert not VisionConfig(model="lenet").batch_norm
    assert VisionConfig(optimizer="adam").learning_rate == 0.003
    for made in (VisionConfig(), VisionConfig(model="lenet")):
        assert VisionConfig(**made.to_dict()) == made


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "vgg"}, "model: expected one of lenet, resnet18, .*, found 'vgg'"),
        ({"activation": "tanh", "model": "lenet"}, "activation: expected one of sigmoid, relu, found 'tanh'"),
        ({"activation": "sigmoid"}, "activation: expected relu for resnet20, found 'sigmoid'"),
        ({"optimizer": "rprop"}, "optimizer: expected one of sgd, adam, found 'rprop'"),
        ({"schedule": "none"}, "schedule: expected one of constant"),
        ({"epochs": 0}, "epochs: expected a whole number from 1"),
        ({"batch_size": 1}, "batch_size: expected a whole number from 2"),
        ({"learning_rate": math.nan}, "learning_rate: expected a number from 0.0"),
        ({"momentum": 1.1}, "momentum: expected a number from 0.0 to 1.0, found 1.1"),
        ({"pre_activation": True, "model": "plain20"}, "pre_activation: expected False for plain20"),
        ({"zero_last_scale": True, "model": "lenet"}, "zero_last_scale: expected False for lenet"),
        ({"zero_last_scale": True, "pre_activation": True}, "zero_last_scale: expected False with pre_act"),
    ],
)
def test_invalid_configs(options, message):
    with pytest.raises(ConfigError, match=message):
        VisionConfig(**options)


def test_history_grows():
    history = History().extended(1.0, 0.5, 2.0, 0.25).extended(0.5, 0.75, 1.0, 0.5)
    assert len(history) == 2
    assert history == History((1.0, 0.5), (0.5, 0.75), (2.0, 1.0), (0.25, 0.5))


def test_what_was_confused_by_hand():
    confusion = np.array([[5, 2, 0], [0, 3, 4], [0, 0, 0]])
    score = Score(0.0, 8 / 14, confusion, ("cat", "cow", "dog"))
    assert score.num_images.tolist() == [7, 7, 0]
    assert score.most_confused(5) == [("cow", "dog", 4), ("cat", "cow", 2)]
    assert score.most_confused(1) == [("cow", "dog", 4)]
    assert score.recalls() == pytest.approx({"cat": 5 / 7, "cow": 3 / 7, "dog": math.nan}, nan_ok=True)


def test_a_new_network_is_a_file_and_a_line(monkeypatch):
    class Linear(torch.nn.Module):
        def __init__(self, num_inputs, num_classes):
            super().__init__()
            self.layer = torch.nn.Linear(num_inputs, num_classes)

        def forward(self, x):
            return self.layer(x.flatten(1))

    def build(config, shape, num_classes):
        return Linear(math.prod(shape), num_classes)

    file = ModuleType("linear")
    file.build = build
    monkeypatch.setitem(sys.modules, "wordlab.vision_theory.vision.networks.linear", file)
    monkeypatch.setitem(NETWORKS, "linear", Network("linear", always_normalised=False))
    made = VisionConfig(model="linear")
    assert (made.activation, made.batch_norm) == ("relu", False)
    assert isinstance(build_network(made, (1, 8, 8), 10), Linear)
    with pytest.raises(ConfigError, match="activation: expected relu for linear, found 'sigmoid'"):
        VisionConfig(model="linear", activation="sigmoid")


def test_activations_of_lenet_are_those_of_the_table():
    assert lenet.ACTIVATIONS.keys() == set(NETWORKS["lenet"].activations) <= set(ACTIVATIONS)
