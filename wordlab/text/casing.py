"""Lower case, which depends on the language: the one place for it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal, get_args

Language = Literal["tr", "az", "lt"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Languages with a lower case of their own.

In Turkish and Azerbaijani, I is ı and İ is i; in Lithuanian, i and j keep their dots below other marks.
"""

_DOTTED_AND_DOTLESS = (("I\u0307", "i"), ("\u0130", "i"), ("I", "\u0131"))
SPECIAL = {"tr": _DOTTED_AND_DOTLESS, "az": _DOTTED_AND_DOTLESS}
"""What some of these languages replace, in this order, before everything else becomes lower case."""

_DOT = "\u0307"
_WITH_DOTS = {"\u00cc": "i\u0307\u0300", "\u00cd": "i\u0307\u0301", "\u0128": "i\u0307\u0303"}
_MAY_LOSE_DOT = re.compile("[IJ\u012e]")
_ABOVE = 230  # the combining class of marks above a letter
_LAST_MARK = 0x20000


def lower(text: str, language: Language | None = None) -> str:
    """`text` in lower case, by the rules of `language` where it has its own (Unicode's SpecialCasing.txt).

    >>> lower("IŞIK"), lower("IŞIK", "tr")
    ('işik', 'ışık')
    >>> [len(lower("J\\u0303", language)) for language in (None, "lt")]
    [2, 3]
    """
    if language == "lt":
        text = _keeping_dots(text)
    elif language is not None:
        for capital, small in SPECIAL[language]:
            text = text.replace(capital, small)
    return text.lower()


@cache
def deciding_marks(language: Language | None) -> frozenset[str]:
    """The marks that decide which lower case a capital before them has."""
    if language != "lt":
        return frozenset(_DOT)  # of a capital I with it, Turkish loses it
    return frozenset(chr(code) for code in range(_LAST_MARK) if unicodedata.combining(chr(code)) == _ABOVE)


def _keeping_dots(text: str) -> str:
    """`text` with a dot above each I, J and Į that has another mark above it."""
    if text.isascii():
        return text
    for capital, small in _WITH_DOTS.items():
        text = text.replace(capital, small)
    return _MAY_LOSE_DOT.sub(lambda match: match[0] + _DOT * _has_mark_above(text, match.end()), text)


def _has_mark_above(text: str, place: int) -> bool:
    """Whether a mark above is among the marks at `place` (Unicode's condition More_Above)."""
    while place < len(text) and (kind := unicodedata.combining(text[place])):
        if kind == _ABOVE:
            return True
        place += 1
    return False
