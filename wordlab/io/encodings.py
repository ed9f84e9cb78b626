"""Encodings of text: which are accepted, which a byte-order mark shows, and which is likely."""

from __future__ import annotations

import codecs

from wordlab.errors import ConfigError

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
_SAMPLE = 1 << 14  # bytes before and after an odd one that are looked at


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


def marked_encoding(head: bytes) -> str | None:
    """The encoding whose byte-order mark is at the beginning of `head`; None without one."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def likely_encoding(data: bytes, place: int = 0) -> str | None:
    """The encoding that `data` seems to have, judged around the byte at `place`; None if nothing fits.

    Of several that are equally likely, Windows' Western one is taken: it is the commonest by far.
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
    return "cp1252" if "cp1252" in fitting else found[0].encoding.replace("_", "-")
