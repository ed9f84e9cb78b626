"""Files and directories that appear under their name only when they are whole.

They are written under a hidden name beside the target and renamed at the end. A crash leaves either
what was there before, whole, or nothing.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wordlab.errors import ArtifactError, OutputExistsError, WordlabError


def check_file(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Raise OutputExistsError if the file `path` must not be written: it exists, or is a directory."""
    target = Path(path)
    if target.is_dir():
        raise OutputExistsError(f"{target}: exists and is a directory; left unchanged")
    if target.exists() and not overwrite:
        raise OutputExistsError(f"{target}: exists already; choose another name or use --overwrite")


@contextmanager
def staged_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new name beside `path`; the file written there becomes `path` when the block ends without an error.

    It ends like `path`, for writers that go by the suffix. Raises ArtifactError if writing fails.
    """
    target = Path(path).absolute()
    staging = target.parent / f".{target.stem}.partial-{secrets.token_hex(4)}{target.suffix}"
    try:
        with writing(path):
            yield staging
            flush_to_disk(staging)
            staging.replace(target)
    finally:
        staging.unlink(missing_ok=True)


@contextmanager
def staged_directory(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new directory beside `path`, which takes its place when the block ends without an error.

    What had that name before is then gone. Raises ArtifactError if writing fails.
    """
    target = Path(path).absolute()
    staging = target.parent / f".{target.name}.partial-{secrets.token_hex(4)}"
    try:
        with writing(path):
            staging.mkdir(parents=True)
            yield staging
            for file in staging.iterdir():
                flush_to_disk(file)
            _replace(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Inside, an OSError becomes an ArtifactError: `path` cannot be written, and why."""
    try:
        yield
    except OSError as error:
        if isinstance(error, WordlabError):
            raise
        raise ArtifactError(f"{Path(path)}: cannot be written: {error.strerror or error}") from error


def flush_to_disk(path: Path) -> None:
    """Return when the system has the content of the file `path` on disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _replace(staging: Path, target: Path) -> None:
    """Rename `staging` to `target`; what was there is called `staging` afterwards, or is gone."""
    if not target.exists():
        staging.rename(target)
        return
    if _exchange(staging, target):
        return
    old = target.parent / f".{target.name}.old-{secrets.token_hex(4)}"
    target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step, so that no kill can come between; False where the system cannot."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of linux/fcntl.h and linux/fs.h
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
