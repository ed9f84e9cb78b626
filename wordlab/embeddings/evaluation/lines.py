"""Lines of a test set, each with its place for messages."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator

from wordlab.embeddings.formats.files import Source, open_source
from wordlab.errors import FormatError
from wordlab.io.encodings import (
    LONGEST_MARK,
    OTHER_ENCODING,
    check_encoding,
    encoding_hint,
    text_encoding,
)
from wordlab.io.lines import without_byte_order_mark

MARKS = ("\t", ";", "|", ",")
"""What may stand between columns, the surest first; where there is none of them, white space does."""

_MAX_BYTES = 64 << 20  # hundreds of times the largest published set


def read_lines(path: str | os.PathLike[str], encoding: str = "utf-8") -> Iterator[tuple[str, str]]:
    """("file:number", line) for each line of a file, compressed or not.

    A byte-order mark goes before `encoding`. Raises FormatError for other bytes than the encoding has and
    for a file that is too large to be a test set, SourceError, and ConfigError for an unknown encoding.
    """
    encoding = check_encoding(encoding)
    with open_source(path) as source:
        data = bytearray()
        for piece in source.pieces(1 << 20):
            data += piece
            if len(data) > _MAX_BYTES:
                raise FormatError(
                    f"{source.name}: expected a test set of at most {_MAX_BYTES >> 20} MiB, found more"
                )
        for number, line in enumerate(_decoded(bytes(data), encoding, source).split("\n"), start=1):
            yield source.line(number), line.rstrip("\r")


def _decoded(data: bytes, encoding: str, source: Source) -> str:
    encoding = text_encoding(data[:LONGEST_MARK], encoding, source.name)
    try:
        return without_byte_order_mark(data).decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding, "replace")  # UTF-7 may be cut inside a run
        number = before.count("\n") + 1
        expected, hint = encoding, OTHER_ENCODING
        if encoding == "utf-8":
            expected, hint = "UTF-8", encoding_hint(error.object, error.start)
        raise FormatError(
            f"{source.line(number)}: expected {expected}, found other bytes ({error.reason}); {hint}"
        ) from None


def columns_of(where: str, line: str, delimiter: str | None) -> list[str]:
    """The fields of a line, without spaces and quotes around them; FormatError for one that is too long.

    `delimiter` None is white space; with other marks a quoted field may hold them.
    """
    if delimiter is not None and delimiter != "\t" and '"' in line:
        try:
            return [field.strip() for field in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error as error:
            raise FormatError(f"{where}: expected columns, found {error}") from error
    return [_unquoted(field.strip()) for field in line.split(delimiter)]


def _unquoted(field: str) -> str:
    return field[1:-1] if len(field) > 1 and field[0] == field[-1] == '"' else field
