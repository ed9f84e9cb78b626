"""One training among the many of a study, and the images that all of them see."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.scores import History

_SUBSET_SEED = 0  # all runs of a study see the same images


@dataclass(frozen=True)
class TrainingRun:
    """One training and how it went; `diverged` gives the reason where it ended early.

    A run that diverged has the accuracy of guessing, as its network answers nothing; that is NaN where
    `num_classes` is unknown.
    """

    config: VisionConfig
    history: History
    diverged: str | None
    num_classes: int | None

    @property
    def train_accuracy(self) -> float:
        """The share of training images recognised in the last epoch."""
        return self._chance if self.diverged else self.history.accuracies[-1]

    @property
    def test_accuracy(self) -> float:
        """The share of test images recognised after the last epoch."""
        return self._chance if self.diverged else self.history.test_accuracies[-1]

    @property
    def _chance(self) -> float:
        return 1 / self.num_classes if self.num_classes else math.nan


def limited(data: ImageData, max_images: int) -> ImageData:
    """The same data with at most `max_images` training images, drawn at random with a fixed seed."""
    return dataclasses.replace(data, train=data.train.subset(max_images, seed=_SUBSET_SEED))
