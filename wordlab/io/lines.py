"""Text as it arrives: bytes made valid UTF-8, the byte-order mark removed, cut only where a line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from wordlab.errors import FormatError
from wordlab.io.compression import ByteStream
from wordlab.io.encodings import (
    OTHER_ENCODING,
    check_encoding,
    encoding_hint,
    extends_ascii,
    is_utf8,
    text_encoding,
    unmarked_utf16,
)
from wordlab.io.kinds import HEAD_SIZE, find_kind

BYTE_ORDER_MARK = codecs.BOM_UTF8
READ_SIZE = 1 << 20
MAX_RECORD = 64
"""The largest record in MiB, be it a line, a row, an object or a cell, unless --max-record says more."""
_REPLACEMENT = "\ufffd".encode()


def without_byte_order_mark(data: bytes) -> bytes:
    """The beginning of a text without its byte-order mark."""
    return data.removeprefix(BYTE_ORDER_MARK)


def check_record(num_bytes: int, where: str, longest: int = MAX_RECORD << 20) -> None:
    """Raise FormatError that begins with `where` if a record of `num_bytes` is longer than `longest`."""
    if num_bytes > longest:
        raise FormatError(
            f"{where}: expected a record of at most {_size(longest)}, found a longer one; "
            "--max-record allows more"
        )


def _size(num_bytes: int) -> str:
    return f"{num_bytes >> 20} MiB" if num_bytes >= 1 << 20 else f"{num_bytes} bytes"


def whole_lines(
    pieces: Iterable[bytes], *, name: str = "", longest: int = MAX_RECORD << 20, hint: str = ""
) -> Iterator[bytes]:
    """The bytes of `pieces`, cut only after line feeds; the last one may lack a line feed.

    Raises FormatError, which begins with `name` and ends with `hint`, once a line has more than
    `longest` bytes.
    """
    pending: list[bytes] = []
    num_pending = num_given = 0
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            num_given += num_pending + end
            yield b"".join([*pending, piece[:end]])
            pending, num_pending = [], 0
        pending.append(piece[end:])
        num_pending += len(piece) - end
        if num_pending > longest:
            raise FormatError(
                f"{name}: byte {num_given}: expected the end of a line within {_size(longest)}, "
                f"found none{hint}"
            )
    rest = b"".join(pending)
    if rest:
        yield rest


def decoded_lines(
    stream: ByteStream,
    decoder: Decoder | None = None,
    *,
    longest: int = MAX_RECORD << 20,
    unless: bytes | None = None,
) -> Iterator[str]:
    """The text of `stream` in pieces that end where lines end, none of them longer than `longest` bytes.

    They end anywhere in a text that begins with `unless`: a JSON array may be one endless line. Raises
    FormatError for a longer line, and for bytes that `decoder` refuses.
    """
    pieces = (decoder or Decoder()).stream(stream)
    first = next(pieces, b"")
    pieces = chain([first], pieces) if first else pieces
    if unless is None or not first.lstrip().startswith(unless):
        pieces = whole_lines(pieces, name=stream.name, longest=longest, hint="; --max-record allows more")
    return map(bytes.decode, pieces)


@dataclass
class Decoder:
    """Turns bytes into valid UTF-8: strictly, or with U+FFFD, which is counted, for what is invalid.

    A byte-order mark takes precedence over `encoding`, which is for texts that are not UTF-8; the names of
    those that are go into `read_as_utf8`. Raises ConfigError for what is not a text encoding.
    """

    strict: bool = True
    encoding: str = "utf-8"
    num_replaced: int = field(default=0, init=False)
    read_as_utf8: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.encoding = check_encoding(self.encoding)

    def stream(self, source: ByteStream) -> Iterator[bytes]:
        """The source's text as valid UTF-8, without a byte-order mark at its beginning.

        Raises FormatError for what is plainly no text (a PDF, say), and with the offset of the first
        byte that is invalid (unless replacing) or is NUL, which no text contains. A part of a file that does
        not begin at its beginning is UTF-8, whatever its first bytes are.
        """
        chunks = iter(lambda: source.read(READ_SIZE), b"")
        if source.start:
            return self._utf8(chunks, source.name, source.start)
        head = source.peek(HEAD_SIZE)
        kind = find_kind(head)
        if kind is not None:
            hint = f"; {kind.hint}" if kind.hint else ""
            raise FormatError(f"{source.name}: expected text, found {kind.name}{hint}")
        encoding = text_encoding(head, self.encoding, source.name)
        if encoding == "utf-8":
            return self._utf8(chunks, source.name)
        if extends_ascii(encoding):
            return self._either(chunks, source.name)
        return self._others(chunks, source.name, encoding)

    def _either(self, chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
        """Text in `encoding`, or in UTF-8 if the first chunk with more than ASCII in it is that."""
        offset = 0
        for chunk in chunks:
            if chunk.isascii() and b"\0" not in chunk:
                yield chunk
                offset += len(chunk)
                continue
            chunk += next(chunks, b"") if chunk[:-4].isascii() else b""  # a character may be cut at its end
            rest = chain([chunk], chunks)
            if is_utf8(chunk):
                self.read_as_utf8.append(name)
                yield from self._utf8(rest, name, offset)
            else:
                yield from self._others(rest, name, self.encoding, offset)

    def _utf8(self, chunks: Iterable[bytes], name: str, offset: int = 0) -> Iterator[bytes]:
        pending = b""  # its first byte is at `offset`
        for chunk in chain(chunks, [b""]):
            data = pending + chunk
            nul = chunk.find(b"\0")
            if nul >= 0:
                raise _nul_error(name, offset + len(pending) + nul, data)
            try:
                text, num_used = self._decode(data, final=not chunk)
            except UnicodeDecodeError as error:
                place = error.start
                hint = encoding_hint(data, place)
                raise FormatError(
                    f"{name}: byte {offset + place}: expected UTF-8, found 0x{data[place]:02x}; {hint}"
                ) from error
            if offset == 0:
                text = without_byte_order_mark(text)
            pending = data[num_used:]
            offset += num_used
            if text:
                yield text

    def _decode(self, data: bytes, *, final: bool) -> tuple[bytes, int]:
        """The valid UTF-8 at the beginning of `data`, and the number of bytes used for it."""
        if data.isascii():
            return data, len(data)
        try:
            _, num_used = codecs.utf_8_decode(data, "strict", final)
            return data[:num_used], num_used
        except UnicodeDecodeError:
            if self.strict:
                raise
        decoded, num_used = codecs.utf_8_decode(data, "replace", final)
        text = decoded.encode("utf-8")
        self.num_replaced += text.count(_REPLACEMENT) - data[:num_used].count(_REPLACEMENT)
        return text, num_used

    def _others(self, chunks: Iterable[bytes], name: str, encoding: str, offset: int = 0) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("strict" if self.strict else "replace")
        num_read = offset
        for chunk in chain(chunks, [b""]):
            num_read += len(chunk)
            try:
                text = decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                place = num_read - len(error.object) + error.start
                raise FormatError(
                    f"{name}: byte {place}: expected {encoding}, found 0x{error.object[error.start]:02x}; "
                    f"{OTHER_ENCODING}"
                ) from error
            self.num_replaced += text.count("\ufffd")
            if "\0" in text:
                raise _nul_error(name, None, chunk)
            if text:
                yield self.encode(text, name)

    def record(self, data: bytes, where: str) -> bytes:
        """One record's text as valid UTF-8; FormatError that begins with `where` if it is not."""
        try:
            return self._decode(data, final=True)[0]
        except UnicodeDecodeError as error:
            raise FormatError(
                f"{where}: byte {error.start}: expected UTF-8, found 0x{data[error.start]:02x}"
            ) from error

    def encode(self, text: str, where: str) -> bytes:
        """`text` as UTF-8; half a surrogate pair, which JSON can hold, counts as invalid."""
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError as error:
            if self.strict:
                raise FormatError(f"{where}: expected Unicode text, found half a surrogate pair") from error
        self.num_replaced += sum("\ud800" <= character <= "\udfff" for character in text)
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode("utf-8")


def _nul_error(name: str, place: int | None, data: bytes) -> FormatError:
    """The error for a NUL byte: UTF-16 without a mark, which has one in every other place, or no text."""
    where = f"{name}: byte {place}" if place is not None else name
    found = unmarked_utf16(data)
    hint = f"if it is UTF-16, as it seems, use --encoding {found}" if found else "is this a binary file?"
    return FormatError(f"{where}: expected text, found a NUL byte; {hint}")
