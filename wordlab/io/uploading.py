"""Outputs at a URL: made on this machine, and sent when they are whole.

A file is seen elsewhere when all of it is there. A folder is not: its files come one by one, first a mark
that says so, and last the file that makes it whole (a manifest). What cannot be sent is kept here, as it may
have taken hours to make.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import remote
from wordlab.io.urls import Url
from wordlab.progress import in_passing
from wordlab.visible import listed

MARK = ".wordlab-upload"
"""The file that lies in a folder while it is sent."""


def check_remote_file(url: Url, *, overwrite: bool) -> None:
    """Raise what writing the file would raise later, as `places.check_file` does."""
    _check_writable(url)
    if url.rest.endswith("/"):
        raise ArtifactError(f"{url}: cannot be written: expected the name of a file, found that of a folder")
    found = remote.look(url, "written")
    if found is None:
        remote.check_bucket(url)
    elif found.is_folder:
        raise OutputExistsError(f"{url}: exists and is a folder; left unchanged")
    elif not overwrite:
        raise OutputExistsError(f"{url}: exists already; choose another name or use --overwrite")


def remote_names(url: Url, last: str | None = None) -> list[str] | None:
    """The names of the files in the folder that is to be written; None if it is free.

    It is if an upload was interrupted there, before the file called `last` came. Raises OutputExistsError for
    a file.
    """
    _check_writable(url)
    found = remote.look(url, "written")
    if found is None:
        remote.check_bucket(url)
        return None
    if not found.is_folder:
        raise OutputExistsError(f"{url}: exists and is not a folder; choose another name")
    names = remote.names_in(url)
    was_interrupted = MARK in names and (last is None or last not in names)
    return None if was_interrupted or not names else [name for name in names if name != MARK]


@contextmanager
def uploaded_file(url: Url, check: Callable[[], None]) -> Iterator[Path]:
    """A path on this machine; the file written there is found at `url` when the block ends without an error.

    `check` raises if that must not be; it is asked before the block and after it.
    """
    check()
    with _kept_if_not_sent() as directory:
        staging = directory / url.name
        yield staging
        with _sending():
            check()
            with _reported(url, [staging]) as put:
                put(staging, url)


@contextmanager
def uploaded_directory(url: Url, check: Callable[[], None], last: str | None) -> Iterator[Path]:
    """The same for a folder, in which the file called `last` is the first to go and the last to come."""
    check()
    with _kept_if_not_sent() as directory:
        staging = directory / "folder"
        staging.mkdir()
        yield staging
        with _sending():
            check()
            _send(staging, url, last)


def _send(staging: Path, url: Url, last: str | None) -> None:
    names = sorted(path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file())
    before = [name for name in remote.names_in(url) if "/" not in name]
    remote.put_bytes(b"", url / MARK)
    if last in before:
        remote.remove(url / str(last))
    with _reported(url, [staging / name for name in names]) as put:
        for name in sorted(names, key=lambda name: (name == last, name)):
            put(staging / name, url / name)
    for name in before:
        if name not in names:
            remote.remove(url / name)
    remote.remove(url / MARK)


@contextmanager
def _reported(url: Url, paths: Iterable[Path]) -> Iterator[Callable[[Path, Url], None]]:
    """`remote.put` for these files, one after the other, with reports of how much of all has been sent."""
    total = sum(path.stat().st_size for path in paths)
    reporter, before = in_passing(f"send {url}", "bytes", total), 0

    def put(path: Path, target: Url) -> None:
        nonlocal before
        remote.put(path, target, lambda done: reporter.update(before + done))
        before += path.stat().st_size

    yield put
    reporter.report(total)


@contextmanager
def _kept_if_not_sent() -> Iterator[Path]:
    """A temporary directory, which stays if sending what is in it fails."""
    directory = Path(tempfile.mkdtemp(prefix="wordlab-"))
    try:
        yield directory
    except _NotSentError as error:
        raise ArtifactError(
            f"{error.__cause__}; it is kept here as {listed(sorted(map(str, directory.iterdir())))}"
        ) from error
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)


class _NotSentError(Exception):
    """What was made could not be sent; its cause says why."""


@contextmanager
def _sending() -> Iterator[None]:
    try:
        yield
    except ArtifactError as error:
        raise _NotSentError from error


def _check_writable(url: Url) -> None:
    if url.scheme == "hf":
        raise ArtifactError(
            f"{url}: cannot be written: only `wordlab embeddings push` and `wordlab sentiment push` put "
            "something on the Hub"
        )
    if not url.key and url.scheme != "memory":
        raise ArtifactError(f"{url}: cannot be written: expected a name in the bucket, found none")
