"""Checks shared by all configs: a message of one line names the field, its value and what is allowed."""

from __future__ import annotations

from collections.abc import Sequence

from wordlab.errors import ConfigError

MAX_THREADS = 1_024


def check_choice(config: object, name: str, allowed: Sequence[str]) -> None:
    """Raise ConfigError unless the field `name` of `config` is one of `allowed`."""
    value = getattr(config, name)
    if value not in allowed:
        raise ConfigError(f"{name}: expected one of {', '.join(allowed)}, found {value!r}")


def check_threads(threads: int | None) -> None:
    """Raise ConfigError unless `threads` is a number of cores to use, or None for all of them."""
    if threads is not None:
        check_value("threads", threads, int, 1, MAX_THREADS)


def check_number(config: object, name: str, kind: type[int] | type[float], low: float, high: float) -> None:
    """Raise ConfigError unless the field `name` is a number of this kind from `low` to `high`.

    A float may be a whole number; True and False are not numbers.
    """
    check_value(name, getattr(config, name), kind, low, high)


def check_value(name: str, value: object, kind: type[int] | type[float], low: float, high: float) -> None:
    """The same for a `value` that no config has."""
    accepted = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, accepted) or not low <= value <= high:
        noun = "a whole number" if kind is int else "a number"
        raise ConfigError(f"{name}: expected {noun} from {low} to {high}, found {value!r}")
