"""Which format a file has, told from its content; its name plays no part."""

from __future__ import annotations

import re
from collections import Counter

from wordlab.embeddings.formats.rows import is_number, split_row
from wordlab.errors import FormatError
from wordlab.io.lines import without_byte_order_mark

_HEADER = re.compile(rb"(\d{1,18}) (\d{1,18}) ?\r?\n?")
_ROWS_LOOKED_AT = 100
FASTTEXT = (793712314).to_bytes(4, "little")
_LONGEST_SAFETENSORS_HEADER = 100_000_000  # bytes; the limit of the library
_PICKLE = "a pickle, which can run code; if gensim wrote it and you trust it, name the format gensim"
_NO_VECTORS = {
    **dict.fromkeys([b"\x80" + bytes([protocol]) for protocol in range(2, 6)], _PICKLE),
    **dict.fromkeys([b"PK\x03\x04", b"PK\x05\x06"], "a zip archive without numpy arrays; unpack it first"),
    b"\x93NUMPY": "a numpy array without words; the numpy format is an .npz of words and matrix",
    b"\x89HDF\r\n": "HDF5",
}


def parse_header(line: bytes) -> tuple[int, int] | None:
    """The numbers of words and dimensions if `line` is a header "V D" in ASCII digits, else None."""
    match = _HEADER.fullmatch(line)
    return (int(match[1]), int(match[2])) if match else None


def detect_format(head: bytes, name: str) -> str:
    """The name of a file's format, from its first (decompressed) bytes.

    Never "gensim": a pickle is loaded only if the caller says so. Binary formats have a beginning of
    their own; what is left is "word2vec", "word2vec-binary" or "glove".
    A first line of two integers is a header, unless all can be GloVe text of one dimension whose
    first word is a number: then the next row has two fields as well, and not a header's D + 1.
    Raises FormatError for an empty file and for one that begins like none of them.
    """
    if not without_byte_order_mark(head).strip():
        raise FormatError(f"{name}: expected vectors, found an empty file")
    if found := _by_beginning(head, name):
        return found
    first, _, rest = without_byte_order_mark(head).partition(b"\n")
    header = parse_header(first)
    if header is None:
        if b"\0" in head:
            raise FormatError(f"{name}: expected vectors in a known format, found other binary data")
        return "glove"
    if _is_binary(rest, header[1]):
        return "word2vec-binary"
    row = split_row(rest.partition(b"\n")[0])
    return "glove" if len(row) == 2 and header[1] != 1 else "word2vec"


def _by_beginning(head: bytes, name: str) -> str | None:
    """The binary format that begins like this, or None. FormatError for what holds no vectors for us."""
    if head.startswith(FASTTEXT):
        return "fasttext-binary"
    if 2 <= int.from_bytes(head[:8], "little") <= _LONGEST_SAFETENSORS_HEADER and head[8:9] == b"{":
        return "safetensors"
    if head.startswith(b"PK\x03\x04"):
        size = int.from_bytes(head[26:28], "little")
        if head[30 : 30 + size].endswith(b".npy"):
            return "numpy"
    for beginning, found in _NO_VECTORS.items():
        if head.startswith(beginning):
            raise FormatError(f"{name}: expected vectors in a known format, found {found}")
    if head[257:262] == b"ustar" and b"\0" in head[:257]:
        raise FormatError(f"{name}: expected vectors in a known format, found a tar archive; unpack it first")
    return None


def row_dimension(head: bytes) -> int:
    """The number of values a row of headerless text has, which most of its first 100 rows share.

    Rows of words that hold spaces have more fields and are outvoted; among equals the first row
    decides. Lines without values have no vote; 0 if all are like that.
    """
    lines = without_byte_order_mark(head).split(b"\n", _ROWS_LOOKED_AT)
    whole = lines[:-1] or lines  # the last piece is cut off, unless it is the only one
    votes = Counter(len(split_row(line)) - 1 for line in whole)
    with_values = [(dim, number) for dim, number in votes.items() if dim > 0]
    return max(with_values, key=lambda vote: vote[1], default=(0, 0))[0]


def _is_binary(rest: bytes, dim: int) -> bool:
    row = split_row(rest.partition(b"\n")[0])
    if len(row) == dim + 1 and all(map(is_number, row[1:])):
        return False
    values = rest.lstrip(b"\n").partition(b" ")[2][: 4 * min(dim, 1024)]
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in values):
        return True
    try:
        values.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end < len(values)  # else a character cut by the end of the sample
    # Printable all through, as four bytes of one number may be by chance: numbers begin like numbers.
    return bool(values) and values[:1] not in b"+-.0123456789"
