"""Files and directories that appear under their name only when they are whole.

They are written into a hidden directory beside the target and renamed at the end. A crash leaves either
what was there before, whole, or nothing. Whatever appears at the target meanwhile is left unchanged,
unless it may be replaced.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from wordlab.errors import ArtifactError, OutputExistsError, WordlabError
from wordlab.io.leftovers import (
    FILLING,
    OLD,
    clear_leftovers,
    hidden_directory,
    hidden_name,
    is_empty,
    locked,
)
from wordlab.io.places import check_file, descriptor_of, is_stream, real_target
from wordlab.io.renaming import exchange, rename_new
from wordlab.io.uploading import uploaded_directory, uploaded_file
from wordlab.io.urls import PathName, Place, Url, place_of
from wordlab.visible import first_line

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# how numpy words it, without an errno
_SHORT_WRITE = re.compile(r"(\d+) requested and (\d+) written")
_FAILED_WRITE = re.compile(r"problem writing element \d+ to file")


@contextmanager
def staged_file(path: PathName, *, overwrite: bool = False, make_parents: bool = False) -> Iterator[Path]:
    """A new name beside `path`; the file written there becomes `path` when the block ends without an error.

    It is named like `path`, for writers that go by the suffix. A link is followed; a pipe or a device is
    written into at the end, and to a URL the file is sent. Raises what `check_file` raises, before and after
    the block, and ArtifactError if writing fails.
    """
    place = place_of(path)
    if isinstance(place, Url):
        with writing(path), uploaded_file(place, lambda: check_file(path, overwrite=overwrite)) as staging:
            yield staging
        return
    check_file(place, overwrite=overwrite, make_parents=make_parents)
    target = real_target(place)
    with writing(place):
        if is_stream(place):
            with tempfile.TemporaryDirectory() as directory:
                staging = Path(directory, place.name)
                yield staging
                _pour(staging, place)
            return
        clear_leftovers(target, _no_finish)
        if make_parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        with hidden_directory(target.parent, f".{target.name}") as hidden:
            staging = hidden / place.name
            yield staging
            flush_to_disk(staging)
            _publish_file(staging, target, lambda: check_file(place, overwrite=overwrite))


@contextmanager
def staged_directory(
    path: PathName, check: Callable[[Place], None], *, last: str | None = None
) -> Iterator[Path]:
    """A new hidden directory, whose content is found under `path` when the block ends without an error.

    `check` is called with a path or a URL and raises if what is there must not be replaced; it is asked again
    at the end. An empty directory is filled, and stays the directory it was; the file called `last` is moved
    there last. Any other is exchanged for the new one. To a URL all files are sent at the end, `last` last.
    Raises ArtifactError if writing fails.
    """
    place = place_of(path)
    if isinstance(place, Url):
        with writing(path), uploaded_directory(place, partial(check, place), last) as staging:
            yield staging
        return
    target = real_target(path)
    with writing(path):
        finish_leftovers(path, last)
        check(place)
        inside = target.is_dir() and is_empty(target)
        parent, prefix = (target, "") if inside else (target.parent, f".{target.name}")
        with hidden_directory(parent, prefix) as staging:
            yield staging
            for file in staging.iterdir():
                flush_to_disk(file)
            _publish_directory(staging, target, check, place, last)


@contextmanager
def writing(path: PathName) -> Iterator[None]:
    """Inside, an OSError, or any error that means a full disk, becomes an ArtifactError.

    It says that `path` cannot be written, and why.
    """
    try:
        yield
    except WordlabError:
        raise
    except Exception as error:
        reason = _full_disk(error)
        if reason is None and isinstance(error, OSError):
            reason = error.strerror or first_line(error)
        if reason is None:
            raise
        raise ArtifactError(f"{place_of(path)}: cannot be written: {reason}") from error


def flush_to_disk(path: Path) -> None:
    """Return when the system has the content of the file `path` on disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def finish_leftovers(path: PathName, last: str | None = None) -> None:
    """Clear what killed runs left of `path`, and finish a directory that one was filling."""
    target = real_target(path)
    clear_leftovers(target, lambda ready: _move_in(ready, target, last))


