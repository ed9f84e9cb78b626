"""Bytes known to be UTF-8 text, in blocks that never end inside a token."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wordlab.errors import FormatError
from wordlab.io.compression import ByteStream
from wordlab.io.lines import without_byte_order_mark

READ_SIZE = 1 << 20
LONGEST_UNCUT = 64 << 20  # bytes without anywhere to cut before a text is refused
_REPLACEMENT = "\ufffd".encode()


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


def cut_blocks(pieces: Iterable[tuple[str, bytes]], size: int, *, cut_after: str) -> Iterator[bytes]:
    """Blocks of about `size` bytes from (name of the source, text) pairs.

    A block that ends with a line feed ends a line. One that does not was cut inside a very long line,
    after one of the characters `cut_after`, and the line continues in the next block. FormatError if there
    is none of them in 64 MiB.
    """
    marks = [character.encode("utf-8") for character in cut_after]
    pending: list[bytes] = []
    num_pending = 0
    for name, piece in pieces:
        pending.append(piece)
        num_pending += len(piece)
        if num_pending < size:
            continue
        data = b"".join(pending)
        start = 0
        while len(data) - start >= size:
            end = _cut(data, start, start + size, marks)
            end = end or _cut(data, start, len(data), marks)
            if not end:
                break
            yield data[start:end]
            start = end
        pending = [data[start:]]
        num_pending = len(data) - start
        if num_pending > LONGEST_UNCUT:
            raise FormatError(
                f"{name}: expected white space or a line break within {LONGEST_UNCUT >> 20} MiB, "
                "found none; is this a text?"
            )
    rest = b"".join(pending)
    if rest:
        yield rest


def _cut(data: bytes, start: int, stop: int, marks: Sequence[bytes]) -> int:
    """Where to cut between `start` and `stop`: after the last line feed, else the last mark; or 0."""
    end = data.rfind(b"\n", start, stop) + 1
    if end:
        return end
    found = ((data.rfind(mark, start, stop), len(mark)) for mark in marks)
    return max((position + length for position, length in found if position >= 0), default=0)
