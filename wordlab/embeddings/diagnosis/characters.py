"""Characters of words: what kind they are, and whether they are UTF-8 that was read as Latin-1."""

from __future__ import annotations

import unicodedata
from functools import cache

_BROKEN = frozenset("\ufffd\ufeff\u00ad\u200b\u2060")  # replacement, byte-order mark, and what nobody sees
# What cp1252 makes of bytes 0x80 to 0x9f, where it differs from Latin-1.
_CP1252 = {bytes([code]).decode("cp1252"): code for code in range(0x80, 0xA0) if code not in
           (0x81, 0x8D, 0x8F, 0x90, 0x9D)}  # fmt: skip
_LEADING = {"â": "Â", "ã": "Ã"}  # what lower-casing makes of the first bytes of most Latin letters and signs


@cache
def _kind(char: str) -> str:
    """ "w" for letters, their marks, numbers and pictures, "b" for what no text should hold, else "p"."""
    category = unicodedata.category(char)
    if char in _BROKEN or category in ("Cc", "Co", "Cn", "Cs"):
        return "b"
    return "w" if category[0] in "LMN" or category in ("Cf", "So") else "p"


def is_mostly_marks(word: str) -> bool:
    """Whether more than half of the characters are punctuation or signs.

    >>> is_mostly_marks("--x"), is_mostly_marks("don't"), is_mostly_marks("की")
    (True, False, False)
    """
    return 2 * sum(_kind(char) == "p" for char in word) > len(word)


def is_broken(word: str) -> bool:
    """Whether a character is a control, a replacement, unassigned, private, or one that nobody sees.

    Joiners, which Persian, Hindi and emoji need, are none of these.

    >>> is_broken("caf\\ufffd"), is_broken("café")
    (True, False)
    """
    return any(_kind(char) == "b" for char in word)


def is_misread(word: str) -> bool:
    """Whether the word is UTF-8 that was read as Latin-1 or cp1252, perhaps lower-cased afterwards.

    >>> is_misread("cafÃ©"), is_misread("cafã©"), is_misread("itâ€™s"), is_misread("café")
    (True, True, True, False)
    """
    if word.isascii():
        return False
    again = "".join(
        _LEADING[char] if char in _LEADING and _is_trail(after) else char
        for char, after in zip(word, word[1:] + " ", strict=True)
    )
    return _decodes(word) or (again != word and _decodes(again))


def _is_trail(char: str) -> bool:
    return char in _CP1252 or 0x80 <= ord(char) < 0xC0


def _decodes(word: str) -> bool:
    try:
        codes = bytes(_CP1252.get(char, ord(char)) for char in word)
        codes.decode("utf-8")
    except ValueError:  # a character beyond Latin-1, or bytes that are not UTF-8
        return False
    return True
