"""Text as it arrives in pieces: the byte-order mark taken off, cut only where a line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = codecs.BOM_UTF8


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of `pieces`, cut only after line feeds; the last piece may lack one."""
    pending: list[bytes] = []
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join([*pending, piece[:end]])
            pending = []
        pending.append(piece[end:])
    rest = b"".join(pending)
    if rest:
        yield rest
