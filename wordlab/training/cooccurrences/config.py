"""CooccurrenceConfig: what counts as standing near each other."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from wordlab.checks import check_number
from wordlab.errors import ConfigError

MAX_WINDOW = 1_000
DEFAULT_MEMORY = 4_000_000_000
"""Bytes that counting, and arranging what was counted, may take."""


@dataclass(frozen=True, kw_only=True)
class CooccurrenceConfig:
    """Which pairs of words are counted, and what each time counts.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> CooccurrenceConfig(window=5).to_dict()
    {'window': 5, 'symmetric': True, 'distance_weights': True}
    """

    window: int = 10
    """The largest distance between a word and its context, within a line."""
    symmetric: bool = True
    """The context of a word is on both sides of it, or only to its left."""
    distance_weights: bool = True
    """A context at distance d counts 1/d each time, or 1."""

    def __post_init__(self) -> None:
        check_number(self, "window", int, 1, MAX_WINDOW)
        for name in ("symmetric", "distance_weights"):
            value = getattr(self, name)
            if not isinstance(value, bool):
                raise ConfigError(f"{name}: expected true or false, found {value!r}")

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(CooccurrenceConfig)}
