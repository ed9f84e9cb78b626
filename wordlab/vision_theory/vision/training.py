"""Train an image classifier in a plain loop: batch, loss, gradient, step."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from wordlab import schema
from wordlab.checkpoint import load_optimizer
from wordlab.devices import torch_threads
from wordlab.errors import ArtifactError, ConfigError, TrainingError
from wordlab.extras import need
from wordlab.progress import OnProgress, Reporter
from wordlab.vision_theory.vision.classifier import ImageClassifier
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData, check_fits
from wordlab.vision_theory.vision.networks.building import build_network
from wordlab.vision_theory.vision.pixels import PixelScaler, num_batches, shuffled
from wordlab.vision_theory.vision.scores import History

with need("torch"):
    import torch
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

_MAY_CHANGE = ("epochs", "threads")  # when training resumes


class Training:
    """Training, an epoch at a time: `run_epoch` until `done`, and `classifier` at any point between.

    With `start`, a classifier saved with its state, it resumes where that one ended. With equal data,
    config and threads the result is the same bit for bit, interrupted or not.

    Raises ConfigError for data or options that do not fit.
    """

    def __init__(
        self, data: ImageData, config: VisionConfig, *, start: ImageClassifier | None = None
    ) -> None:
        check_augmentation(data, config)
        self.data, self.config = data, config
        self.history = History()
        self.mean, self.std = data.channel_statistics()
        self.model = build_network(config, data.shape, len(data.classes)).to(
            memory_format=torch.channels_last
        )
        self._optimizer = _make_optimizer(self.model, config)
        self._generator = torch.Generator().manual_seed(config.seed)
        if start is not None:
            self._resume(start)

    @property
    def done(self) -> bool:
        """Whether all epochs have been run."""
        return len(self.history) >= self.config.epochs

    def run_epoch(self, on_step: Callable[[int, float, float], None] | None = None) -> None:
        """Train on all images once and score the test images.

        `on_step` gets the number of images seen in this epoch, and their mean loss and accuracy. Raises
        TrainingError when the loss is no longer finite.
        """
        with torch_threads(self.config.threads):
            self._run_epoch(on_step or (lambda *_: None))

    def scaler(self) -> PixelScaler:
        """What turns pixels into the network's input."""
        return PixelScaler(self.mean, self.std)

    def classifier(self, *, with_state: bool = False) -> ImageClassifier:
        """What has been learnt so far; `with_state` keeps what training needs to resume.

        The network is the one that `run_epoch` trains, not a copy.
        """
        state = {"optimizer": self._optimizer.state_dict(), "generator": self._generator.get_state()}
        return ImageClassifier(
            self.model, self.config, self.data.classes, self.data.shape, self.mean, self.std, self.history,
            self.data.name, self.data.digest, state if with_state else None,
        )  # fmt: skip

    def _run_epoch(self, on_step: Callable[[int, float, float], None]) -> None:
        config, scaler = self.config, self.scaler()
        batches = num_batches(len(self.data.train), config.batch_size)
        loss_sum, num_right, num_seen = 0.0, 0, 0
        self.model.train()
        for step, (pixels, labels) in enumerate(
            shuffled(
                self.data.train, config.batch_size, self._generator, shift=config.shift, flip=config.flip
            )
        ):
            for group in self._optimizer.param_groups:
                group["lr"] = config.learning_rate_at((len(self.history) + step / batches) / config.epochs)
            self._optimizer.zero_grad()
            logits = self.model(scaler(pixels))  # (batch, class)
            loss = F.cross_entropy(logits, labels)  # ()
            self._check_finite(loss.item(), step)
            loss.backward()
            self._optimizer.step()
            num_seen += len(labels)
            loss_sum += loss.item() * len(labels)
            num_right += int((logits.argmax(dim=1) == labels).sum())
            on_step(num_seen, loss_sum / num_seen, num_right / num_seen)
        score = self.classifier().score(self.data.test)
        self._check_finite(score.loss, batches)
        self.history = self.history.extended(
            loss_sum / num_seen, num_right / num_seen, score.loss, score.accuracy
        )

    def _resume(self, start: ImageClassifier) -> None:
        check_start(start, self.data, self.config)
        if start.state is None:
            raise ConfigError("start: expected a classifier saved with its training state, found one without")
        where = "the training state"
        state = schema.fields(start.state, {"optimizer": dict, "generator": Any}, where)
        load_optimizer(self._optimizer, state["optimizer"], f"{where}: optimizer")
        try:
            self._generator.set_state(state["generator"])
        except (RuntimeError, TypeError) as error:
            raise ArtifactError(f"{where}: generator: expected that of torch, found another") from error
        self.model.load_state_dict(start.model.state_dict())
        self.history = start.history

    def _check_finite(self, loss: float, step: int) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} in epoch {len(self.history) + 1} after {step} steps; a smaller "
                f"learning_rate than {self.config.learning_rate:g} may help"
            )


