"""Load images by name or from a directory: one reader for each source, in one table.

A new source is a file with its reader, and a line in `NAMED` or `DIRECTORIES`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from wordlab.errors import FormatError, SourceError
from wordlab.vision_theory.vision.digits import read_digits
from wordlab.vision_theory.vision.folders import has_folders, read_folders
from wordlab.vision_theory.vision.idx import has_idx_files, read_idx_directory
from wordlab.vision_theory.vision.images import ImageData


class DirectoryReader(NamedTuple):
    """One layout of a directory of images."""

    recognises: Callable[[Path], bool]
    """Whether a directory looks like one of this layout."""
    read: Callable[[Path], ImageData]
    content: str
    """What such a directory holds, as error messages put it."""


NAMED: dict[str, Callable[[], ImageData]] = {"digits": read_digits}
"""The images that have a name and need no files."""

DIRECTORIES = {
    "folders": DirectoryReader(has_folders, read_folders, "images in train/CLASS/ and test/CLASS/"),
    "idx": DirectoryReader(has_idx_files, read_idx_directory, "train-images-idx3-ubyte and its like"),
}
"""The layouts of directories, in the order in which they are tried."""


def load_images(source: str | os.PathLike[str]) -> ImageData:
    """The images called `source`, such as `digits`, or those in the directory `source`.

    Raises SourceError if there is no such directory, and FormatError if it does not hold images with
    labels, or if a file is damaged.
    """
    name = os.fspath(source)
    if name in NAMED:
        return NAMED[name]()
    path = Path(source)
    if not path.is_dir():
        names = ", ".join(map(repr, NAMED))
        raise SourceError(f"{path}: expected {names} or a directory of images, found neither")
    for reader in DIRECTORIES.values():
        if reader.recognises(path):
            return reader.read(path)
    contents = ", or ".join(reader.content for reader in DIRECTORIES.values())
    raise FormatError(f"{path}: expected {contents}, found nothing of the kind")
