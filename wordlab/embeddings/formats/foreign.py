"""Files without vectors, told by their first bytes: what messages call them, and what to do."""

from __future__ import annotations

from wordlab.io.encodings import unmarked_utf16
from wordlab.io.kinds import find_kind, is_page

_PICKLE = "a pickle, which can run code; if gensim wrote it and you trust it, use --format gensim"
_KINDS = {
    **dict.fromkeys([b"\x80" + bytes([protocol]) for protocol in range(2, 6)], _PICKLE),
    b"\x93NUMPY": "a numpy array without words; the numpy format is an .npz of words and matrix",
    b"\x89HDF\r\n": "HDF5",
    b"PAR1\x15": "a Parquet table",
    b"\x04\x22\x4d\x18": "lz4 data; decompress it first",
    b"version https://git-lfs": "a Git LFS pointer instead of the file; git lfs pull fetches it",
    b"<?xml": "XML",
}
"""How files begin that would otherwise be misread or not recognised."""


def foreign_kind(head: bytes) -> str | None:
    """What a file with these first (decompressed) bytes is, if it is known and holds no vectors."""
    for beginning, found in _KINDS.items():
        if head.startswith(beginning):
            return found
    kind = find_kind(head)
    if kind is not None:
        return f"{kind.name}; {kind.hint}" if kind.hint else kind.name
    if is_page(head):
        return "an HTML page; is it the message of a server?"
    encoding = unmarked_utf16(head)
    return f"text in UTF-16; use --encoding {encoding}" if encoding else None
