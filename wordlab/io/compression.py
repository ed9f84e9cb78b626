"""Compressed bytes, read and written: one table of what each compression looks like and who handles it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import PurePath
from typing import IO, Any, NamedTuple, Protocol, TypeVar

from wordlab.errors import FormatError, SourceError, WordlabError
from wordlab.io.remote import open_file, open_stream
from wordlab.io.urls import Place, Url

P = TypeVar("P", bound=PurePath)

_BUFFER = 1 << 18  # compressed bytes taken from a file at once
_PIECE = 1 << 16  # decompressed bytes taken from pyarrow at once


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...


class Compression(NamedTuple):
    """One compression: the file name's suffix, how its data begins, and what reads and writes it."""

    suffix: str
    magic: tuple[bytes, ...]
    decompress: Callable[[IO[bytes]], Any]
    compress: Callable[[IO[bytes]], AbstractContextManager[Any]]


def _arrow_reader(codec: str) -> Callable[[IO[bytes]], Any]:
    return lambda file: _ArrowReader(file, codec)


def _zstandard_writer(file: IO[bytes]) -> AbstractContextManager[Any]:
    import pyarrow as pa

    writer: AbstractContextManager[Any] = pa.CompressedOutputStream(
        pa.PythonFile(_KeptOpen(file), mode="w"), "zstd"
    )
    return writer


COMPRESSIONS = {
    "gzip": Compression(
        ".gz", (b"\x1f\x8b",),
        lambda file: gzip.GzipFile(fileobj=file),
        # no name and no time in the header: equal content gives equal bytes
        lambda file: gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0),
    ),
    "bzip2": Compression(
        # the level, and then the first block or, where there is no content, the end of the stream
        ".bz2", tuple(b"BZh%d%b" % (n, rest) for n in range(1, 10) for rest in (b"1AY&SY", b"\x17rE8P\x90")),
        _arrow_reader("bz2"),  # Python's own ignores whatever follows a stream, even a damaged second one
        partial(bz2.BZ2File, mode="wb"),
    ),
    "xz": Compression(
        ".xz", (b"\xfd7zXZ\x00",), lzma.LZMAFile, partial(lzma.LZMAFile, mode="wb")
    ),
    "zstandard": Compression(".zst", (b"\x28\xb5\x2f\xfd",), _arrow_reader("zstd"), _zstandard_writer),
}  # fmt: skip
COMPRESSED_SUFFIXES = {compression.suffix: name for name, compression in COMPRESSIONS.items()}

_LONGEST_MAGIC = max(len(magic) for compression in COMPRESSIONS.values() for magic in compression.magic)


class DamageError(Exception):
    """Compressed data is damaged or, if `is_cut`, ends too early; who knows the file's name reports it."""

    def __init__(self, reason: object, *, is_cut: bool) -> None:
        super().__init__(str(reason))
        self.is_cut = is_cut


