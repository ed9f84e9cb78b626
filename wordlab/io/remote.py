"""What is at a URL, and reading, writing and removing it: everything goes through fsspec, and through here.

Credentials, regions and endpoints are found as each package finds them (AWS_ACCESS_KEY_ID,
AWS_ENDPOINT_URL, ``~/.aws``, fsspec's own configuration), and are never shown. What the packages raise
becomes one line: SourceError where something is read, ArtifactError where it is written.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from wordlab.errors import ArtifactError, SourceError, WordlabError
from wordlab.extras import need
from wordlab.io.urls import SCHEMES, Place, Url
from wordlab.visible import clipped

_FIRST_BLOCK = 1 << 18  # bytes; enough to see what a file is
_LARGEST_BLOCK = 1 << 23
_BUFFER = 1 << 20
_LONGEST = 200  # characters of what a package says
_READ, _WRITTEN = "read", "written"
_VERSIONS = ("ETag", "etag", "generation", "blob_id")  # how packages call it

# by the names of exceptions, so that no package need be loaded
_NO_CREDENTIALS = {
    "CredentialRetrievalError", "DefaultCredentialsError", "LocalTokenNotFoundError", "NoCredentialsError",
    "PartialCredentialsError", "ProfileNotFound", "SSOTokenLoadError", "TokenRetrievalError",
}  # fmt: skip
_NO_CONNECTION = {
    "ClientConnectionError", "ClientPayloadError", "ConnectionError", "HTTPClientError",
    "IncompleteReadError", "TimeoutError", "TransportError",
}  # fmt: skip
_SECRETS = re.compile(r"(?<=//)[^\s/]*@|(?i:signature|token|secret|password)=[^\s&]+")


@dataclass(frozen=True)
class Facts:
    """What is known of something at a URL: its size in bytes, and which version it is, if there are any."""

    size: int | None
    version: str | None
    is_folder: bool


def look(url: Url, doing: str = _READ) -> Facts | None:
    """What is at `url`; None if there is nothing. A folder is what keys begin with.

    Raises SourceError, or ArtifactError if `doing` is "written", if that cannot be known.
    """
    with _translated(url, doing):
        try:
            return _facts(_system(url).info(_path(url)))
        except FileNotFoundError as error:
            if _code(error) == "NoSuchBucket":
                raise
            return None


def below(url: Url) -> list[tuple[Url, Facts]]:
    """All files below a folder, sorted by name, with what is known of each."""
    with _translated(url):
        return _sorted(url, _system(url).find(_path(url), detail=True))


def matching(pattern: Url) -> list[tuple[Url, Facts]]:
    """All files that match a pattern, sorted by name; those that begin with a point only if it has one.

    ``*`` and ``?`` stand for anything but a slash, ``**`` for that as well. SourceError also for a bucket
    that does not exist.
    """
    with _translated(pattern):
        system = _system(pattern)
        found = _sorted(pattern, system.glob(_path(pattern), detail=True))
        if not found and SCHEMES[pattern.scheme].has_buckets:
            system.info(pattern.bucket)
    first = re.search(r"[*?\[]", pattern.rest)
    fixed = pattern.rest[: first.start() if first else None].rpartition("/")[0]
    if "/." in pattern.rest[len(fixed) :]:
        return found
    return [each for each in found if "/." not in each[0].rest[len(fixed) :]]


def names_in(url: Url) -> list[str]:
    """The names of all files below a folder, without its own; none if there is none."""
    with _translated(url, _WRITTEN):
        found = _sorted(url, _system(url).find(_path(url), detail=True))
    return [each.rest[len(url.rest.rstrip("/")) + 1 :] for each, _ in found if each != url]


@contextmanager
def open_stream(url: Url) -> Iterator[_Stream]:
    """The content of a file, as a stream that is read from the beginning, some blocks ahead.

    A file that is replaced meanwhile is an error where the store can tell.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="wordlab-read-ahead") as pool:
        with _translated(url):
            file = _system(url).open(_path(url), "rb", cache_type="none")
        with file:
            yield _Stream(url, file, pool)


@contextmanager
def open_file(place: Place) -> Iterator[IO[bytes]]:
    """A file on this machine or elsewhere, open for reading anywhere in it."""
    if isinstance(place, Path):
        with place.open("rb") as file:
            yield file
        return
    with _translated(place):
        remote = _system(place).open(_path(place), "rb", cache_type="none")
    with remote:
        yield io.BufferedReader(_Random(place, remote), _BUFFER)


def read_bytes(url: Url, most: int) -> bytes:
    """The content of a small file; SourceError if it has more than `most` bytes, or if there is none."""
    facts = look(url)
    if facts is None or facts.is_folder:
        raise SourceError(f"{url}: cannot be read: there is no such file")
    if facts.size is not None and facts.size > most:
        raise SourceError(f"{url}: expected at most {most:,} bytes, found {facts.size:,}")
    with _translated(url):
        data: bytes = _system(url).cat_file(_path(url))
    return data


def put(path: Path, url: Url, on_bytes: Callable[[int], None]) -> None:
    """Write a file to `url`, where it is seen when all of it is there; what was there is replaced.

    `on_bytes` is told how many bytes of it are on their way, in any thread.
    """
    with _translated(url, _WRITTEN):
        system = _system(url)
        from fsspec.callbacks import Callback

        told = Callback(hooks={"bytes": lambda size, value, **_: on_bytes(value)})
        system.put_file(str(path), _path(url), callback=told)


