"""Where an output goes, and whether it can be written there, asked before any work is done."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from wordlab.errors import ArtifactError, OutputExistsError, WordlabError
from wordlab.io.leftovers import hidden_name, is_empty
from wordlab.io.listing import files_at
from wordlab.io.uploading import check_remote_file
from wordlab.io.urls import PathName, Url, place_of

_DESCRIPTORS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def real_target(path: PathName) -> Path:
    """The place that `path` leads to: a link is written through, never replaced."""
    return Path(os.path.realpath(local_path(path)))


def local_path(path: PathName) -> Path:
    """The path on this machine that `path` is; ArtifactError for a place elsewhere."""
    place = place_of(path)
    if isinstance(place, Url):
        raise ArtifactError(f"{place}: expected a place on this machine, found a URL")
    return place


def descriptor_of(path: PathName) -> int | None:
    """The number of the open stream that a name such as /dev/stdout or /dev/fd/63 stands for, or None."""
    name = os.fspath(path)
    found = re.fullmatch(r"(?:/dev/fd|/proc/self/fd)/(\d{1,9})", name)
    return int(found[1]) if found else _DESCRIPTORS.get(name)


def is_stream(path: PathName) -> bool:
    """Whether `path` is an open stream, a pipe or a character device: written into, and never replaced."""
    if descriptor_of(path) is not None:
        return True
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def check_place(path: PathName, *, make_parents: bool = True) -> None:
    """Raise ArtifactError if nothing can be made at `path`: the name, parents or permissions forbid it."""
    target = local_path(path)
    try:
        if target.is_symlink() and not target.exists():
            raise ArtifactError(f"{target}: cannot be written: it is a broken link")
        _check_parent(target, make_parents=make_parents)
    except WordlabError:
        raise
    except OSError as error:
        raise ArtifactError(f"{target}: cannot be written: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise ArtifactError(f"{target}: cannot be written: {error}") from error


def _check_parent(target: Path, *, make_parents: bool) -> None:
    real = real_target(target)
    parent, missing = real.parent, [real.name, hidden_name(f".{real.name}")]
    while not os.path.lexists(parent):
        if not make_parents:
            raise FileNotFoundError(2, "No such file or directory", str(parent))
        missing.append(parent.name)
        parent = parent.parent
    if not parent.is_dir():
        raise ArtifactError(f"{target}: cannot be written: {parent} is not a directory")
    for name in missing:
        _check_name(parent / name)
    place = real if real.is_dir() and is_empty(real) else parent
    if not os.access(place, os.W_OK | os.X_OK):
        raise ArtifactError(f"{target}: cannot be written: {_why_not(place)}")


def _check_name(path: Path) -> None:
    """Raise the system's OSError for a name that is too long or has bytes that its disk refuses."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return


def _why_not(directory: Path) -> str:
    if hasattr(os, "statvfs") and os.statvfs(directory).f_flag & os.ST_RDONLY:
        return f"{directory} is on a read-only file system"
    return f"no permission to write in {directory}"


def check_apart(output: PathName, inputs: Iterable[PathName | Url | None]) -> None:
    """Raise ArtifactError if `output` is one of `inputs`, contains one, or lies inside one.

    Links are followed, and files compared by what they are, not by name; URLs are compared as they are.
    Inputs that are None or not files (a pretrained name, standard input) are skipped.
    """
    if is_stream(output):
        return
    target = place_of(output)
    places = [place_of(name) for name in inputs if name is not None]
    if isinstance(target, Url):
        _check_urls_apart(target, [place for place in places if isinstance(place, Url)])
        return
    place = real_target(target)
    own, above = _identity(place), _identities(place.parents)
    for shown in places:
        found = None if isinstance(shown, Url) else _identity(shown)
        if isinstance(shown, Url) or found is None or not (shown.is_file() or shown.is_dir()):
            continue
        if found == own:
            raise ArtifactError(f"{output}: is the input {shown}; choose another name for the output")
        if found in above:
            raise ArtifactError(f"{output}: lies inside the input {shown}; choose a place outside")
        if own is not None and own in _identities(real_target(shown).parents):
            raise ArtifactError(f"{output}: contains the input {shown}; choose another name for the output")


def _check_urls_apart(output: Url, inputs: Iterable[Url]) -> None:
    for url in inputs:
        if url.rest.rstrip("/") == output.rest.rstrip("/") and url.scheme == output.scheme:
            raise ArtifactError(f"{output}: is the input {url}; choose another name for the output")
        if url.contains(output):
            raise ArtifactError(f"{output}: lies inside the input {url}; choose a place outside")
        if output.contains(url):
            raise ArtifactError(f"{output}: contains the input {url}; choose another name for the output")


def size_at(path: PathName) -> int:
    """The size in bytes of a file, or of the files in a directory, here or elsewhere."""
    place = place_of(path)
    if isinstance(place, Url):
        return sum(facts.size or 0 for _, facts in files_at(place).files)
    return sum(file.stat().st_size for file in (place.iterdir() if place.is_dir() else [place]))


def _identities(paths: Iterable[Path]) -> set[tuple[int, int] | None]:
    return {_identity(path) for path in paths} - {None}


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of what is at `path`; None if there is nothing."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def check_file(path: PathName, *, overwrite: bool = False, make_parents: bool = False) -> None:
    """Raise what writing the file `path` would raise later.

    OutputExistsError if it exists, unless `overwrite`, or is not a regular file; ArtifactError if it cannot
    be written. Streams (see `is_stream`) are written into, whatever `overwrite` says.
    """
    target = place_of(path)
    if isinstance(target, Url):
        check_remote_file(target, overwrite=overwrite)
        return
    if is_stream(target):
        return
    check_place(target, make_parents=make_parents)
    if target.is_dir():
        raise OutputExistsError(f"{target}: exists and is a directory; left unchanged")
    if target.exists():
        if not target.is_file():
            raise OutputExistsError(f"{target}: exists and is not a regular file; left unchanged")
        if not overwrite:
            raise OutputExistsError(f"{target}: exists already; choose another name or use --overwrite")
