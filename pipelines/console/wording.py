"""Numbers, paths and text as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wordlab import visible as text_for_people

_LONGEST_WORD = 1_000  # characters that are shown of a word in a result


def share(value: float) -> str:
    """A fraction of one as a percentage; small ones keep two significant digits."""
    percent = 100 * value
    if percent >= 1 or percent == 0:
        return f"{percent:.1f}%"
    return f"{percent:.2f}%" if percent >= 0.1 else f"{percent:.2g}%"


def duration(seconds: float) -> str:
    """Seconds as people say them: 3.2 s, 1 min 15 s, 3 h 02 min."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def magnitude(number: float) -> str:
    """A large number in three digits: 1.23M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number < 999.5 * size else f"{number / size:.0f}{letter}"
    return f"{number:.0f}"


def plural(number: int, noun: str) -> str:
    """The number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def size(facts: Mapping[str, Any]) -> str:
    """How many words and dimensions vectors have."""
    return f"{plural(facts['num_words'], 'word')}, {plural(facts['dim'], 'dimension')}"


def speed(facts: Mapping[str, Any]) -> str:
    """The rate called words_per_second or pairs_per_second among `facts`, with its unit; "" if it is 0."""
    unit, rate = next(
        (name.removesuffix("_per_second"), value) for name, value in facts.items() if "_per_second" in name
    )
    return f"{magnitude(rate)} {unit}/s" if rate else ""


def folder(path: Path) -> str:
    """A directory as one types it, with a slash at the end; a URL has two behind its scheme again."""
    from wordlab.io.urls import place_of

    place = place_of(path)
    return str(place) if place.name in ("", "..") else f"{place}/"


def visible(text: str) -> str:
    """`text` with control characters spelt out, so that a word cannot steer the terminal; long ones cut."""
    return text_for_people.visible(text_for_people.shortened(text, _LONGEST_WORD))