def train(
    data: ImageData,
    config: VisionConfig | None = None,
    *,
    start: ImageClassifier | None = None,
    on_epoch: Callable[[Training], None] | None = None,
    on_progress: OnProgress | None = None,
) -> ImageClassifier:
    """The classifier after all epochs of `config` on `data`.

    `start` is a classifier to resume from, which is the result if it is finished; `on_epoch` is called
    after each epoch. Raises
    ConfigError for options that do not fit, and TrainingError when training diverges.
    """
    training = Training(data, config or VisionConfig(), start=start)
    num_images = len(data.train)
    reporter = Reporter(on_progress, "train", "images", training.config.epochs * num_images)

    def report_step(num_seen: int, loss: float, accuracy: float) -> None:
        done = len(training.history)
        reporter.update(done * num_images + num_seen, epoch=done + 1, loss=loss, accuracy=accuracy)

    while not training.done:
        training.run_epoch(report_step)
        history = training.history
        reporter.report(
            len(history) * num_images, epoch=len(history),
            loss=history.losses[-1], test_accuracy=history.test_accuracies[-1],
        )  # fmt: skip
        if on_epoch is not None:
            on_epoch(training)
    return training.classifier(with_state=True)


def check_augmentation(data: ImageData, config: VisionConfig) -> None:
    """Raise ConfigError for shifts and mirrorings of training images that do not suit `data`."""
    if config.flip and not data.mirrored:
        raise ConfigError(f"flip: expected False for {data.name}, whose mirror images are wrong, found True")
    smallest = min(data.shape[1:])
    if config.shift >= smallest:
        raise ConfigError(
            f"shift: expected less than the {smallest} pixels of an image's side, found {config.shift}"
        )


def check_start(start: ImageClassifier, data: ImageData, config: VisionConfig) -> None:
    """Raise ConfigError unless training can resume from `start` with `config` and `data`."""
    check_fits(data, start.shape, start.classes)
    if data.digest != start.data_digest:
        raise ConfigError(
            f"data: expected the images that training began with ({start.data_name}), found other ones"
        )
    for entry in dataclasses.fields(VisionConfig):
        before, now = getattr(start.config, entry.name), getattr(config, entry.name)
        if entry.name not in _MAY_CHANGE and before != now:
            raise ConfigError(f"{entry.name}: expected {before}, as training began with, found {now}")
    if config.epochs < len(start.history):
        raise ConfigError(
            f"epochs: expected at least the {len(start.history)} that are done, found {config.epochs}"
        )


def _make_optimizer(model: torch.nn.Module, config: VisionConfig) -> torch.optim.Optimizer:
    """The optimiser of `config`; the loop sets its rate before each step, torch only wants an initial one."""
    if config.optimizer == "adam":
        return torch.optim.AdamW(model.parameters(), lr=1.0, weight_decay=config.weight_decay)
    return torch.optim.SGD(
        model.parameters(), lr=1.0, momentum=config.momentum, weight_decay=config.weight_decay
    )
