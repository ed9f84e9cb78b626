"""Lines of a test set, each with its place for messages."""

from __future__ import annotations

import os
from collections.abc import Iterator

from wordlab.embeddings.formats.files import open_source
from wordlab.errors import ConfigError, FormatError
from wordlab.io.lines import without_byte_order_mark

MARKS = ("\t", ";", "|", ",")
"""What may stand between columns, the surest first; where there is none of them, white space does."""

_MAX_BYTES = 64 << 20  # hundreds of times the largest published set


def read_lines(path: str | os.PathLike[str], encoding: str = "utf-8") -> Iterator[tuple[str, str]]:
    """("file:number", line) for each line of a file, compressed or not.

    Raises FormatError for other bytes than `encoding` has and for a file that is too large to be a test
    set, SourceError, and ConfigError for an unknown encoding.
    """
    with open_source(path) as source:
        data = bytearray()
        for piece in source.pieces(1 << 20):
            data += piece
            if len(data) > _MAX_BYTES:
                raise FormatError(
                    f"{source.name}: expected a test set of at most {_MAX_BYTES >> 20} MiB, found more"
                )
        for number, line in enumerate(without_byte_order_mark(bytes(data)).split(b"\n"), start=1):
            where = f"{source.name}:{number}"
            try:
                yield where, line.decode(encoding).rstrip("\r")
            except UnicodeDecodeError as error:
                expected = encoding.upper() if encoding == "utf-8" else encoding
                raise FormatError(
                    f"{where}: expected {expected}, found other bytes ({error.reason}); "
                    "--encoding names another"
                ) from None
            except (LookupError, TypeError, AttributeError):  # unknown, or no encoding of text
                raise ConfigError(f"encoding: expected one that Python knows, found {encoding!r}") from None
