"""Train for one config after the other, with one report of progress for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wordlab.devices import torch_threads
from wordlab.errors import TrainingError
from wordlab.progress import OnProgress, Reporter
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.studies.runs import TrainingRun
from wordlab.vision_theory.vision.training import Training


class StudyRunner:
    """Trains for one config after the other; `Progress` counts the epochs of all of them."""

    def __init__(
        self, data: ImageData, task: str, configs: Iterable[VisionConfig], on_progress: OnProgress | None
    ) -> None:
        self._data = data
        self._reporter = Reporter(on_progress, task, "epochs", sum(config.epochs for config in configs))
        self._done = 0

    def run(self, config: VisionConfig, on_epoch: Callable[[Training], None] | None = None) -> TrainingRun:
        """How training by `config` goes. `on_epoch` is called before the first epoch and after each."""
        training, diverged = Training(self._data, config), None
        with torch_threads(config.threads):
            try:
                if on_epoch is not None:
                    on_epoch(training)
                while not training.done:
                    training.run_epoch(lambda *_: self._reporter.update(self._done))
                    self._done += 1
                    if on_epoch is not None:
                        on_epoch(training)
            except TrainingError as error:
                diverged = str(error)
                self._done += config.epochs - len(training.history)
        self._reporter.report(self._done)
        return TrainingRun(config, training.history, diverged, len(self._data.classes))
