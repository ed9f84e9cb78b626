"""Text as it arrives in pieces: the byte-order mark removed, cut only where a line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from wordlab.errors import FormatError

BYTE_ORDER_MARK = codecs.BOM_UTF8


def without_byte_order_mark(data: bytes) -> bytes:
    """The beginning of a text without its byte-order mark."""
    return data.removeprefix(BYTE_ORDER_MARK)


def whole_lines(pieces: Iterable[bytes], *, name: str = "", longest: int | None = None) -> Iterator[bytes]:
    """The bytes of `pieces`, cut only after line feeds; the last one may lack a line feed.

    Raises FormatError, which begins with `name`, once a line has more than `longest` bytes.
    """
    pending: list[bytes] = []
    num_pending = 0
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join([*pending, piece[:end]])
            pending, num_pending = [], 0
        pending.append(piece[end:])
        num_pending += len(piece) - end
        if longest is not None and num_pending > longest:
            raise FormatError(f"{name}: expected rows of text, found {longest} bytes without a line end")
    rest = b"".join(pending)
    if rest:
        yield rest
