"""Plain values from JSON, checked against Python's own types, as dataclasses and tables state them.

What an artefact says of itself is not trusted: every value is checked before it is used, and the message
names the field (docs/decisions/0041-own-schema.md).
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from wordlab.errors import ArtifactError, ConfigError
from wordlab.visible import listed

Config = TypeVar("Config")

_MOST = 2**63  # no count, size or seed is larger
_NOUNS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    dict: "an object",
    list: "a list",
    tuple: "a list",
    type(None): "null",
}


def checked(value: Any, kind: Any, where: str) -> Any:
    """`value` as the type `kind`; ArtifactError, which begins with `where`, if it is something else.

    `kind` is one of JSON's types, a union, a Literal, ``list[int]``, ``dict[str, float]``, or a tuple
    such as ``tuple[int, ...]``, which a list becomes; a table of keys as for `fields`, or a list that
    holds such a table. True is not a number; a whole number passes as a float.
    """
    if kind is Any:
        return value
    if isinstance(kind, Mapping):
        return fields(value, kind, where)
    if isinstance(kind, list):
        listed = checked(value, list, where)
        return [checked(part, kind[0], f"{where}: {place}") for place, part in enumerate(listed)]
    origin, parts = get_origin(kind) or kind, get_args(kind)
    if origin in (Union, types.UnionType):
        return _one_of(value, parts, where)
    if origin is Literal:
        if value not in parts or isinstance(value, bool) is not isinstance(parts[0], bool):
            raise _wrong(where, f"one of {', '.join(map(str, parts))}", value)
        return value
    if not _is_a(value, origin):
        raise _wrong(where, _NOUNS[origin], value)
    if origin in (list, tuple) and parts:
        return _sequence(value, origin, parts, where)
    if origin is dict and parts:
        return {name: checked(part, parts[1], f"{where}: {name}") for name, part in value.items()}
    return value


def fields(values: Any, kinds: Mapping[str, Any], where: str, *, optional: bool = False) -> dict[str, Any]:
    """The values of the keys in `kinds`, checked; if `optional`, only those that are there.

    ArtifactError, which names the key, for one that is missing or of another type.
    """
    found = checked(values, dict, where)
    missing = [] if optional else [name for name in kinds if name not in found]
    if missing:
        raise ArtifactError(f"{where}: expected {missing[0]!r}, found {_names(found)}")
    return {
        name: checked(found[name], kind, f"{where}: {name}") for name, kind in kinds.items() if name in found
    }


def config_from(values: Any, config: type[Config], where: str, *, required: Collection[str] = ()) -> Config:
    """The dataclass `config` with its fields from `values`; those that are missing keep their defaults.

    Artefacts of earlier versions do not have the fields that are new. ArtifactError, which names the field,
    for one that is unknown, missing although `required`, of another type, or refused by the config.
    """
    hints = get_type_hints(config)
    known = {field.name: hints[field.name] for field in dataclasses.fields(config) if field.init}  # type: ignore[arg-type]
    fields(values, dict.fromkeys(required, Any), where)
    found = fields(values, known, where, optional=True)
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ArtifactError(f"{where}: expected fields of {config.__name__}, found {unknown[0]!r}")
    try:
        return config(**found)
    except ConfigError as error:
        raise ArtifactError(f"{where}: {error}") from error


def _one_of(value: Any, kinds: Collection[Any], where: str) -> Any:
    for kind in kinds:
        try:
            return checked(value, kind, where)
        except ArtifactError:
            continue
    nouns = [_NOUNS.get(get_origin(kind) or kind, str(kind)) for kind in kinds]
    raise _wrong(where, " or ".join(nouns), value)


def _is_a(value: Any, kind: Any) -> bool:
    if kind is bool or value is True or value is False:
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, float) or (isinstance(value, int) and abs(value) < _MOST)
    if kind is int:
        return isinstance(value, int) and abs(value) < _MOST
    return isinstance(value, list if kind is tuple else kind)


def _sequence(value: list[Any], origin: Any, parts: tuple[Any, ...], where: str) -> Any:
    kinds: Collection[Any] = parts
    if origin is list or parts[-1] is Ellipsis:
        kinds = len(value) * (parts[0],)
    if len(kinds) != len(value):
        raise ArtifactError(f"{where}: expected {len(kinds)} values, found {len(value)}")
    return origin(
        checked(part, kind, f"{where}: {place}")
        for place, (part, kind) in enumerate(zip(value, kinds, strict=True))
    )


def _wrong(where: str, expected: str, found: Any) -> ArtifactError:
    shown = "null" if found is None else str(found).lower() if isinstance(found, bool) else None
    if shown is None:
        shown = _names(found) if isinstance(found, dict) else _brief(found)
    return ArtifactError(f"{where}: expected {expected}, found {shown}")


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return (
        repr(value) if isinstance(value, str | float) or abs(value) < _MOST else "a number of 64 bits or more"
    )


def _names(values: Mapping[str, Any]) -> str:
    return f"an object with {listed(list(map(repr, values)), 5)}" if values else "an empty object"
