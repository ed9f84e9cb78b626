"""How well a network does: epoch by epoch in training, and on the images of a test."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class History:
    """The result of each epoch: mean losses in nats, accuracies as shares.

    In training each batch is scored before its own step; the test images are scored after the epoch.
    """

    losses: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()
    test_losses: tuple[float, ...] = ()
    test_accuracies: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.losses)

    def extended(self, loss: float, accuracy: float, test_loss: float, test_accuracy: float) -> History:
        """This history with one more epoch."""
        values = (loss, accuracy, test_loss, test_accuracy)
        names = (entry.name for entry in dataclasses.fields(self))
        return History(*((*getattr(self, name), value) for name, value in zip(names, values, strict=True)))


@dataclass(frozen=True)
class Score:
    """How well a network does: mean loss in nats, accuracy, and confusion[true class, answer]."""

    loss: float
    accuracy: float
    confusion: np.ndarray
    classes: tuple[str, ...]

    @property
    def num_images(self) -> np.ndarray:
        """The number of images of each class, (num_classes,)."""
        return np.asarray(self.confusion.sum(axis=1))

    def recalls(self) -> dict[str, float]:
        """The share of each class's images that were recognised; NaN for a class without images."""
        with np.errstate(invalid="ignore"):
            shares = self.confusion.diagonal() / self.num_images  # (num_classes,)
        return {name: float(share) for name, share in zip(self.classes, shares, strict=True)}

    def most_confused(self, most: int) -> list[tuple[str, str, int]]:
        """At most `most` triples of true class, wrong answer and number of images, most frequent first."""
        wrong = self.confusion - np.diag(self.confusion.diagonal())  # (num_classes, num_classes)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        pairs = [divmod(int(index), len(self.classes)) for index in order]
        return [
            (self.classes[true], self.classes[answer], int(wrong[true, answer]))
            for true, answer in pairs
            if wrong[true, answer]
        ]
