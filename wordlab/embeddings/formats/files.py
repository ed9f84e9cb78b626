"""Byte streams under the formats: reading through any compression, writing whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wordlab.errors import FormatError, SourceError
from wordlab.io.atomic import staged_file
from wordlab.io.compression import DamageError, Decompressed, compressed, reading
from wordlab.io.lines import BYTE_ORDER_MARK
from wordlab.progress import OnProgress, Reporter

PathOrStream = str | os.PathLike[str] | IO[bytes]

_HEAD = 1 << 20  # bytes that detection may look at


class Source:
    """A decompressed stream of bytes that knows its name, shows its head and reports progress.

    `path` is that of a plain file, which others may open as well, else None.
    """

    def __init__(
        self, raw: IO[bytes], name: str, *, total: int | None = None, path: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        with reading(name):
            self._content = Decompressed(raw)
        self._reporter = Reporter(on_progress, "read vectors", "bytes", total)
        self.path = path if self._content.compression is None else None
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
        self._reporter.update(self._content.num_read)
        return data

    def pieces(self, size: int) -> Iterator[bytes]:
        """What is left, up to `size` bytes at a time."""
        while data := self.read(size):
            yield data

    def skip_byte_order_mark(self) -> None:
        """Take a byte-order mark off the beginning, if there is one."""
        if self.head(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK:
            self.read(len(BYTE_ORDER_MARK))

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
        try:
            with reading(self.name):
                return self._content.read(size)
        except DamageError as error:
            raise FormatError(
                f"{self.name}: expected whole {self._content.compression} data, "
                f"found a damaged or cut file ({error})"
            ) from error


@contextmanager
def open_source(source: PathOrStream, *, on_progress: OnProgress | None = None) -> Iterator[Source]:
    """A Source over a file or a binary stream; SourceError if it cannot be opened."""
    if not isinstance(source, str | os.PathLike):
        yield Source(source, str(getattr(source, "name", "<stream>")), on_progress=on_progress)
        return
    path = Path(source)
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
