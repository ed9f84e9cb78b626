"""Text as it arrives: bytes made valid UTF-8, the byte-order mark removed, cut only where a line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wordlab.errors import FormatError
from wordlab.io.compression import ByteStream

BYTE_ORDER_MARK = codecs.BOM_UTF8
READ_SIZE = 1 << 20
_REPLACEMENT = "\ufffd".encode()


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


@dataclass
class Decoder:
    """Turns bytes into valid UTF-8: strictly, or with U+FFFD, which is counted, for what is invalid."""

    strict: bool = True
    num_replaced: int = 0

    def stream(self, source: ByteStream) -> Iterator[bytes]:
        """The source's text as valid UTF-8, without a byte-order mark at its beginning.

        Raises FormatError with the offset of the first byte that is not UTF-8 (unless replacing) or
        is NUL, which no text contains.
        """
        pending = b""
        offset = 0  # of the first byte in `pending`
        while True:
            chunk = source.read(READ_SIZE)
            data = pending + chunk
            nul = chunk.find(b"\0")
            if nul >= 0:
                raise FormatError(
                    f"{source.name}: byte {offset + len(pending) + nul}: expected text, "
                    "found a NUL byte; is this a binary file?"
                )
            text, num_used = self._decode(data, source.name, offset, final=not chunk)
            if offset == 0:
                text = without_byte_order_mark(text)
            pending = data[num_used:]
            offset += num_used
            if text:
                yield text
            if not chunk:
                return

    def _decode(self, data: bytes, name: str, offset: int, *, final: bool) -> tuple[bytes, int]:
        if data.isascii():
            return data, len(data)
        try:
            _, num_used = codecs.utf_8_decode(data, "strict", final)
            return data[:num_used], num_used
        except UnicodeDecodeError as error:
            if self.strict:
                raise FormatError(
                    f"{name}: byte {offset + error.start}: expected UTF-8, found 0x{data[error.start]:02x}"
                ) from error
        decoded, num_used = codecs.utf_8_decode(data, "replace", final)
        text = decoded.encode("utf-8")
        self.num_replaced += text.count(_REPLACEMENT) - data[:num_used].count(_REPLACEMENT)
        return text, num_used

    def record(self, data: bytes, where: str) -> bytes:
        """One record's text as valid UTF-8; FormatError that begins with `where` if it is not."""
        return self._decode(data, where, 0, final=True)[0]

    def encode(self, text: str, where: str) -> bytes:
        """`text` as UTF-8; half a surrogate pair, which JSON can hold, counts as invalid."""
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError as error:
            if self.strict:
                raise FormatError(f"{where}: expected Unicode text, found half a surrogate pair") from error
        self.num_replaced += sum("\ud800" <= character <= "\udfff" for character in text)
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode("utf-8")
