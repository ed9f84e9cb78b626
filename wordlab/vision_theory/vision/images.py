"""Labelled images, in two parts: those to train on and those to judge by.

`digits` comes with scikit-learn and needs nothing. A directory holds either the four files of MNIST
and its like (`idx`), or images in folders, one for each class (`folders`).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from wordlab.errors import ConfigError, FormatError, SourceError

DIGITS = "digits"
_TEST_SHARE = 0.2
_SPLIT_SEED = 0  # the split is part of the data: it does not hang on the seed of the training


@dataclass(frozen=True)
class Images:
    """Pixels (num_images, channel, height, width) in uint8 and labels (num_images,) in int64."""

    pixels: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, most: int, *, seed: int) -> Images:
        """These images, or `most` of them drawn at random, in their order."""
        if most >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self))[:most])
        return Images(self.pixels[chosen], self.labels[chosen])


@dataclass(frozen=True)
class ImageData:
    """Images to train on and to test with; label i stands for `classes[i]`.

    `mirrored` says whether an image and its mirror image can be of one class; for digits they cannot.
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


def load_images(source: str | os.PathLike[str]) -> ImageData:
    """The data called `digits`, or those in a directory.

    Raises SourceError if there is no such directory, and FormatError if it holds something else than
    images with labels, or damaged files.
    """
    from wordlab.vision_theory.vision.folders import has_folders, read_folders
    from wordlab.vision_theory.vision.idx import has_idx_files, read_idx_directory

    if os.fspath(source) == DIGITS:
        return load_digits()
    path = Path(source)
    if not path.is_dir():
        raise SourceError(f"{path}: expected {DIGITS!r} or a directory of images, found neither")
    if has_folders(path):
        return read_folders(path)
    if has_idx_files(path):
        return read_idx_directory(path)
    raise FormatError(
        f"{path}: expected train-images-idx3-ubyte and its like, or images in train/CLASS/ and test/CLASS/, "
        "found neither"
    )


def load_digits() -> ImageData:
    """The 1,797 handwritten digits of 8x8 pixels of scikit-learn: 1,437 to train on, 360 to test with.

    A fifth of each class is for the test, drawn with a fixed seed.
    """
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    digits = load()
    pixels = digits.images[:, None].astype(np.uint8)  # (1797, 1, 8, 8), values from 0 to 16
    labels = digits.target.astype(np.int64)  # (1797,)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=_TEST_SHARE, stratify=labels, random_state=_SPLIT_SEED
    )
    return ImageData(
        DIGITS,
        Images(pixels[train], labels[train]),
        Images(pixels[test], labels[test]),
        tuple(str(name) for name in digits.target_names),
        mirrored=False,
    )


def check_fits(data: ImageData, shape: tuple[int, ...], classes: tuple[str, ...]) -> None:
    """Raise ConfigError unless `data` has the shape and the classes that a network was made for."""
    if data.shape != tuple(shape):
        expected, found = ("x".join(map(str, sizes)) for sizes in (shape, data.shape))
        raise ConfigError(f"data: expected images of {expected} (channels, height, width), found {found}")
    if data.classes != tuple(classes):
        raise ConfigError(f"data: expected the classes {', '.join(classes)}, found {', '.join(data.classes)}")


def _channels(pixels: np.ndarray) -> list[np.ndarray]:
    return [pixels[:, channel] for channel in range(pixels.shape[1])]
