"""Placeholders: `{name}` in a text stands for a variable, a matrix value or what a step writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelines.runs.reading import Scalar, Value, spelt
from wordlab.errors import FormatError

ALL = "*"
"""Ends a placeholder for what all tasks of a step wrote: a list."""
_PART = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_-]*{re.escape(ALL)}?")


def names_in(value: Value, where: str) -> list[str]:
    """The names in the placeholders of a value, in order; FormatError for a brace that is none of one."""
    found = []
    for text in value if isinstance(value, list) else [value]:
        for part in _PART.finditer(text) if isinstance(text, str) else ():
            if part["name"] is not None and _NAME.fullmatch(part["name"]):
                found.append(part["name"])
            elif part[0] not in ("{{", "}}"):
                raise FormatError(
                    f"{where}: expected {{name}}, or {{{{ and }}}} for braces themselves, found {part[0]!r} "
                    f"in {text!r}"
                )
    return found


def filled(value: Value, values: Mapping[str, Value], where: str) -> Value:
    """`value` with what its placeholders stand for.

    A text that is nothing but one placeholder becomes what that stands for, of whatever type; a list then
    goes into the list around it. FormatError for a list in the middle of a text.
    """
    if isinstance(value, list):
        return [part for each in value for part in _parts(filled(each, values, where))]
    if not isinstance(value, str):
        return value
    whole = _PART.fullmatch(value)
    if whole and whole["name"] is not None:
        return values[whole["name"]]

    def replacement(part: re.Match[str]) -> str:
        if part["name"] is None:
            return part[0][0]
        found = values[part["name"]]
        if isinstance(found, list):
            raise FormatError(f"{where}: expected a single value for {part[0]} within a text, found a list")
        return spelt(found)

    return _PART.sub(replacement, value)


def _parts(value: Value) -> Iterator[Scalar]:
    if isinstance(value, list):
        yield from value
    else:
        yield value
