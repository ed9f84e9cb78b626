"""Labelled images as values, in two parts: those to train on and those to test with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wordlab.errors import ConfigError


@dataclass(frozen=True)
class Images:
    """Pixels (num_images, channel, height, width) in uint8 and labels (num_images,) in int64."""

    pixels: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, most: int, *, seed: int) -> Images:
        """At most `most` of these images, drawn at random and kept in their order."""
        if most >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self))[:most])
        return Images(self.pixels[chosen], self.labels[chosen])


@dataclass(frozen=True)
class ImageData:
    """Images to train on and to test with; label i stands for `classes[i]`.

    `mirrored` says whether an image and its mirror image can belong to one class; digits cannot.
    """

    name: str
    train: Images
    test: Images
    classes: tuple[str, ...]
    mirrored: bool = True

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channel, height, width) of all images."""
        channels, height, width = self.train.pixels.shape[1:]
        return channels, height, width

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the training images and labels."""
        found = hashlib.sha256(str(self.train.pixels.shape).encode())
        found.update(self.train.pixels.tobytes())
        found.update(self.train.labels.tobytes())
        return found.hexdigest()

    def channel_statistics(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and standard deviation of each channel over all training pixels (1 where it is constant)."""
        counts = [np.bincount(channel.ravel(), minlength=256) for channel in _channels(self.train.pixels)]
        values = np.arange(256)
        means = [float(np.average(values, weights=count)) for count in counts]
        stds = [
            float(np.sqrt(np.average((values - mean) ** 2, weights=count)))
            for count, mean in zip(counts, means, strict=True)
        ]
        return tuple(means), tuple(std or 1.0 for std in stds)


def check_fits(data: ImageData, shape: tuple[int, ...], classes: tuple[str, ...]) -> None:
    """Raise ConfigError unless `data` has the shape and the classes that a network was trained for."""
    if data.shape != tuple(shape):
        expected, found = ("x".join(map(str, sizes)) for sizes in (shape, data.shape))
        raise ConfigError(f"data: expected images of {expected} (channels, height, width), found {found}")
    if data.classes != tuple(classes):
        raise ConfigError(f"data: expected the classes {', '.join(classes)}, found {', '.join(data.classes)}")


def _channels(pixels: np.ndarray) -> list[np.ndarray]:
    return [pixels[:, channel] for channel in range(pixels.shape[1])]
