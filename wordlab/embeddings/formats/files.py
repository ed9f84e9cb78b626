"""Byte streams under the formats: reading through any compression, writing whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import secrets
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from wordlab.errors import ArtifactError, FormatError, OutputExistsError, SourceError
from wordlab.progress import REPORT_INTERVAL, OnProgress, Progress

PathOrStream = str | os.PathLike[str] | IO[bytes]

_PIECE = 1 << 16  # bytes of zstandard data taken from pyarrow at once
_HEAD = 1 << 20  # bytes that detection may look at
_MAGIC = {
    b"\x1f\x8b": "gzip",
    **{b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstandard"}


class Source:
    """A decompressed stream of bytes that knows its name, shows its head and reports progress."""

    def __init__(self, raw: IO[bytes], name: str, total: int | None, on_progress: OnProgress | None) -> None:
        self.name = name
        self._raw = _Counted(raw)
        self._total = total
        self._on_progress = on_progress
        self._start = self._reported = time.monotonic()
        self.compression: str | None = None
        self.path: Path | None = None  # of a plain file, which others may open, too
        self._stream: Any = self._raw
        self._pushed = b""
        magic = self.head(16)
        for prefix, compression in _MAGIC.items():
            if magic.startswith(prefix):
                self.compression = compression
                self._stream = _decompress(_Joined(self._pushed, self._raw), compression)
                self._pushed = b""

    def head(self, size: int = _HEAD) -> bytes:
        """The first bytes that `read` has yet to return, without taking them."""
        while len(self._pushed) < size and (data := self._read(size - len(self._pushed))):
            self._pushed += data
        return self._pushed[:size]

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end; FormatError if the compressed data is damaged."""
        data, self._pushed = self._pushed[:size], self._pushed[size:]
        data = data or self._read(size)
        now = time.monotonic()
        if self._on_progress and now - self._reported >= REPORT_INTERVAL:
            self._reported = now
            self._report(self._raw.num_read)
        return data

    def line(self, number: int) -> str:
        """Where line `number` is, as messages say it."""
        return f"{self.name}:{number}"

    def record(self, number: int) -> str:
        """Where record `number` is, as messages say it."""
        return f"{self.name}: record {number}"

    def finish(self) -> None:
        """Report the end."""
        if self._on_progress:
            self._report(self._raw.num_read if self._total is None else self._total)

    def _report(self, done: int) -> None:
        if self._on_progress:
            elapsed = time.monotonic() - self._start
            self._on_progress(Progress("read vectors", done, self._total, "bytes", elapsed))

    def _read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except (EOFError, zlib.error, lzma.LZMAError, OSError, pa.ArrowException) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise SourceError(f"{self.name}: cannot be read: {error.strerror}") from error
            raise FormatError(
                f"{self.name}: expected whole {self.compression} data, found a damaged or cut file ({error})"
            ) from error


@contextmanager
def open_source(source: PathOrStream, *, on_progress: OnProgress | None = None) -> Iterator[Source]:
    """A Source over a file or a binary stream; SourceError if it cannot be opened."""
    if not isinstance(source, str | os.PathLike):
        yield Source(source, str(getattr(source, "name", "<stream>")), None, on_progress)
        return
    path = Path(source)
    try:
        if path.is_dir():
            raise SourceError(f"{path}: expected a file of vectors, found a directory")
        with path.open("rb", buffering=0) as file:
            opened = Source(file, str(path), path.stat().st_size, on_progress)
            opened.path = None if opened.compression else path
            yield opened
    except OSError as error:
        if isinstance(error, SourceError) or error.errno is None:
            raise
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def open_sink(target: PathOrStream, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A binary stream whose bytes become the file `target` when the block ends without an error.

    They are compressed if the name ends in .gz, .bz2, .xz or .zst. A stream is written to as it is.
    Raises OutputExistsError before anything is written; ArtifactError if writing fails.
    """
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(target)
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path}: exists already; choose another name or use --overwrite")
    if path.is_dir():
        raise OutputExistsError(f"{path}: exists and is a directory; left unchanged")
    staging = path.absolute().parent / f".{path.name}.partial-{secrets.token_hex(4)}"
    try:
        with staging.open("xb") as file:
            with _compress(file, _SUFFIXES.get(path.suffix.lower())) as stream:
                yield stream
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    except OSError as error:
        if error.errno is None:
            raise
        raise ArtifactError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        staging.unlink(missing_ok=True)


class _Counted:
    """Counts the bytes that are read from the raw file."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.num_read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size) or b""
        self.num_read += len(data)
        return data


class _Joined(io.RawIOBase):
    """Bytes already taken, and then the rest of their stream, as one file object."""

    def __init__(self, first: bytes, rest: _Counted) -> None:
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        data = data or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _decompress(raw: _Joined, compression: str) -> Any:
    buffered = io.BufferedReader(raw, buffer_size=1 << 18)
    if compression == "gzip":
        return gzip.GzipFile(fileobj=buffered)
    if compression == "bzip2":
        return bz2.BZ2File(buffered)
    if compression == "xz":
        return lzma.LZMAFile(buffered)
    return _InPieces(pa.CompressedInputStream(pa.PythonFile(buffered, mode="r"), "zstd"))


class _InPieces:
    """Reads little at once from pyarrow, which never frees the buffer that damaged data failed to fill."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        parts = []
        while size and (data := self._stream.read(min(size, _PIECE))):
            parts.append(data)
            size -= len(data)
        return b"".join(parts)


def _compress(file: IO[bytes], compression: str | None) -> Any:
    if compression == "gzip":
        # no name and no time in the header: equal vectors give equal bytes
        return gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0)
    if compression == "bzip2":
        return bz2.BZ2File(file, "wb")
    if compression == "xz":
        return lzma.LZMAFile(file, "wb")
    if compression == "zstandard":
        return pa.CompressedOutputStream(pa.PythonFile(_KeptOpen(file), mode="w"), "zstd")
    return _KeptOpen(file)


class _KeptOpen:
    """A file that stays open when the compressor on top of it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.closed = False

    def __enter__(self) -> _KeptOpen:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def write(self, data: Any) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self.closed = True
