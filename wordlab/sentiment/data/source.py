"""Where labelled texts come from, and how they are to be read: what every format's reader gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wordlab.io.compression import open_bytes
from wordlab.io.lines import Decoder, check_record, decoded_lines
from wordlab.io.urls import Place, place_of
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.columns import ColumnChoice
from wordlab.sentiment.data.labels import Labels, labels_in
from wordlab.text.reading import ReadingConfig, check_delimiter
from wordlab.text.records import ARRAY, json_records

Record = tuple[str, dict[str, Any]]
"""Where an object is, and the object."""


@dataclass(frozen=True, eq=False)
class LabelledSource:
    """A file, a directory or standard input ("-"), with the options for reading it.

    `has_labels` is false where only texts are wanted; `several` is true where a text may have any number of
    labels, which `label_separator` parts in a cell. Readers add a sentence to `notes` for everything
    that they leave out or are not sure of.
    """

    name: str
    columns: ColumnChoice = field(default_factory=ColumnChoice)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    has_labels: bool = True
    several: bool = False
    label_separator: str | None = None
    on_progress: OnProgress | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> Place | None:
        """The path or the URL; None for standard input."""
        return None if self.name == "-" else place_of(self.name)

    @property
    def where(self) -> str:
        """The name in messages about the content."""
        return "stdin" if self.name == "-" else self.name

    @property
    def delimiter(self) -> str | None:
        """The character between columns; None if it is a tab, or is to be found."""
        return check_delimiter(self.reading.delimiter)

    @property
    def longest(self) -> int:
        """The largest size of a record, in bytes."""
        return self.reading.longest

    def labels(self, value: Any, where: str, column: str) -> Labels:
        """The labels in a cell or a field; FormatError, which begins with `where` and says `column`."""
        return labels_in(value, where, column, several=self.several, separator=self.label_separator)

    def add_note(self, note: str | None) -> None:
        """Add `note` to the notes, unless it is None."""
        if note is not None:
            self.notes.append(note)

    def reporter(self, unit: str, total: int | None) -> Reporter:
        """The reporter of this reading."""
        return Reporter(self.on_progress, f"read {self.name}", unit, total)

    def json_records(self) -> Iterator[Record]:
        """The place and the content of each object, on a line of its own or in an array; FormatError."""
        return json_records(self.blocks(unless=ARRAY.encode()), self.where, longest=self.longest)

    def blocks(self, *, unless: bytes | None = None) -> Iterator[str]:
        """The decompressed text in pieces that end where lines end; FormatError for other bytes.

        They end anywhere in a text that begins with `unless`.
        """
        path = self.path
        with open_bytes(path, self.where) as stream:
            reporter = self.reporter("bytes", stream.size)
            for block in decoded_lines(stream, self._decoder(), longest=self.longest, unless=unless):
                reporter.update(stream.num_read)
                yield block
            reporter.report(stream.num_read)

    def file_text(self, path: Path) -> str:
        """The whole text of a file inside a directory, decompressed; FormatError if it is too long."""
        parts: list[bytes] = []
        size = 0
        with open_bytes(path, str(path)) as stream:
            for part in self._decoder().stream(stream):
                size += len(part)
                check_record(size, str(path), self.longest)
                parts.append(part)
        return b"".join(parts).decode("utf-8")

    def _decoder(self) -> Decoder:
        return Decoder(encoding=self.reading.encoding)


def check_unicode(text: str, where: str) -> None:
    """Raise FormatError, which begins with `where`, for a lone surrogate, which JSON can hold."""
    Decoder().encode(text, where)
