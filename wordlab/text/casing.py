"""Lower case, which depends on the language: the one place for it."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["tr", "az"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Languages with a lower case of their own: in Turkish and Azerbaijani, I is ı and İ is i."""

SPECIAL = (("I\u0307", "i"), ("\u0130", "i"), ("I", "\u0131"))
"""What those languages replace before everything else becomes lower case, in this order."""


def lower(text: str, language: Language | None = None) -> str:
    """`text` in lower case, by the rules of `language` where it has its own (Unicode's SpecialCasing.txt).

    >>> lower("IŞIK"), lower("IŞIK", "tr")
    ('işik', 'ışık')
    """
    if language is not None:
        for capital, small in SPECIAL:
            text = text.replace(capital, small)
    return text.lower()
