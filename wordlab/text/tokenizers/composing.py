"""Unicode's normal forms of any text in linear time.

`unicodedata.normalize` sorts a run of combining marks by insertion, which takes half a minute for one of
160 kB. Long runs are therefore put into canonical order beforehand; the result is the same.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache
from itertools import groupby
from typing import Any, Literal

Form = Literal["NFC", "NFD", "NFKC"]

_HARMLESS = 1_000  # characters: no run in a text of this length takes a millisecond
_PIECE = 100  # marks that are sorted by insertion


def compose(text: str) -> str:
    """`text` in the form NFC."""
    return normal_form(text, "NFC")


def normal_form(text: str, form: Form) -> str:
    """`text` in one of Unicode's normal forms."""
    if len(text) > _HARMLESS:
        text = _long_runs().sub(_ordered, text)
    return unicodedata.normalize(form, text)


@cache
def _long_runs() -> Any:
    import regex

    # Three characters that are not marks themselves decompose into marks.
    return regex.compile(rf"[\P{{ccc=0}}\u0f73\u0f75\u0f81]{{{_PIECE},}}+", regex.V1)


def _ordered(match: Any) -> str:
    """A run of marks decomposed and in ascending combining class; equal classes keep their order."""
    run = match[0]
    by_class: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(run), _PIECE):
        marks = unicodedata.normalize("NFD", run[start : start + _PIECE])
        for combining_class, group in groupby(marks, unicodedata.combining):
            by_class[combining_class].append("".join(group))
    return "".join("".join(by_class[combining_class]) for combining_class in sorted(by_class))
