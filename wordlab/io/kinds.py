"""Files that are not plain text, told by their first bytes."""

from __future__ import annotations

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """What a file is, how it begins, and how to get a text from it."""

    name: str
    magic: bytes
    hint: str = ""
    offset: int = 0


_CONVERT = "convert it to text first"
_UNPACK = "unpack it first"
ZIP = Kind("a zip archive", b"PK\x03\x04", _UNPACK)
TAR = Kind("a tar archive", b"ustar", _UNPACK, offset=257)
_KINDS = (
    Kind("an Office document", b"[Content_Types].xml", _CONVERT, offset=30),
    Kind("an OpenDocument or EPUB file", b"mimetypeapplication/", _CONVERT, offset=30),
    ZIP,
    Kind("an empty zip archive", b"PK\x05\x06"),
    TAR,
    Kind("a 7z archive", b"7z\xbc\xaf\x27\x1c", _UNPACK),
    Kind("a RAR archive", b"Rar!\x1a\x07", _UNPACK),
    Kind("a PDF", b"%PDF-", f"{_CONVERT}, with pdftotext for example"),
    Kind("an RTF document", b"{\\rtf1", _CONVERT),
    Kind("an old Office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _CONVERT),
    Kind("a PNG image", b"\x89PNG\r\n\x1a\n"),
    Kind("a JPEG image", b"\xff\xd8\xff"),
    Kind("a GIF image", b"GIF89a"),
    Kind(
        "a Parquet file", b"PAR1\x15", "give it a name that ends in .parquet, or use --input-format parquet"
    ),
    Kind("an Arrow file", b"ARROW1\x00\x00", "save it as Parquet"),
    Kind("an array in NumPy's format", b"\x93NUMPY"),
    Kind("an SQLite database", b"SQLite format 3\x00", "export it as CSV"),
    Kind("a program", b"\x7fELF"),
    Kind("gzip data", b"\x1f\x8b\x08", "it was compressed twice: decompress it once"),
    Kind("bzip2 data", b"BZh91AY&SY", "it was compressed twice: decompress it once"),
    Kind("xz data", b"\xfd7zXZ\x00", "it was compressed twice: decompress it once"),
    Kind("zstandard data", b"\x28\xb5\x2f\xfd", "it was compressed twice: decompress it once"),
)
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)
HEAD_SIZE = 512
"""Bytes at the beginning of a file that show its kind."""


def find_kind(head: bytes) -> Kind | None:
    """The kind of file that begins with `head`, decompressed; None for what may be a text."""
    fitting = (kind for kind in _KINDS if head.startswith(kind.magic, kind.offset))
    return next(fitting, None)


def is_page(head: bytes) -> bool:
    """Whether a file that begins with `head` is an HTML page."""
    return _PAGE.match(head) is not None
