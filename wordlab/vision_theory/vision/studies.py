"""What the studies share: many runs of training, one after the other, with one report of progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wordlab.devices import torch_threads
from wordlab.errors import TrainingError
from wordlab.progress import REPORT_INTERVAL, OnProgress, Progress
from wordlab.vision_theory.vision.classifier import History
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.training import Training

_SUBSET_SEED = 0  # all runs of a study see the same images


@dataclass(frozen=True)
class Run:
    """One run of training and how it went; `diverged` says so where it ended early.

    The accuracies of a run that diverged are those of a coin: its network answers nothing.
    """

    config: VisionConfig
    history: History
    diverged: str | None
    num_classes: int

    @property
    def train_accuracy(self) -> float:
        """The share of training images that were recognised in the last epoch."""
        return 1 / self.num_classes if self.diverged else self.history.accuracies[-1]

    @property
    def test_accuracy(self) -> float:
        """The share of test images that are recognised in the end."""
        return 1 / self.num_classes if self.diverged else self.history.test_accuracies[-1]


def limited(data: ImageData, max_images: int) -> ImageData:
    """The same data with at most `max_images` training images, drawn at random with a fixed seed."""
    train = data.train.subset(max_images, seed=_SUBSET_SEED)
    return ImageData(data.name, train, data.test, data.classes, mirrored=data.mirrored)


class Runner:
    """Trains for one config after the other; `Progress` counts the epochs of all of them."""

    def __init__(
        self, data: ImageData, task: str, configs: Iterable[VisionConfig], on_progress: OnProgress | None
    ) -> None:
        self._data, self._task, self._on_progress = data, task, on_progress
        self._total = sum(config.epochs for config in configs)
        self._done = 0
        self._begun = self._reported = time.perf_counter()

    def run(self, config: VisionConfig, on_epoch: Callable[[Training], None] | None = None) -> Run:
        """How training by `config` goes. `on_epoch` is called before the first epoch, too."""
        training, diverged = Training(self._data, config), None
        with torch_threads(config.threads):
            try:
                if on_epoch is not None:
                    on_epoch(training)
                while not training.done:
                    training.run_epoch(self._on_step)
                    self._done += 1
                    if on_epoch is not None:
                        on_epoch(training)
            except TrainingError as error:
                diverged = str(error)
                self._done += config.epochs - len(training.history)
        self._report()
        return Run(config, training.history, diverged, len(self._data.classes))

    def _on_step(self, *_: float) -> None:
        if time.perf_counter() - self._reported >= REPORT_INTERVAL:
            self._report()

    def _report(self) -> None:
        self._reported = time.perf_counter()
        if self._on_progress is not None:
            elapsed = self._reported - self._begun
            self._on_progress(Progress(self._task, self._done, self._total, "epochs", elapsed))
