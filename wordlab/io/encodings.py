"""Encodings of text: which are accepted, which a byte-order mark shows, and which is likely."""

from __future__ import annotations

import codecs

from wordlab.errors import ConfigError, FormatError

_MARKS = {  # the longer first: UTF-32 begins as UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8",
}
LONGEST_MARK = max(map(len, _MARKS))
# Codecs that Python has for text, but not for files of it.
_NOT_OF_FILES = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape",
                 "raw-unicode-escape"}  # fmt: skip
_SAMPLE = 1 << 14  # bytes at the beginning, or before and after an odd one, that are looked at

OTHER_ENCODING = "--encoding names another encoding"
"""The way on for bytes that are not in the encoding that was asked for."""


def check_encoding(encoding: str) -> str:
    """Python's name for `encoding`, "utf-8" for all spellings of it; ConfigError if it is none of text."""
    try:
        " ".encode(encoding)  # unlike codecs.lookup, this refuses codecs that are not of text
        name = codecs.lookup(encoding).name
        codecs.getincrementaldecoder(encoding)
    except (LookupError, ValueError):  # unknown; a NUL in it, or half a surrogate pair
        name = "undefined"
    if name in _NOT_OF_FILES:
        raise ConfigError(f"encoding: expected utf-8, utf-16, cp1252 or the like, found {encoding!r}")
    return "utf-8" if name == "utf-8-sig" else name


def text_encoding(head: bytes, named: str, where: str) -> str:
    """The encoding of a text that begins with `head`: the one its mark shows, or else the one `named`.

    Raises FormatError, which begins with `where`, for UTF-16 and UTF-32 whose order of bytes nothing tells.
    """
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if head and marked is None and named in ("utf-16", "utf-32"):  # Python would assume this machine's order
        raise FormatError(
            f"{where}: expected a byte-order mark, as the encoding is {named}, found none; "
            f"use --encoding {named}-le or {named}-be"
        )
    return marked or named


def keeps_ascii(encoding: str) -> bool:
    """Whether bytes below 128 are ASCII in `encoding`, at least where a text begins."""
    ascii_bytes = bytes(range(128))
    try:
        return ascii_bytes.decode(encoding) == ascii_bytes.decode("ascii")
    except UnicodeDecodeError:
        return False


def extends_ascii(encoding: str) -> bool:
    """Whether bytes below 128 are always ASCII in `encoding`, and others are more."""
    if encoding == "ascii" or not keeps_ascii(encoding):
        return False
    try:
        return not "日本".encode(encoding).isascii()  # UTF-7, ISO 2022 and HZ spell all in ASCII
    except UnicodeEncodeError:
        return True


def is_utf8(data: bytes) -> bool:
    """Whether `data`, whose last character may be cut, is UTF-8 with more in it than ASCII.

    Texts in other encodings hardly ever are.
    """
    try:
        _, num_used = codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return not data[:num_used].isascii()


def unmarked_utf16(head: bytes) -> str | None:
    """The UTF-16 that a text without a byte-order mark seems to be, with its order; None if it is not.

    Most of its characters must be ASCII, which have a zero byte in every other place.
    """
    sample = head[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) or 4 * max(even, odd) <= len(sample):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def likely_encoding(data: bytes, place: int = 0) -> str | None:
    """The encoding other than UTF-8 that `data` seems to have, judged around the byte at `place`, or None.

    Elsewhere there may be no more than ASCII. Of several that are equally likely, Windows' Western one is
    taken: it is the commonest by far.
    """
    import charset_normalizer  # here, as only errors need it

    start = max(0, place - _SAMPLE)
    found = list(charset_normalizer.from_bytes(data[start : place + _SAMPLE]))
    if not found:
        return None
    equal = [
        match for match in found if (match.chaos, match.coherence) == (found[0].chaos, found[0].coherence)
    ]
    fitting = [name for match in equal for name in match.could_be_from_charset]
    name = "cp1252" if "cp1252" in fitting else found[0].encoding.replace("_", "-")
    return None if name == "utf-8" else name


def encoding_hint(data: bytes, place: int = 0) -> str:
    """The way on where `data` is not the UTF-8 that was expected, as the byte at `place` shows."""
    found = likely_encoding(data, place)
    if found is None:
        return OTHER_ENCODING
    return f"if it is {found}, as it seems, use --encoding {found}"
