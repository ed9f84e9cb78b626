"""Where labelled texts come from, and how they are to be read: what every format's reader gets."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wordlab.errors import ConfigError, FormatError
from wordlab.io.compression import ByteStream, open_bytes
from wordlab.io.lines import READ_SIZE, Decoder, whole_lines
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.columns import ColumnChoice


@dataclass(frozen=True, eq=False)
class LabelledSource:
    """A file, a directory or standard input ("-"), with the options for reading it.

    Readers add a sentence to `notes` for everything they leave out. Raises ConfigError for an encoding
    that does not exist.
    """

    name: str
    columns: ColumnChoice = field(default_factory=ColumnChoice)
    encoding: str = "utf-8"
    on_progress: OnProgress | None = None
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            " ".encode(self.encoding)  # unlike codecs.lookup, this refuses codecs that are not of text
        except (LookupError, UnicodeError):
            raise ConfigError(
                f"encoding: expected utf-8, latin-1 or the like, found {self.encoding!r}"
            ) from None

    @property
    def path(self) -> Path | None:
        """The path; None for standard input."""
        return None if self.name == "-" else Path(self.name)

    @property
    def where(self) -> str:
        """The name in messages about the content."""
        return "stdin" if self.name == "-" else self.name

    def reporter(self, unit: str, total: int | None) -> Reporter:
        """The reporter of this reading."""
        return Reporter(self.on_progress, f"reading {self.name}", unit, total)

    def blocks(self) -> Iterator[str]:
        """The decompressed text in pieces that end where lines end; FormatError for other bytes."""
        path = self.path
        reporter = self.reporter(
            "bytes", path.stat().st_size if path is not None and path.is_file() else None
        )
        with open_bytes(path, self.where) as stream:
            for block in whole_lines(self._decoded(stream)):
                reporter.update(stream.num_read)
                yield block.decode("utf-8")
            reporter.report(stream.num_read)

    def file_text(self, path: Path) -> str:
        """The whole text of a file inside a directory, decompressed."""
        with open_bytes(path, str(path)) as stream:
            return b"".join(self._decoded(stream)).decode("utf-8")

    def _decoded(self, stream: ByteStream) -> Iterator[bytes]:
        """The text of a stream as UTF-8."""
        if codecs.lookup(self.encoding).name == "utf-8":
            yield from Decoder().stream(stream)
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        data = b"\n"
        while data:
            data = stream.read(READ_SIZE)
            try:
                text = decoder.decode(data, not data).encode("utf-8")
            except UnicodeError as error:
                raise FormatError(
                    f"{stream.name}: expected {self.encoding}, found other bytes ({error})"
                ) from error
            if b"\0" in text:
                raise FormatError(f"{stream.name}: expected text, found a NUL byte; is this a binary file?")
            yield text
