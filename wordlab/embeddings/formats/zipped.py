"""Vectors inside a zip archive, as GloVe and fastText are distributed: one file of it, as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.seekable import as_file
from wordlab.errors import FormatError, SourceError
from wordlab.io.archives import zip_members
from wordlab.io.remote import look
from wordlab.io.urls import Place, Url
from wordlab.progress import OnProgress
from wordlab.visible import listed

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_NUM_SHOWN = 12
_PYTORCH = "data.pkl"  # PyTorch's files are zip archives around a pickle of this name
_NOT_VECTORS = ("readme", "license", "licence", "copying", "notice")


def is_zip(head: bytes) -> bool:
    """Whether a file with these first bytes is a zip archive."""
    return head.startswith(_MAGIC)


def split_member(path: Place) -> tuple[Place, str | None]:
    """An archive and the file in it, for a path such as ``glove.zip/glove.50d.txt``; else `path` and None."""
    if isinstance(path, Url):
        return _split_url(path)
    if not path.exists():
        for archive in path.parents:
            if archive.is_file():
                return archive, path.relative_to(archive).as_posix()
    return path, None


def _split_url(url: Url) -> tuple[Url, str | None]:
    if ".zip/" in url.rest.lower() and look(url) is None:  # asking takes time
        for archive in url.parents:
            found = look(archive)
            if found is not None and not found.is_folder:
                return archive, url.rest[len(archive.rest) + 1 :]
    return url, None


@contextmanager
def open_zipped(source: Source, member: str | None, on_progress: OnProgress | None) -> Iterator[Source]:
    """A Source over the file `member` of the zip archive `source`, or over its only file.

    Raises FormatError if there are several, or if the archive is damaged, SourceError if it has no such
    file. Nothing is unpacked.
    """
    name = source.name
    with as_file(source) as path, path.open("rb") as file:
        found = [entry.path for entry in zip_members(file, name) if entry.content and not entry.is_hidden]
        wanted = _choose(found, member, name)
        for entry in zip_members(file, name):
            if entry.path == wanted and entry.content is not None:
                yield Source(
                    entry.content,
                    f"{name}/{wanted}",
                    num_packed=path.stat().st_size,
                    on_progress=on_progress,
                )
                return


def _choose(found: list[PurePosixPath], member: str | None, name: str) -> PurePosixPath:
    if any(path.name == _PYTORCH for path in found):
        raise FormatError(f"{name}: expected vectors in a known format, found a file of PyTorch, a pickle")
    vectors = [path for path in found if not path.name.lower().startswith(_NOT_VECTORS)]
    shown = listed(list(map(str, found)), _NUM_SHOWN)
    if member is not None:
        if PurePosixPath(member) in found:
            return PurePosixPath(member)
        raise SourceError(f"{name}: expected a file {member!r} in it, found {shown or 'none'}")
    if len(vectors) == 1:
        return vectors[0]
    if not found:
        raise FormatError(f"{name}: expected vectors in the zip archive, found no file")
    raise FormatError(f"{name}: expected one file of vectors, found {shown}; name one: {name}/{found[0]}")
