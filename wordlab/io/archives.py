"""The files in zip and tar archives, one after the other, in the archive's order; nothing is unpacked.

A tar archive may be compressed in any way that `io.compression` knows, and may come from a pipe. A zip
archive has its table of contents at its end, and so must be a file.
"""

from __future__ import annotations

import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any, NamedTuple

from wordlab.errors import FormatError
from wordlab.io.compression import ByteStream
from wordlab.io.damage import damage

_LONGEST_HEADER = 1 << 20  # bytes; longer names and attributes of a member are damage or malice
_HEADERS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
_ERRORS = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError,
    RuntimeError, LookupError, ArithmeticError, MemoryError, lzma.LZMAError,
)  # fmt: skip


class Member(NamedTuple):
    """A file in an archive: its path there, and its content; None for a link, a device or the like."""

    path: PurePosixPath
    content: ByteStream | None

    @property
    def is_hidden(self) -> bool:
        """Whether it is hidden, as is what macOS adds to archives."""
        return any(part.startswith(".") or part == "__MACOSX" for part in self.path.parts)


def tar_members(stream: ByteStream) -> Iterator[Member]:
    """The files in the tar archive that `stream` holds; each must be read before the next is asked for.

    Raises FormatError if it is damaged, is cut short, or goes on after its end.
    """
    name = stream.name
    with (
        damage(name, "a tar archive", _ERRORS),
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_Info) as archive,  # type: ignore[call-overload]
    ):
        while True:
            info = archive.next()
            if info is None:
                break
            archive.members = []  # which would keep them all
            if info.isdir():
                continue
            content = archive.extractfile(info) if info.isreg() else None
            yield _member(name, "tar", info.name, content)
    while data := stream.read(1 << 20):
        if data.strip(b"\0"):
            raise FormatError(f"{name}: expected the end of a tar archive, found that it goes on")


class _Info(tarfile.TarInfo):
    """A header; if unreadable it is an error, where Python sees the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Any:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"{error}; is it cut short?") from error

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        if self.type in _HEADERS and self.size > _LONGEST_HEADER:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes")
        return super()._proc_member(archive)  # type: ignore[misc]


def zip_members(file: IO[bytes], name: str) -> Iterator[Member]:
    """The files in the zip archive `file`; FormatError if it is damaged, or if one of them is encrypted."""
    with damage(name, "a zip archive", _ERRORS), zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                yield _member(name, "zip", info.filename, None)
                continue
            if info.flag_bits & 1:
                raise FormatError(f"{name}: expected files without a password, found {info.filename!r}")
            with archive.open(info) as content:
                yield _member(name, "zip", info.filename, content)


def _member(archive: str, kind: str, name: str, content: IO[bytes] | None) -> Member:
    path = PurePosixPath(name)
    if content is None:
        return Member(path, None)
    shown = f"{archive}/{name}"
    return Member(path, ByteStream(_Guarded(content, shown, kind), shown, path.suffix.lower()))


class _Guarded:
    """A member's bytes, whose damage is a FormatError."""

    def __init__(self, content: IO[bytes], name: str, kind: str) -> None:
        self._content = content
        self._name = name
        self._kind = kind

    def read(self, size: int, /) -> bytes:
        with damage(self._name, f"a {self._kind} archive", _ERRORS):
            return self._content.read(size)
