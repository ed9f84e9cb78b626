"""Finding: what was seen, whether that is usual, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["usual", "look", "fault"]
"""`usual` is as in other vectors; `look` may be meant so, or not; `fault` is never meant."""

SHOWN = 8
"""Examples of a finding."""


@dataclass(frozen=True)
class Finding:
    """What was seen in one measure, in words, and the `verdict` on it.

    `number` is that of the words concerned, None where the measure is of all words together. `advice` is
    empty where there is nothing to do.
    """

    name: str
    seen: str
    verdict: Verdict
    advice: str = ""
    number: int | None = None
    examples: tuple[str, ...] = ()
    typical: str = ""
    """What the measure is in vectors that are known, where that says more than the verdict."""

    def to_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return {**asdict(self), "examples": list(self.examples)}


def judged(value: float, usual: tuple[float, float]) -> Verdict:
    """`usual` for a value within these limits, else `look`."""
    low, high = usual
    return "usual" if low <= value <= high else "look"


def some(words: Sequence[str]) -> tuple[str, ...]:
    """The first of `words`, as examples."""
    return tuple(words[:SHOWN])
