"""Options that commands share, and a command class that speaks of options as the user types them."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from wordlab.errors import ConfigError, CorpusError, TrainingError
from wordlab.word2vec import config as word2vec_config
from wordlab.word2vec.config import LEARNING_RATES, Word2VecConfig

F = TypeVar("F", bound=Callable[..., Any])

_CHOICES = {
    "model": word2vec_config.MODELS,
    "loss": word2vec_config.LOSSES,
    "subsample_form": word2vec_config.SUBSAMPLE_FORMS,
}
_FLAGS = {
    "shrink_windows": "--shrink-windows/--no-shrink-windows",
    "cbow_mean": "--cbow-mean/--cbow-sum",
}
_DEFAULTS = {
    "threads": "all cores",
    "learning_rate": ", ".join(f"{rate:g} for {model}" for model, rate in LEARNING_RATES.items()),
}
"""How defaults are shown that the config works out itself."""


class Command(click.Command):
    """A command whose errors name options in command-line spelling (`--min-count`, not `min_count`)."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a ConfigError about one of its options is wrong usage."""
        try:
            return super().invoke(ctx)
        except (ConfigError, CorpusError, TrainingError) as error:
            message = spell_options(str(error), self.params)
            if isinstance(error, ConfigError):
                raise click.UsageError(message, ctx) from error
            raise type(error)(message) from error


class Group(click.Group):
    """A group that lists its commands in the order of their definition."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one meets them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; near spellings are named where there is none."""
        from pipelines.cli import unknown_command

        if args and args[0] not in self.commands and not args[0].startswith("-"):
            ctx.fail(unknown_command(args[0], list(self.commands)))
        return super().resolve_command(ctx, args)


def spell_options(message: str, params: list[click.Parameter]) -> str:
    """`message` with the names of parameters as the user types them.

    A name counts as one at the beginning before a colon, before a number, and anywhere if it has an
    underscore; never inside quotes or paths.

    >>> spell_options("min_count: expected 1 or more", [click.Option(["--min-count"])])
    '--min-count: expected 1 or more'
    """
    for param in params:
        name = re.escape(param.name or "")
        shown = param.opts[0] if isinstance(param, click.Option) else param.make_metavar(_no_context())
        message = re.sub(rf"^{name}(?=: )", shown, message)
        message = re.sub(rf"(?:^|(?<=[ (])){name}(?= -?\d)", shown, message)
        if "_" in name:
            message = re.sub(rf"(?:^|(?<=[ (])){name}(?=[ ,:;)]|$)", shown, message)
    return message


def _no_context() -> click.Context:
    return click.Context(click.Command(None))


def output_option(what: str, *, required: bool = True) -> Callable[[F], F]:
    """-o/--output, the directory of the artefact to make, and --overwrite."""

    def decorate(function: F) -> F:
        function = click.option(
            "--overwrite", is_flag=True, help="Replace the output if it is there already."
        )(function)
        return click.option(
            "-o", "--output", required=required, type=click.Path(path_type=Path), metavar="DIR",
            help=f"Directory for the {what}.",
        )(function)  # fmt: skip

    return decorate


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress and no hints.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
threads_option = click.option(
    "--threads", type=int, default=None, show_default="all cores", metavar="N", help="Cores to use."
)


def seed_option(what: str, default: int = 1) -> Callable[[F], F]:
    """--seed, with what it is the seed of."""
    return click.option(
        "--seed", type=int, default=default, show_default=True, metavar="N", help=f"Seed of {what}."
    )


def artifact_argument(name: str, metavar: str) -> Callable[[F], F]:
    """The directory of an artefact; whether it is one is for the library to say."""
    return click.argument(name, metavar=metavar, type=click.Path(path_type=Path))


def training_options(function: F) -> F:
    """One option for each field of Word2VecConfig: its default, and its docstring as help."""
    for field in reversed(dataclasses.fields(Word2VecConfig)):
        function = _training_option(field)(function)
    return function


def _training_option(field: dataclasses.Field[Any]) -> Callable[[F], F]:
    help = _field_help().get(field.name, "")
    if field.name in _FLAGS:
        flags = _FLAGS[field.name]
        return click.option(flags, field.name, default=field.default, show_default=True, help=help)
    if field.name in _CHOICES:
        kind: Any = click.Choice(_CHOICES[field.name])
    else:
        kind = float if "float" in str(field.type) else int
    default = None if field.default is dataclasses.MISSING else field.default
    return click.option(
        _option(field.name),
        field.name,
        type=kind,
        default=default,
        show_default=_DEFAULTS.get(field.name, True),
        metavar=None if field.name in _CHOICES else ("X" if kind is float else "N"),
        help=help,
    )


def training_config(options: dict[str, Any], base: Mapping[str, Any] | None = None) -> Word2VecConfig:
    """The config that the options of a command say.

    Options that were not given keep the config's defaults, or the values in `base`: a config that
    earlier training used.
    """
    names = {field.name for field in dataclasses.fields(Word2VecConfig)}
    given = {name: value for name, value in options.items() if name in names and value is not None}
    if base is None:
        return Word2VecConfig(**given)
    context = click.get_current_context()
    typed = {
        name: value
        for name, value in given.items()
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    known = {name: value for name, value in base.items() if name in names}
    if "model" in typed and "learning_rate" not in typed:
        known.pop("learning_rate", None)  # that of the other model
    return Word2VecConfig(**{**known, **typed})


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


@cache
def _field_help() -> dict[str, str]:
    """The docstring below each field of Word2VecConfig, in words of the command line."""
    names = {field.name for field in dataclasses.fields(Word2VecConfig)}

    def spelled(match: re.Match[str]) -> str:
        return _option(match[1]) if match[1] in names and "_" in match[1] else match[1]

    try:
        tree = ast.parse(Path(word2vec_config.__file__).read_text(encoding="utf-8"))
    except OSError:  # an installation without sources
        return {}
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Word2VecConfig")
    found = {}
    for statement, after in pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
            found[statement.target.id] = re.sub(r"`(\w+)`", spelled, text.partition("\n\n")[0])
    return found