def put_bytes(data: bytes, url: Url) -> None:
    """The same for a small file."""
    with _translated(url, _WRITTEN):
        _system(url).pipe_file(_path(url), data)


def remove(url: Url) -> None:
    """Remove the file at `url`, if there is one."""
    with _translated(url, _WRITTEN):
        try:
            _system(url).rm_file(_path(url))
        except FileNotFoundError:
            return


def check_bucket(url: Url) -> None:
    """Raise ArtifactError if the bucket of `url` is not there, as far as one may know."""
    if not SCHEMES[url.scheme].has_buckets:
        return
    with _translated(url, _WRITTEN):
        try:
            _system(url).info(url.bucket)
        except PermissionError:
            return  # who may write need not be allowed to list


class _Stream:
    """A file's content from its beginning; while a block is worked on, the next one is on its way."""

    def __init__(self, url: Url, file: Any, pool: ThreadPoolExecutor) -> None:
        self._url = url
        self._file = file
        self._pool = pool
        self._next: Future[bytes] | None = None
        self._rest = b""
        self._start = 0
        self._block = _FIRST_BLOCK
        self.size: int | None = getattr(file, "size", None)

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size` of them; none at the end. Raises SourceError."""
        if self._start >= len(self._rest):
            self._rest, self._start = self._take(), 0
        data = self._rest[self._start : self._start + size]
        self._start += len(data)
        return data

    def _take(self) -> bytes:
        is_first = self._block == _FIRST_BLOCK
        with _translated(self._url):
            data: bytes = self._file.read(self._block) if self._next is None else self._next.result()
        self._block = min(2 * self._block, _LARGEST_BLOCK)
        # not after the first one: of many files only the beginnings are looked at
        self._next = None if is_first or not data else self._pool.submit(self._file.read, self._block)
        return data


class _Random(io.RawIOBase):
    """A file that is read anywhere, for libraries that do."""

    def __init__(self, url: Url, file: Any) -> None:
        self._url = url
        self._file = file

    def readable(self) -> bool:
        """Whether it can be read: for the buffer on top."""
        return True

    def seekable(self) -> bool:
        """Whether another place can be gone to: for the buffer on top."""
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place, as in every file."""
        return int(self._file.seek(place, whence))

    def tell(self) -> int:
        """The place."""
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes and return their number; raises SourceError."""
        with _translated(self._url):
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _system(url: Url) -> Any:
    """The file system of fsspec for a URL; MissingExtraError if a package is not installed."""
    return _shared(url.scheme, os.getpid())


@cache
def _shared(name: str, process: int) -> Any:
    """The file system for all threads of a process: fsspec would make one for each of them."""
    with need(SCHEMES[name].package, extra=SCHEMES[name].extra):
        import fsspec

        # What was listed before may have changed meanwhile.
        return fsspec.filesystem(name, use_listings_cache=False)


def _path(url: Url) -> str:
    """How fsspec calls the file: without the scheme, of which nothing in a key can then remind it."""
    return f"/{url.rest}" if url.scheme == "memory" else url.rest


def _facts(info: Any) -> Facts:
    version = next((str(info[name]).strip('"') for name in _VERSIONS if info.get(name)), None)
    return Facts(info.get("size"), version, info.get("type") == "directory")


def _sorted(url: Url, found: Any) -> list[tuple[Url, Facts]]:
    """The files that were found, by name, without what only looks like folders."""
    files = [
        (Url(url.scheme, name.lstrip("/") if url.scheme == "memory" else name), _facts(info))
        for name, info in found.items()
        if info.get("type") != "directory" and not name.endswith("/")
    ]
    return sorted(files, key=lambda each: each[0].rest)


@contextmanager
def _translated(url: Url, doing: str = _READ) -> Iterator[None]:
    """Inside, whatever a package raises becomes an error of one line, without secrets."""
    try:
        yield
    except (WordlabError, MemoryError):
        raise
    except Exception as error:
        kind = SourceError if doing == _READ else ArtifactError
        raise kind(f"{url}: cannot be {doing}: {_reason(error, url)}") from error


def _reason(error: Exception, url: Url) -> str:
    kinds = {each.__name__ for each in type(error).__mro__}
    said = clipped(_SECRETS.sub("", " ".join(str(error).split()) or type(error).__name__), _LONGEST)
    if kinds & _NO_CREDENTIALS:
        return f"expected credentials, found none that are whole; {SCHEMES[url.scheme].log_in}"
    if isinstance(error, PermissionError):
        return f"access is denied ({said})"
    if isinstance(error, FileNotFoundError):
        is_bucket = _code(error) in ("NoSuchBucket", "404") and SCHEMES[url.scheme].has_buckets
        return f"there is no bucket {url.bucket!r}" if is_bucket else "there is no such file"
    if "FileExpired" in kinds:
        return "it was replaced meanwhile"
    if kinds & _NO_CONNECTION:
        return f"the connection failed ({said})"
    return said if isinstance(error, OSError) else f"{said} ({type(error).__name__})"


def _code(error: Exception) -> str | None:
    """The code in the store's own answer, behind an error."""
    response = getattr(error.__cause__, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return None if code is None else str(code)
