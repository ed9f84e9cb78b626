"""One file out of an archive, as a stream: nothing is unpacked, so nothing can be written elsewhere.

An archive with a link, or with a name that leads out of its directory, is refused all the same: no
honest archive has one.
"""

from __future__ import annotations

import errno
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from wordlab.errors import FormatError, SourceError, WordlabError
from wordlab.visible import clipped, first_line

_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip


class Member:
    """The bytes of a file in an archive; `name` says which, `size` is the size that the archive states."""

    def __init__(
        self, stream: IO[bytes], name: str, size: int, at_end: Callable[[], None] = lambda: None
    ) -> None:
        self._stream = stream
        self._at_end = at_end
        self._num_read = 0
        self.name = name
        self.size = size

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, empty at the end; FormatError if the archive is damaged or lies."""
        with translate_errors(self.name):
            data = self._stream.read(size)
            if not data and size:
                self._at_end()
        self._num_read += len(data)
        if self._num_read > self.size or (not data and size and self._num_read < self.size):
            raise FormatError(f"{self.name}: expected {self.size:,} bytes, found {self._num_read:,} or more")
        return data


def is_archive(path: Path) -> bool:
    """Whether a file looks like a zip or tar archive."""
    with translate_errors(path):
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


@contextmanager
def open_member(path: Path, member: str, *, most_bytes: int) -> Iterator[Member]:
    """The file `member` of the zip or tar archive `path`, of at most `most_bytes`.

    Raises FormatError for a file that is not an archive, lacks the member or is hostile; SourceError if
    it cannot be read.
    """
    with ExitStack() as stack:
        with translate_errors(path):
            is_zip = zipfile.is_zipfile(path)
            if not is_zip and not tarfile.is_tarfile(path):
                raise FormatError(f"{path}: expected a zip or tar archive, found neither")
            opened = (_open_zip if is_zip else _open_tar)(path, member, most_bytes)
            found = stack.enter_context(opened)
        yield found


@contextmanager
def translate_errors(path: Path | str) -> Iterator[None]:
    """Turn what the readers of archives raise into FormatError and SourceError."""
    try:
        yield
    except WordlabError:
        raise
    except (*_DAMAGE, OSError) as error:
        # gzip's own errors have no number; EINVAL is an impossible position in the file
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
        raise FormatError(f"{path}: expected a whole archive, found damage ({first_line(error)})") from error


@contextmanager
def _open_zip(path: Path, member: str, most_bytes: int) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        found = None
        for info in archive.infolist():
            # a zip marks a link by its mode, in the upper half of these bits
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            if _is_wanted(path, info.filename, member, is_link=is_link):
                found = info
        if found is None:
            raise FormatError(f"{path}: expected a file {member!r} in the archive, found none")
        _check_size(path, member, found.file_size, most_bytes)
        with archive.open(found) as stream:
            yield Member(stream, f"{path}:{member}", found.file_size)


@contextmanager
def _open_tar(path: Path, member: str, most_bytes: int) -> Iterator[Member]:
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            is_link = not (info.isfile() or info.isdir())
            if _is_wanted(path, info.name, member, is_link=is_link):
                _check_size(path, member, info.size, most_bytes)
                stream = cast("IO[bytes]", archive.extractfile(info))  # None only for what is not a file
                rest = cast("IO[bytes]", archive.fileobj)
                yield Member(stream, f"{path}:{member}", info.size, partial(_drain, rest, path, most_bytes))
                return
    raise FormatError(f"{path}: expected a file {member!r} in the archive, found none")


def _drain(rest: IO[bytes], path: Path, most_bytes: int) -> None:
    """Read what follows the member: the checksum of a compressed tar stands at its very end."""
    num_read = 0
    while data := rest.read(1 << 20):
        num_read += len(data)
        if num_read > 2 * most_bytes:
            raise FormatError(f"{path}: expected the archive to end, found more than {num_read:,} bytes")


def _is_wanted(path: Path, name: str, member: str, *, is_link: bool) -> bool:
    """Whether the entry `name` is `member`; FormatError for a name that no honest archive has."""
    leads_out = ".." in PurePosixPath(name.replace("\\", "/")).parts or (
        PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root
    )
    if leads_out or is_link:
        what = "a link" if is_link else "a path that leads out of it"
        raise FormatError(f"{path}: expected plain files in the archive, found {what}: {clipped(name, 80)!r}")
    return str(PurePosixPath(name)) == member and not name.endswith("/")


def _check_size(path: Path, member: str, size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise FormatError(f"{path}: expected {member!r} of at most {most_bytes:,} bytes, found {size:,}")
