"""Read the idx files of MNIST, Fashion-MNIST and the like, gzipped or not.

An idx file is two zero bytes, a byte for the type of its values, a byte for the number of
dimensions, each dimension as four bytes (big-endian), and the values (LeCun's page on MNIST).
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from wordlab.errors import FormatError, SourceError
from wordlab.vision_theory.vision.images import ImageData, Images

_UNSIGNED_BYTE = 0x08
_MAX_VALUES = 2**31
_PARTS = {"train": "train", "test": "t10k"}


def has_idx_files(directory: Path) -> bool:
    """Whether `directory` holds one of the four files of MNIST."""
    return any(directory.glob("*-idx?-ubyte*"))


def read_idx_directory(directory: Path) -> ImageData:
    """The images of the four files train-images-idx3-ubyte, t10k-labels-idx1-ubyte and so on.

    Classes are called 0, 1, 2 ... Raises SourceError for a missing file and FormatError, naming the
    file, for anything else that is wrong.
    """
    train, test = (_read_part(directory, prefix) for prefix in _PARTS.values())
    if train.pixels.shape[1:] != test.pixels.shape[1:]:
        sizes = [f"{images.pixels.shape[2]}x{images.pixels.shape[3]}" for images in (train, test)]
        raise FormatError(f"{directory}: expected test images of {sizes[0]} as in training, found {sizes[1]}")
    num_classes = int(train.labels.max()) + 1
    if num_classes < 2:
        raise FormatError(f"{directory}: expected training images of two or more classes, found one")
    missing = sorted(set(range(num_classes)) - set(train.labels.tolist()))
    if missing:
        raise FormatError(
            f"{directory}: expected training images of the classes 0 to {num_classes - 1}, "
            f"found none of {', '.join(map(str, missing))}"
        )
    if test.labels.max() >= num_classes:
        raise FormatError(
            f"{_find(directory, 't10k-labels-idx1-ubyte')}: expected labels from 0 to {num_classes - 1} "
            f"as in training, found {test.labels.max()}"
        )
    return ImageData(directory.name, train, test, tuple(map(str, range(num_classes))))


def read_idx(path: Path, *, num_dims: int) -> np.ndarray:
    """The array of unsigned bytes in an idx file with `num_dims` dimensions; FormatError, SourceError."""
    header = 4 + 4 * num_dims
    content = _read(path, header)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise FormatError(f"{path}: expected an idx file, which begins with two zero bytes, found another")
    if content[2] != _UNSIGNED_BYTE:
        raise FormatError(f"{path}: expected unsigned bytes (type 0x08), found type 0x{content[2]:02x}")
    if content[3] != num_dims:
        raise FormatError(f"{path}: expected {num_dims} dimensions, found {content[3]}")
    if len(content) < header:
        raise FormatError(f"{path}: expected a header of {header} bytes, found {len(content)}")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", num_dims, offset=4))
    if prod(shape) > _MAX_VALUES:
        raise FormatError(f"{path}: expected at most {_MAX_VALUES:,} values, found {prod(shape):,}")
    content = _read(path, header + prod(shape) + 1)  # a byte too many shows that there are more
    if len(content) != header + prod(shape):
        sizes = " x ".join(map(str, shape))
        found = "more" if len(content) > header + prod(shape) else len(content) - header
        raise FormatError(f"{path}: expected {prod(shape)} values ({sizes}), found {found}")
    if not prod(shape):
        raise FormatError(f"{path}: expected at least one value, found none")
    values = np.frombuffer(content, np.uint8, offset=header).reshape(shape)
    return values.copy()  # torch warns about arrays that it cannot write to


def _read_part(directory: Path, prefix: str) -> Images:
    images = _find(directory, f"{prefix}-images-idx3-ubyte")
    labels = _find(directory, f"{prefix}-labels-idx1-ubyte")
    pixels = read_idx(images, num_dims=3)  # (num_images, height, width)
    values = read_idx(labels, num_dims=1)  # (num_images,)
    if len(pixels) != len(values):
        raise FormatError(
            f"{labels}: expected {len(pixels)} labels, one for each image of {images.name}, "
            f"found {len(values)}"
        )
    return Images(pixels[:, None], values.astype(np.int64))


def _find(directory: Path, name: str) -> Path:
    for path in (directory / name, directory / f"{name}.gz"):
        if path.is_file():
            return path
    raise SourceError(f"{directory / name}: expected this file, or the same with .gz, found neither")


def _read(path: Path, most: int) -> bytes:
    """The first `most` bytes, decompressed: a small file may hold more than there is memory for."""
    try:
        with path.open("rb") as file:
            if path.suffix != ".gz":
                return file.read(most)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return unpacked.read(most)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"{path}: expected a whole gzip file, found a damaged one ({error})") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
