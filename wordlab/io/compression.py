"""Read a file or standard input, decompressed; every way to be cut short or damaged is an error."""

from __future__ import annotations

import lzma
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from wordlab.errors import FormatError, SourceError

_MAGIC = {
    "gzip": b"\x1f\x8b",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
    "zstandard": b"\x28\xb5\x2f\xfd",
}
COMPRESSED_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstandard"}


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ByteStream:
    """The decompressed bytes of a source; `num_read` counts the bytes that were read for them."""

    def __init__(self, file: BinaryIO, name: str, suffix: str) -> None:
        self._raw = _Raw(file, name)
        self.name = name
        self.num_bytes = 0
        self.compression = _detect(self._raw.head, name, suffix)
        self._content = _decompressor(self._raw, self.compression)

    @property
    def num_read(self) -> int:
        """Number of bytes read from the source, before decompression."""
        return self._raw.num_read

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size` of them; none at the end.

        Raises SourceError if the source cannot be read or ends too early, FormatError if it is damaged.
        """
        try:
            data = self._content.read(size)
        except SourceError:
            raise
        except (OSError, EOFError, lzma.LZMAError) as error:
            if isinstance(error, EOFError) or "Truncated" in str(error):
                raise SourceError(
                    f"{self.name}: expected a whole {self.compression} file, found one that is cut short "
                    f"(after {self.num_bytes:,} bytes of content)"
                ) from error
            raise FormatError(
                f"{self.name}: expected {self.compression} data, found damage ({error})"
            ) from error
        self.num_bytes += len(data)
        return data


@contextmanager
def open_bytes(path: Path | None, name: str) -> Iterator[ByteStream]:
    """The decompressed content of the file `path`, or of standard input if it is None."""
    if path is None:
        if sys.stdin is None or sys.stdin.closed:
            raise SourceError(f"{name}: expected standard input, found that it is closed")
        yield ByteStream(sys.stdin.buffer, name, "")
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceError(f"{name}: cannot be opened: {error.strerror}") from error
    with file:
        yield ByteStream(file, name, path.suffix.lower())


class _Raw:
    """A binary file that knows its first bytes and how much of it has been read."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self.num_read = 0
        self._unread = b""
        self.head = self._unread = self.read(max(map(len, _MAGIC.values())))

    def read(self, size: int = -1) -> bytes:
        if self._unread:
            data, self._unread = self._unread, b""
            return data
        try:
            data = self._file.read(size)
        except OSError as error:
            raise SourceError(f"{self._name}: cannot be read: {error.strerror}") from error
        self.num_read += len(data)
        return data

    # The rest is what readers of file objects ask for; whoever opened the file closes it.
    closed = False

    def close(self) -> None:
        return

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _detect(head: bytes, name: str, suffix: str) -> str | None:
    """The compression by its first bytes; a name alone decides only that too few bytes are an error."""
    for compression, magic in _MAGIC.items():
        if head.startswith(magic):
            return compression
    expected = COMPRESSED_SUFFIXES.get(suffix)
    if expected and _MAGIC[expected].startswith(head):
        raise SourceError(f"{name}: expected {expected} data, found a file of {len(head)} bytes")
    return None


def _decompressor(raw: _Raw, compression: str | None) -> _Readable:
    if compression is None:
        return raw
    if compression == "xz":
        file: Any = raw
        return lzma.LZMAFile(file)
    import pyarrow as pa

    codec = {"gzip": "gzip", "bzip2": "bz2", "zstandard": "zstd"}[compression]
    stream: _Readable = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), codec)
    return stream
