"""Command-line options made from a config: one for each field, with its default and its docstring."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from docstring_parser import parse_from_object

F = TypeVar("F", bound=Callable[..., Any])
Config = TypeVar("Config")


class Numbers(click.ParamType):
    """Whole numbers separated by commas, for a field that is a tuple."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """The numbers as a tuple; wrong usage if a part is not a number."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"expected whole numbers separated by commas, found {value!r}", param, ctx)


def config_options(
    config: type,
    *,
    choices: Mapping[str, Sequence[str]] | None = None,
    flags: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    kinds: Mapping[str, tuple[click.ParamType, str]] | None = None,
    leave_out: Sequence[str] = (),
) -> Callable[[F], F]:
    """A decorator that adds an option for each field of the dataclass `config`, in the fields' order.

    Fields in `leave_out` get none. `choices` are the values that a string may have, `flags` the
    spellings of a bool other than --name/--no-name, `defaults` the texts to show for defaults that the
    config works out itself, `kinds` the types and metavars of fields that are typed in another way.
    """

    def decorate(function: F) -> F:
        for field in reversed(dataclasses.fields(config)):
            if field.name in leave_out:
                continue
            allowed = (choices or {}).get(field.name)
            shown: Any = (defaults or {}).get(field.name, True)
            flag = (flags or {}).get(field.name)
            kind = (kinds or {}).get(field.name) or _kind(str(field.type))
            function = _field_option(config, field, allowed, flag, shown, kind)(function)
        return function

    return decorate


def config_from(
    config: type[Config], options: Mapping[str, Any], base: Mapping[str, Any] | None = None
) -> Config:
    """The config given by the options of the running command.

    Options that were not given keep the config's defaults, or the values in `base`, which are those of
    an earlier run.
    """
    names = [field.name for field in dataclasses.fields(config)]  # type: ignore[arg-type]
    given = {name: options[name] for name in names if options.get(name) is not None}
    if base is None:
        return config(**given)
    typed = {name: value for name, value in given.items() if was_typed(name)}
    return config(**{**{name: value for name, value in base.items() if name in names}, **typed})


def was_typed(name: str) -> bool:
    """Whether the user typed this parameter of the running command, rather than leaving its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source not in (None, ParameterSource.DEFAULT)  # None for an option that the command lacks


def spelled_option(name: str, value: Any, flag: str | None = None) -> str:
    """How the user types the option of the field `name` with `value`; `flag` as in `config_options`.

    >>> spelled_option("ns_exponent", 0.5), spelled_option("line_end", False)
    ('--ns-exponent 0.5', '--no-line-end')
    """
    if isinstance(value, bool):
        return (flag or _flag(name)).split("/")[not value]
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"{_option(name)} {shown}"


def _field_option(
    config: type,
    field: dataclasses.Field[Any],
    allowed: Sequence[str] | None,
    flag: str | None,
    shown: Any,
    typed_as: tuple[Any, str],
) -> Callable[[F], F]:
    default = None if field.default is dataclasses.MISSING else field.default
    details = {"default": default, "show_default": shown, "help": _field_help(config).get(field.name, "")}
    spelled = _option(field.name)
    if field.type in ("bool", "bool | None"):
        return click.option(flag or _flag(field.name), field.name, **details)
    if allowed is not None:
        return click.option(spelled, field.name, type=click.Choice(allowed), **details)
    kind, metavar = typed_as
    if isinstance(default, tuple):
        details["show_default"] = ",".join(map(str, default))
    return click.option(spelled, field.name, type=kind, metavar=metavar, **details)


def _kind(annotation: str) -> tuple[Any, str]:
    if annotation.startswith("tuple"):
        return Numbers(), "N,..."
    if "float" in annotation:
        return float, "X"
    return (str, "NAME") if "str" in annotation else (int, "N")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _flag(name: str) -> str:
    spelled = _option(name)
    return f"{spelled}/--no-{spelled[2:]}"


@cache
def _field_help(config: type) -> dict[str, str]:
    """The first paragraph below each field of `config`, with options spelt as the user types them."""
    names = {field.name for field in dataclasses.fields(config)}

    def spelled(match: re.Match[str]) -> str:
        return _option(match[1]) if match[1] in names and "_" in match[1] else match[1]

    texts = {
        param.arg_name: param.description or ""
        for part in reversed(config.__mro__[:-1])  # a docstring stands in the class that has the field
        for param in parse_from_object(part).params
    }
    return {name: re.sub(r"`(\w+)`", spelled, text.partition("\n\n")[0]) for name, text in texts.items()}
