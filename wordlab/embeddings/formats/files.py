"""Byte streams under the formats: reading through any compression, writing whole or not at all."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from wordlab.errors import FormatError, SourceError
from wordlab.io.atomic import staged_file
from wordlab.io.compression import DamageError, Decompressed, compressed, reading
from wordlab.io.lines import BYTE_ORDER_MARK
from wordlab.io.remote import look, open_stream
from wordlab.io.urls import Url, place_of
from wordlab.progress import OnProgress, Reporter

PathOrStream = str | os.PathLike[str] | IO[bytes]

HEAD = 1 << 20
"""Bytes that detection may look at."""
_HARMLESS = 1 << 26  # decompressed bytes, which are read from however few
_MAX_COMPRESSED = 100  # what is larger, and was more times as large as it came, is a bomb


def is_bomb(num_bytes: int, num_packed: int) -> bool:
    """Whether more bytes came out of `num_packed` than those of any honest file."""
    return num_bytes > max(_HARMLESS, _MAX_COMPRESSED * num_packed)


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, empty at the end."""


class Source:
    """A decompressed stream of bytes that knows its name, shows its head and reports progress.

    `path` is that of a plain file, which others may open as well, else None. `num_packed` is the number of
    compressed bytes that `raw` comes from.
    """

    def __init__(
        self, raw: Readable, name: str, *, total: int | None = None, path: Path | None = None,
        num_packed: int | None = None, on_progress: OnProgress | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        with reading(name):
            self._content = Decompressed(raw)
        self._reporter = Reporter(on_progress, "read vectors", "bytes", total)
        self.path = path if self._content.compression is None else None
        self._pushed = b""
        self._num_given = 0  # decompressed bytes
        self._num_packed = num_packed
        self._decoder: codecs.IncrementalDecoder | None = None

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes that `read` has yet to return, without taking them."""
        while len(self._pushed) < size and (data := self._read(size - len(self._pushed))):
            self._pushed += data
        return self._pushed[:size]

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end; FormatError if the compressed data is damaged."""
        data, self._pushed = self._pushed[:size], self._pushed[size:]
        data = data or self._read(size)
        self._reporter.update(self._content.num_read)
        return data

    def pieces(self, size: int) -> Iterator[bytes]:
        """What is left, up to `size` bytes at a time."""
        while data := self.read(size):
            yield data

    def decode_as(self, encoding: str) -> None:
        """Transcode the rest, a text in `encoding`, to UTF-8; what is invalid in it becomes invalid UTF-8."""
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        pushed, self._pushed = self._pushed, b""
        self._pushed = self._decode(self._decoder, pushed)

    def skip_byte_order_mark(self) -> None:
        """Take a byte-order mark off the beginning, if there is one."""
        if self.head(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK:
            self.read(len(BYTE_ORDER_MARK))

    def skip_line(self) -> None:
        """Drop the first line, which must lie within the head."""
        line, newline, _ = self.head().partition(b"\n")
        left = len(line) + len(newline)
        while left:
            left -= len(self.read(left))

    def line(self, number: int) -> str:
        """Where line `number` is, as messages say it."""
        return f"{self.name}:{number}"

    def record(self, number: int) -> str:
        """Where record `number` is, as messages say it."""
        return f"{self.name}: record {number}"

    def finish(self) -> None:
        """Report the end."""
        total = self._reporter.total
        self._reporter.report(self._content.num_read if total is None else total)

    def _read(self, size: int) -> bytes:
        while True:
            data = self._read_bytes(size)
            if self._decoder is None:
                return data
            text = self._decode(self._decoder, data)
            if text or not data:
                return text  # nothing yet if `data` ends inside a character

    def _decode(self, decoder: codecs.IncrementalDecoder, data: bytes) -> bytes:
        try:
            return decoder.decode(data, not data).encode("utf-8", "surrogatepass")
        except UnicodeError as error:
            reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
            raise FormatError(f"{self.name}: expected text in the encoding given, found {reason}") from error

    def _read_bytes(self, size: int) -> bytes:
        try:
            with reading(self.name):
                data = self._content.read(size)
        except DamageError as error:
            raise FormatError(
                f"{self.name}: expected whole {self._content.compression} data, "
                f"found a damaged or cut file ({error})"
            ) from error
        self._num_given += len(data)
        packed = self._content.num_read if self._num_packed is None else self._num_packed
        if is_bomb(self._num_given, packed):
            raise FormatError(
                f"{self.name}: expected vectors, found {self._num_given:,} bytes compressed into {packed:,}"
            )
        return data


@contextmanager
def open_source(source: PathOrStream, *, on_progress: OnProgress | None = None) -> Iterator[Source]:
    """A Source over a file or a binary stream; SourceError if it cannot be opened."""
    if not isinstance(source, str | os.PathLike):
        yield Source(source, str(getattr(source, "name", "<stream>")), on_progress=on_progress)
        return
    path = place_of(source)
    if isinstance(path, Url):
        with _open_remote(path) as remote:
            yield Source(remote, str(path), total=remote.size, on_progress=on_progress)
        return
    try:
        if path.is_dir():
            raise SourceError(f"{path}: expected a file of vectors, found a directory")
        with path.open("rb", buffering=0) as file:
            yield Source(file, str(path), total=path.stat().st_size, path=path, on_progress=on_progress)
    except OSError as error:
        if isinstance(error, SourceError) or error.errno is None:
            raise
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def _open_remote(url: Url) -> Iterator[Any]:
    """The bytes of a file elsewhere; SourceError for a folder."""
    found = look(url)
    if found is not None and found.is_folder:
        raise SourceError(f"{url}: expected a file of vectors, found a folder; {url.hint}")
    with open_stream(url) as stream:
        yield stream


@contextmanager
def open_sink(target: PathOrStream, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A binary stream whose bytes become the file `target` when the block ends without an error.

    They are compressed if the name ends in .gz, .bz2, .xz or .zst. A stream is written to as it is.
    Raises OutputExistsError before anything is written; ArtifactError if writing fails.
    """
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    with (
        staged_file(target, overwrite=overwrite) as staging,
        staging.open("xb") as file,
        compressed(file, staging.suffix) as stream,
    ):
        yield stream
