"""Files without vectors, told by their first bytes: what messages call them, and what to do."""

from __future__ import annotations

import re

from wordlab.io.kinds import find_kind

_PICKLE = "a pickle, which can run code; if gensim wrote it and you trust it, use --format gensim"
_KINDS = {
    **dict.fromkeys([b"\x80" + bytes([protocol]) for protocol in range(2, 6)], _PICKLE),
    b"\x93NUMPY": "a numpy array without words; the numpy format is an .npz of words and matrix",
    b"\x89HDF\r\n": "HDF5",
    b"PAR1\x15": "a Parquet table",
    b"\x04\x22\x4d\x18": "lz4 data; decompress it first",
    b"version https://git-lfs": "a pointer of Git LFS in place of the file; git lfs pull fetches it",
    b"<?xml": "XML",
}
"""How files begin that would otherwise be misread or not recognised."""

_HTML = re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE)
_FLORET = re.compile(rb"\d+ \d+ \d+ \d+ [1-4] \d+ \S+ \S+ ?\r?\n")


def foreign_kind(head: bytes) -> str | None:
    """What a file with these first (decompressed) bytes is, if it is known and holds no vectors."""
    for beginning, found in _KINDS.items():
        if head.startswith(beginning):
            return found
    kind = find_kind(head)
    if kind is not None:
        return f"{kind.name}; {kind.way_on}" if kind.way_on else kind.name
    if _HTML.match(head):
        return "a page of HTML; is it the message of a server?"
    if _FLORET.match(head):
        return "a table of floret, whose rows are hash buckets and not words"
    return _utf16_without_mark(head)


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 by the zero bytes of its ASCII characters, which take every other place."""
    sample = head[: len(head[:2000]) & ~1]
    for name, zeros, letters in (("le", sample[1::2], sample[::2]), ("be", sample[::2], sample[1::2])):
        if len(sample) > 8 and zeros.count(0) * 2 > len(zeros) and letters.count(0) == 0:
            return f"text in UTF-16; use --encoding utf-16-{name}"
    return None