def move_away(directory: Path) -> None:
    """Remove a directory, whose name goes in one step."""
    target = real_target(directory)
    with hidden_directory(target.parent, f".{target.name}") as hidden:
        target.rename(hidden / target.name)


def _full_disk(error: Exception) -> str | None:
    """What `error` says of a full disk; None if it is about something else.

    Libraries that bypass Python's own writing word it differently.
    """
    number = getattr(error, "errno", None)
    if number in _FULL:
        return f"{os.strerror(number)} (the disk is full, or a limit is reached)"
    text = str(error)
    short = _SHORT_WRITE.search(text)
    if short:
        return f"the disk is full: {int(short[2]):,} of {int(short[1]):,} values could be written"
    if number is None and _FAILED_WRITE.search(text):
        return "the disk is full, or a limit is reached"
    for known in _FULL:
        if number is None and (os.strerror(known) in text or f"os error {known})" in text):
            return f"{os.strerror(known)} (the disk is full, or a limit is reached)"
    return None


def _pour(source: Path, path: PathName) -> None:
    """Write the content of a file into a stream."""
    with source.open("rb") as content, _open_stream(path) as stream:
        shutil.copyfileobj(content, stream)


def _open_stream(path: PathName) -> IO[bytes]:
    descriptor = descriptor_of(path)
    if descriptor is None:
        return open(os.open(path, os.O_WRONLY), "wb")
    return open(os.dup(descriptor), "wb")


def _publish_file(staging: Path, target: Path, check: Callable[[], None]) -> None:
    try:
        rename_new(staging, target)
        return
    except FileExistsError:
        check()
    if not target.is_file():
        raise OutputExistsError(f"{target}: appeared while this ran, and is not a file; left unchanged")
    _keep_mode(target, staging)
    staging.replace(target)


def _publish_directory(
    staging: Path, target: Path, check: Callable[[Place], None], path: Path, last: str | None
) -> None:
    if staging.parent != target:
        try:
            rename_new(staging, target)
            return
        except FileExistsError:
            check(path)
    with locked(target):
        check(path)
        if is_empty(target):
            _fill(staging, target, path, last)
        elif staging.parent == target:
            raise OutputExistsError(f"{path}: was filled by another program meanwhile; left unchanged")
        else:
            _replace(staging, target, check, path)


def _fill(staging: Path, target: Path, path: Path, last: str | None) -> None:
    """Move what is in `staging` into `target`; a run that is killed meanwhile leaves what can be finished."""
    ready = target / hidden_name("", FILLING)
    staging.rename(ready)
    moved: list[str] = []
    try:
        _move_in(ready, target, last, moved)
    except BaseException as error:
        for name in reversed(moved):
            (target / name).rename(ready / name)
        ready.rename(staging)
        if isinstance(error, FileExistsError):
            raise OutputExistsError(
                f"{path}: was filled by another program meanwhile; left unchanged"
            ) from error
        raise


def _move_in(ready: Path, target: Path, last: str | None, moved: list[str] | None = None) -> None:
    for name in sorted(os.listdir(ready), key=lambda name: (name == last, name)):
        rename_new(ready / name, target / name)
        if moved is not None:
            moved.append(name)
    ready.rmdir()


def _replace(staging: Path, target: Path, check: Callable[[Place], None], path: Path) -> None:
    """Put `staging` in the place of `target`; what was there is called `staging` afterwards, or is gone."""
    _keep_mode(target, staging)
    if exchange(staging, target):
        try:
            check(staging)
        except WordlabError:
            exchange(staging, target)
            raise OutputExistsError(
                f"{path}: was replaced by something else meanwhile; left unchanged"
            ) from None
        return
    old = target.parent / hidden_name(f".{target.name}", OLD)
    target.rename(old)
    try:
        rename_new(staging, target)
    except OSError:
        rename_new(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _keep_mode(old: Path, new: Path) -> None:
    """Give `new` the permissions of `old`, and as far as allowed its owner."""
    found = old.stat()
    with suppress(OSError):
        if hasattr(os, "chown") and (found.st_uid, found.st_gid) != (os.getuid(), os.getgid()):
            os.chown(new, found.st_uid, found.st_gid)
    with suppress(OSError):
        new.chmod(stat.S_IMODE(found.st_mode))


def _no_finish(_: Path) -> None:
    """Files have nothing to finish."""
