"""Lines of a data set, each with its place for messages."""

from __future__ import annotations

import os
from collections.abc import Iterator

from wordlab.embeddings.formats.files import open_source
from wordlab.errors import FormatError
from wordlab.io.lines import without_byte_order_mark


def read_lines(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """("file:number", line) for each line of a UTF-8 file, compressed or not; FormatError, SourceError."""
    with open_source(path) as source:
        data = without_byte_order_mark(b"".join(source.pieces(1 << 20)))
        for number, line in enumerate(data.split(b"\n"), start=1):
            where = f"{source.name}:{number}"
            try:
                yield where, line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FormatError(f"{where}: expected UTF-8, found other bytes ({error.reason})") from None