class Decompressed:
    """The decompressed bytes of `raw`, a binary stream, whose first bytes show its `compression`, if any.

    `head` holds these first bytes, and `num_read` counts the bytes taken from `raw`. A `plain` stream is not
    compressed, whatever its first bytes are.
    """

    def __init__(self, raw: _Readable, *, plain: bool = False) -> None:
        self._raw = _Raw(raw)
        self.head = self._raw.head
        self.compression = None if plain else _detect(self.head)
        self._read: Callable[[int], bytes] = self._raw.take
        if self.compression is not None:
            buffered: Any = io.BufferedReader(self._raw, _BUFFER)
            self._read = COMPRESSIONS[self.compression].decompress(buffered).read

    @property
    def num_read(self) -> int:
        """Number of bytes taken from the source, before decompression."""
        return self._raw.num_read

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end; DamageError, or OSError if the source cannot be read."""
        if self.compression is None:
            return self._read(size)
        try:
            return self._read(size)
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            # Python's readers end with EOFError, Arrow's say so
            is_cut = isinstance(error, EOFError) or "Truncated" in str(error)
            raise DamageError(error, is_cut=is_cut) from error


def _detect(head: bytes) -> str | None:
    return next((name for name, found in COMPRESSIONS.items() if head.startswith(found.magic)), None)


class ByteStream:
    """The decompressed bytes of a file called `name`; every way to be cut short or damaged is an error.

    `size`, where it is known, is the file's size at the start; one that ends earlier has shrunk. `start` is
    where in a plain file its bytes begin, if they are a part of one; None for a whole file.
    """

    def __init__(
        self, file: _Readable, name: str, suffix: str, *, size: int | None = None, start: int | None = None
    ) -> None:
        self.name = name
        self.num_bytes = 0
        self.start = start or 0
        self.size = size
        self._peeked = b""
        with reading(name):
            self._content = Decompressed(file, plain=start is not None)
        self.compression = self._content.compression
        if start is None and self.compression is None:
            _check_head(self._content.head, name, COMPRESSED_SUFFIXES.get(suffix))

    @property
    def num_read(self) -> int:
        """Number of bytes read from the source, before decompression."""
        return self._content.num_read

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end, which the next `read` returns again."""
        while len(self._peeked) < size and (data := self._read(size - len(self._peeked))):
            self._peeked += data
        return self._peeked[:size]

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size` of them; none at the end.

        Raises SourceError if the source cannot be read or ends too early, FormatError if it is damaged.
        """
        if self._peeked:
            data, self._peeked = self._peeked[:size], self._peeked[size:]
            return data
        return self._read(size)

    def _read(self, size: int) -> bytes:
        try:
            with reading(self.name):
                data = self._content.read(size)
        except DamageError as error:
            if error.is_cut:
                raise SourceError(
                    f"{self.name}: expected a whole {self.compression} file, found one that is cut short "
                    f"(after {self.num_bytes:,} bytes of content)"
                ) from error
            raise FormatError(
                f"{self.name}: expected {self.compression} data, found damage ({error})"
            ) from error
        self.num_bytes += len(data)
        if not data and size and self.size is not None and self.num_read < self.size:
            raise SourceError(
                f"{self.name}: expected {self.size:,} bytes, as at the start, found {self.num_read:,}; "
                "it shrank while it was read"
            )
        return data


@contextmanager
def open_bytes(path: Place | None, name: str, *, size: int | None = None) -> Iterator[ByteStream]:
    """The decompressed content of the file at `path`, here or elsewhere, or of standard input if it is None.

    A regular file that ends before it has given as many bytes as it has now, or `size` if that is given,
    has shrunk: SourceError.
    """
    if isinstance(path, Url):
        with open_stream(path) as remote:
            yield ByteStream(remote, name, path.suffix.lower(), size=remote.size if size is None else size)
        return
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
        if size is None:
            status = os.fstat(file.fileno())
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
        yield ByteStream(file, name, path.suffix.lower(), size=size)


@contextmanager
def open_part(path: Place, name: str, start: int, size: int) -> Iterator[ByteStream]:
    """The `size` bytes of a plain file from byte `start` on; SourceError if it ends before them."""
    with ExitStack() as stack:
        with reading(name):
            file = stack.enter_context(open_file(path))
            file.seek(start)
        yield ByteStream(_Beginning(file, size), name, "", size=size, start=start)


def without_suffix(path: P) -> P:
    """`path` without the suffix of a compression, if it has one."""
    return path.with_suffix("") if path.suffix.lower() in COMPRESSED_SUFFIXES else path


def compressed(file: IO[bytes], suffix: str) -> AbstractContextManager[Any]:
    """A binary stream whose bytes are written to `file`, compressed as `suffix` says; `file` stays open."""
    name = COMPRESSED_SUFFIXES.get(suffix.lower())
    return _KeptOpen(file) if name is None else COMPRESSIONS[name].compress(file)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Inside, an OSError becomes a SourceError: `name` cannot be read, and why."""
    try:
        yield
    except OSError as error:
        if isinstance(error, WordlabError):
            raise
        raise SourceError(f"{name}: cannot be read: {error.strerror or error}") from error


def _check_head(head: bytes, name: str, expected: str | None) -> None:
    """Raise SourceError for a file that is called compressed and ends before that can be seen."""
    if expected and any(magic.startswith(head) for magic in COMPRESSIONS[expected].magic):
        raise SourceError(f"{name}: expected {expected} data, found a file of {len(head)} bytes")


class _Beginning:
    """The first `size` bytes of what a file has left."""

    def __init__(self, file: _Readable, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left)) or b""
        self._left -= len(data)
        return data


class _Raw(io.RawIOBase):
    """A binary stream that knows its first bytes and counts how many have been read."""

    def __init__(self, file: _Readable) -> None:
        self._file = file
        self._unread = b""
        self.num_read = 0
        head = b""
        while len(head) < _LONGEST_MAGIC and (data := self.take(_LONGEST_MAGIC - len(head))):
            head += data
        self.head = self._unread = head

    def take(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end."""
        if self._unread:
            data, self._unread = self._unread[:size], self._unread[size:]
            return data
        data = self._file.read(size) or b""
        self.num_read += len(data)
        return data

    def readable(self) -> bool:
        """Whether it can be read: for the readers on top."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes and return their number."""
        data = self.take(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _ArrowReader:
    """Reads little at once from pyarrow, which never frees the buffer that damaged data failed to fill."""

    def __init__(self, file: IO[bytes], codec: str) -> None:
        import pyarrow as pa

        self._stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), codec)
        self._error = pa.ArrowException

    def read(self, size: int) -> bytes:
        parts = []
        try:
            while size and (data := self._stream.read(min(size, _PIECE))):
                parts.append(data)
                size -= len(data)
        except self._error as error:
            raise OSError(str(error)) from error
        return b"".join(parts)


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
