"""Train an image classifier by a plain loop: batch, loss, gradient, step."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

from wordlab.devices import torch_threads
from wordlab.errors import ConfigError, MissingExtraError, TrainingError
from wordlab.progress import REPORT_INTERVAL, OnProgress, Progress
from wordlab.vision_theory.vision.batches import Reader, num_batches, shuffled
from wordlab.vision_theory.vision.classifier import History, ImageClassifier
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData, check_fits
from wordlab.vision_theory.vision.models import build_model

try:
    import torch
    from torch.nn import functional as F  # noqa: N812 - the name that all of torch's own texts use
except ImportError as error:
    raise MissingExtraError("torch is not installed; pip install 'wordlab[torch]' brings it") from error

_MAY_CHANGE = ("epochs", "threads")  # when a run is gone on with


class Training:
    """A run of training, an epoch at a time: `run_epoch` until `done`, `classifier` at any time between.

    With `start`, an unfinished classifier, it goes on where that one ended. With equal data, config and
    threads the result is the same, bit for bit, whether or not it was interrupted between.

    Raises ConfigError for data or options that do not fit.
    """

    def __init__(
        self, data: ImageData, config: VisionConfig, *, start: ImageClassifier | None = None
    ) -> None:
        check_augmentation(data, config)
        self.data, self.config = data, config
        self.history = History()
        self.mean, self.std = data.channel_statistics()
        self.model = build_model(config, data.shape, len(data.classes)).to(memory_format=torch.channels_last)
        self._optimizer = _make_optimizer(self.model, config)
        self._generator = torch.Generator().manual_seed(config.seed)
        if start is not None:
            self._go_on(start)

    @property
    def done(self) -> bool:
        """Whether all epochs were run."""
        return len(self.history) >= self.config.epochs

    def run_epoch(self, on_step: Callable[[int, float, float], None] | None = None) -> None:
        """Train on all images once and score the test images.

        `on_step` gets the images seen in this epoch, and their mean loss and accuracy. Raises
        TrainingError when the loss is no longer a finite number.
        """
        with torch_threads(self.config.threads):
            self._run_epoch(on_step or (lambda *_: None))

    def reader(self) -> Reader:
        """What turns pixels into the network's input."""
        return Reader(self.mean, self.std)

    def classifier(self, *, with_state: bool = False) -> ImageClassifier:
        """What was learnt so far; with the state that training needs to go on, if asked for.

        The network is the one that `run_epoch` trains, not a copy.
        """
        state = {"optimizer": self._optimizer.state_dict(), "generator": self._generator.get_state()}
        return ImageClassifier(
            self.model, self.config, self.data.classes, self.data.shape, self.mean, self.std, self.history,
            self.data.name, self.data.digest, state if with_state else None,
        )  # fmt: skip

    def _run_epoch(self, on_step: Callable[[int, float, float], None]) -> None:
        config, reader = self.config, self.reader()
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
            logits = self.model(reader(pixels))  # (batch, class)
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

    def _go_on(self, start: ImageClassifier) -> None:
        check_start(start, self.data, self.config)
        if start.state is None:
            raise ConfigError("start: expected a classifier saved with its training state, found one without")
        self.model.load_state_dict(start.model.state_dict())
        self._optimizer.load_state_dict(start.state["optimizer"])
        self._generator.set_state(start.state["generator"])
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
    """The classifier that `config` and `data` give after all epochs.

    `start` is an unfinished classifier to go on with; `on_epoch` is called after each epoch. Raises
    ConfigError for options that do not fit, TrainingError when training diverges.
    """
    training = Training(data, config or VisionConfig(), start=start)
    report = _Report(training, on_progress)
    while not training.done:
        training.run_epoch(report.step)
        report.epoch_end()
        if on_epoch is not None:
            on_epoch(training)
    return training.classifier(with_state=True)


class _Report:
    """Hands on how far a run is, about ten times a second and at the end of each epoch."""

    def __init__(self, training: Training, on_progress: OnProgress | None) -> None:
        self._training, self._on_progress = training, on_progress
        self._begun = self._reported = time.perf_counter()

    def step(self, num_seen: int, loss: float, accuracy: float) -> None:
        if time.perf_counter() - self._reported >= REPORT_INTERVAL:
            self._send(num_seen, len(self._training.history) + 1, {"loss": loss, "accuracy": accuracy})

    def epoch_end(self) -> None:
        history = self._training.history
        metrics = {"loss": history.losses[-1], "test_accuracy": history.test_accuracies[-1]}
        self._send(0, len(history), metrics)

    def _send(self, num_seen: int, epoch: int, metrics: dict[str, float]) -> None:
        self._reported = time.perf_counter()
        if self._on_progress is None:
            return
        per_epoch = len(self._training.data.train)
        done = len(self._training.history) * per_epoch + num_seen
        total, elapsed = self._training.config.epochs * per_epoch, self._reported - self._begun
        metrics = {"epoch": epoch, **metrics}
        self._on_progress(Progress("train", done, total, "images", elapsed, metrics))


def check_augmentation(data: ImageData, config: VisionConfig) -> None:
    """Raise ConfigError for moves of training images that make no sense for `data`."""
    if config.flip and not data.mirrored:
        raise ConfigError(f"flip: expected False for {data.name}, which have a right side, found True")
    smallest = min(data.shape[1:])
    if config.shift >= smallest:
        raise ConfigError(
            f"shift: expected less than the {smallest} pixels of an image's side, found {config.shift}"
        )


def check_start(start: ImageClassifier, data: ImageData, config: VisionConfig) -> None:
    """Raise ConfigError unless `start` can be gone on with by `config` on `data`."""
    check_fits(data, start.shape, start.classes)
    if data.digest != start.data_digest:
        raise ConfigError(
            f"data: expected the images that training began with ({start.data_name}), found others"
        )
    for entry in dataclasses.fields(VisionConfig):
        before, now = getattr(start.config, entry.name), getattr(config, entry.name)
        if entry.name not in _MAY_CHANGE and before != now:
            raise ConfigError(f"{entry.name}: expected {before}, as training began with, found {now}")
    if config.epochs <= len(start.history):
        raise ConfigError(
            f"epochs: expected more than the {len(start.history)} that are done, found {config.epochs}"
        )


def _make_optimizer(model: torch.nn.Module, config: VisionConfig) -> torch.optim.Optimizer:
    """The learning rate is set before each step; torch only wants one to begin with."""
    if config.optimizer == "adam":
        return torch.optim.AdamW(model.parameters(), lr=1.0, weight_decay=config.weight_decay)
    return torch.optim.SGD(
        model.parameters(), lr=1.0, momentum=config.momentum, weight_decay=config.weight_decay
    )
