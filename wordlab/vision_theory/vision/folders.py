"""Read images from folders, one for each class: train/cat/1.png, test/cat/2.png and so on."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wordlab.errors import FormatError, SourceError
from wordlab.vision_theory.vision.images import ImageData, Images

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm")
_COLOURLESS = ("1", "L", "LA")
_COLOURED = ("RGB", "RGBA", "P", "PA", "RGBX", "RGBa")
_ANIMATED = ("GIF", "PNG", "WEBP")
_DAMAGE = (
    ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError, EOFError,
    MemoryError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for damaged files, besides errors of its own."""


def has_folders(directory: Path) -> bool:
    """Whether `directory` has a folder called train."""
    return (directory / "train").is_dir()


def read_folders(directory: Path) -> ImageData:
    """The images in train/CLASS/ and test/CLASS/; the classes are in alphabetical order.

    All must have the same size, and test must have the classes of train. If all are grey they have one
    channel, otherwise three (red, green, blue). Raises FormatError, which names the folder or file, and
    SourceError for what cannot be read.
    """
    classes = _class_names(directory / "train")
    _check_test_classes(directory / "test", classes)
    files = {part: _files(directory / part, classes) for part in ("train", "test")}
    images = {part: [_open(path) for path, _ in files[part]] for part in files}
    first = (files["train"][0][0], images["train"][0].size)
    for part in files:
        for (path, _), image in zip(files[part], images[part], strict=True):
            if image.size != first[1]:
                raise FormatError(
                    f"{path}: expected {first[1][0]}x{first[1][1]} pixels, as {first[0]} has, "
                    f"found {image.size[0]}x{image.size[1]}"
                )
    mode = "L" if all(image.mode in _COLOURLESS for part in images.values() for image in part) else "RGB"
    train, test = (
        Images(_pixels(images[part], mode), np.array([label for _, label in files[part]], np.int64))
        for part in ("train", "test")
    )
    return ImageData(directory.name, train, test, classes)


def _class_names(folder: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    if len(names) < 2:
        raise FormatError(f"{folder}: expected a folder for each of two or more classes, found {len(names)}")
    return tuple(names)


def _check_test_classes(folder: Path, classes: tuple[str, ...]) -> None:
    if not folder.is_dir():
        raise FormatError(f"{folder}: expected a folder beside train with images to test with, found none")
    found = {path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."}
    for names, where in ((set(classes) - found, folder), (found - set(classes), folder.parent / "train")):
        if names:
            raise FormatError(f"{where}: expected a folder for the class {min(names)!r}, found none")


def _files(folder: Path, classes: tuple[str, ...]) -> list[tuple[Path, int]]:
    """All images below `folder` with their labels, in an order that does not depend on the file system."""
    found = []
    for label, name in enumerate(classes):
        inside = folder / name
        paths = sorted(path for path in inside.iterdir() if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise FormatError(f"{inside}: expected images ({', '.join(SUFFIXES)}), found none")
        found += [(path, label) for path in paths]
    return found


def _open(path: Path) -> Image:
    """The image with its pixels read, so that its file is closed."""
    from PIL import Image, UnidentifiedImageError

    too_large = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                _check_kind(image, path)
                image.load()
                return image
    except FormatError:
        raise
    except UnidentifiedImageError as error:
        raise FormatError(f"{path}: expected an image, found something else") from error
    except too_large as error:
        raise FormatError(
            f"{path}: expected an image of at most {Image.MAX_IMAGE_PIXELS:,} pixels, found a larger one"
        ) from error
    except OSError as error:
        if error.errno is None:  # Pillow reports a file that ends too early in this way
            raise _damaged(path, error) from error
        raise SourceError(f"{path}: cannot be read: {os.strerror(error.errno)}") from error
    except _DAMAGE as error:
        raise _damaged(path, error) from error


def _check_kind(image: Image, path: Path) -> None:
    """Raise FormatError for an animation, or an image that 8 bits a channel cannot hold."""
    if image.mode not in _COLOURLESS + _COLOURED:
        raise FormatError(
            f"{path}: expected an image in grey or RGB with 8 bits a channel, found the mode {image.mode}"
        )
    if image.format in _ANIMATED and getattr(image, "is_animated", False):
        raise FormatError(f"{path}: expected a still image, found an animation")


def _damaged(path: Path, error: Exception) -> FormatError:
    return FormatError(
        f"{path}: expected a whole image, found a damaged one ({error or type(error).__name__})"
    )


def _pixels(images: list[Image], mode: str) -> np.ndarray:
    """(num_images, channel, height, width) in uint8."""
    pixels = np.stack([np.asarray(image.convert(mode)) for image in images])  # (num_images, h, w[, 3])
    return pixels[:, None] if mode == "L" else np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
