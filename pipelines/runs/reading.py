"""A pipeline's file: its variables, its matrix and its steps, checked as far as no command is needed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.groups import near_name
from wordlab.errors import FormatError, SourceError

Scalar = str | int | float | bool
Value = Scalar | list[Scalar]

_MAX_BYTES = 1 << 20
_TABLES = ("variables", "matrix", "steps")
_KEYS = ("output", *_TABLES)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class Step:
    """A step: its command, spelt as one types it, what it is about, and its options' values by their keys."""

    name: str
    command: str
    about: str | None
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Pipeline:
    """What a pipeline's file says; `output` is where artefacts go, as seen from the file's directory."""

    path: Path
    output: str
    variables: Mapping[str, Value]
    matrix: Mapping[str, list[Scalar]]
    steps: Mapping[str, Step]


def read_pipeline(path: Path) -> Pipeline:
    """The pipeline in a TOML file; SourceError if it cannot be read, FormatError for what is wrong in it."""
    content = _read_toml(path)
    _check_known(content, _KEYS, f"{path}")
    tables = {name: _table(content.get(name, {}), f"{path}: {name}") for name in _TABLES}
    _check_names(tables, path)
    output = content.get("output", path.stem)
    if not isinstance(output, str) or not output or "\0" in output:
        raise FormatError(f"{path}: output: expected the name of a directory, found {output!r}")
    if not tables["steps"]:
        raise FormatError(f"{path}: expected steps, such as [steps.corpus], found none")
    matrix = {
        name: _matrix_values(value, f"{path}: matrix.{name}") for name, value in tables["matrix"].items()
    }
    variables = {
        name: _value(value, f"{path}: variables.{name}") for name, value in tables["variables"].items()
    }
    steps = {name: _step(name, value, f"{path}: steps.{name}") for name, value in tables["steps"].items()}
    return Pipeline(path, output, variables, matrix, steps)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{path}: expected a pipeline of at most 1 MiB, found a larger file")
        data = path.read_bytes()
    except OSError as error:
        hint = "; --init writes an example" if isinstance(error, FileNotFoundError) else ""
        raise SourceError(f"{path}: cannot be read: {error.strerror}{hint}") from error
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{path}: byte {error.start}: expected UTF-8, found 0x{data[error.start]:02x}"
        ) from None
    except RecursionError:
        raise FormatError(f"{path}: expected TOML, found brackets nested too deep") from None
    except ValueError as error:  # also of numbers with thousands of digits
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        where = f"{path}:{place[1]}" if place else f"{path}"
        reason = str(error)[: place.start()] if place else str(error)
        raise FormatError(f"{where}: expected TOML, found an error in it: {reason}") from error


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"{where}: expected a table, found {_noun(value)}")
    return value


def _check_known(found: Collection[str], known: Collection[str], where: str) -> None:
    for name in found:
        if name not in known:
            raise FormatError(f"{where}: no such key {name!r}; {near_name(name, list(known))}")


def _check_names(tables: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Raise FormatError for a name that a placeholder cannot hold, or that two things share."""
    taken: dict[str, str] = {}
    for table, names in tables.items():
        for name in names:
            if _NAME.fullmatch(name) is None:
                raise FormatError(
                    f"{path}: {table}: expected a name of letters, digits, - and _ with a letter first, "
                    f"found {name!r}"
                )
            if name in taken:
                raise FormatError(f"{path}: {table}.{name}: {taken[name]}.{name} has this name already")
            taken[name] = table


def _matrix_values(value: Any, where: str) -> list[Scalar]:
    found = _value(value, where)
    if not isinstance(found, list) or not found:
        raise FormatError(f"{where}: expected a list of one value or more, found {_noun(value)}")
    texts = [spelt(each) for each in found]
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        raise FormatError(f"{where}: expected different values, found {twice} twice")
    return found


def _step(name: str, value: Any, where: str) -> Step:
    table = dict(_table(value, where))
    command = table.pop("command", None)
    if not isinstance(command, str):
        found = "none" if command is None else _noun(command)
        raise FormatError(f'{where}.command: expected a command, such as "corpus build", found {found}')
    about = table.pop("about", None)
    if not isinstance(about, str | None):
        raise FormatError(f"{where}.about: expected a sentence, found {_noun(about)}")
    values = {key: _value(each, f"{where}.{key}") for key, each in table.items()}
    return Step(name, " ".join(command.split()), about, values)


def _value(value: Any, where: str) -> Value:
    if isinstance(value, list):
        return [_scalar(part, where) for part in value]
    return _scalar(value, where)


def _scalar(value: Any, where: str) -> Scalar:
    if not isinstance(value, str | int | float):
        raise FormatError(
            f"{where}: expected text, a number, true, false or a list of these, found {_noun(value)}"
        )
    if isinstance(value, str) and "\0" in value:
        raise FormatError(f"{where}: expected text without NUL characters, found {value!r}")
    return value


def _noun(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return spelt(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"


def spelt(value: Scalar) -> str:
    """A value as one types it on a command line; true and false as in the file."""
    return str(value).lower() if isinstance(value, bool) else str(value)
