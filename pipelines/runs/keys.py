"""The keys of a step: the options and arguments of its command, as the file spells them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from pipelines import options
from pipelines.runs.reading import Value, spelt

RUNNERS = {
    "--json": "`wordlab run` keeps what is reported, and its own --json prints it",
    "--quiet": "it is an option of `wordlab run`",
    "--overwrite": "`wordlab run` replaces what it made itself",
    "--resume": "`wordlab run` resumes what was interrupted",
    "--dry-run": "it is an option of `wordlab run`",
}
"""Options that the runner gives, and why a step cannot."""


@dataclass(frozen=True)
class Key:
    """What a key stands for: a parameter, and the words for true and false where it is a flag.

    The first word is the option's spelling in any case; None where there is no word.
    """

    param: click.Parameter
    words: tuple[str | None, str | None] = (None, None)

    @property
    def is_flag(self) -> bool:
        """Whether the value is true or false."""
        return isinstance(self.param, click.Option) and bool(self.param.is_flag)

    @property
    def is_artefact(self) -> bool:
        """Whether this is where the command's artefact goes."""
        param = self.param
        return isinstance(param.type, options.Written) and param.name == "output" and param.metavar == "DIR"

    @property
    def why_not(self) -> str | None:
        """Why a step cannot give this option; None if it can."""
        return next((RUNNERS[spelled] for spelled in self.param.opts if spelled in RUNNERS), None)


def params_of(command: click.Command, values: Mapping[str, Value]) -> list[click.Parameter]:
    """The parameters of the command, which may depend on what is given: some models bring their own."""
    words = [f"--{key}={spelt(value)}" for key, value in values.items() if not isinstance(value, list)]
    # A step has no --help. Without this click keeps the one it makes here, which lacks the root's -h.
    context = command.make_context("step", words, resilient_parsing=True, help_option_names=[])
    return command.get_params(context)


def keys_of(params: Sequence[click.Parameter]) -> dict[str, Key]:
    """What stands for the parameters: the long names of options, and the words of the usage line."""
    return {name: key for param in params for name, key in _keys_of(param)}


def _keys_of(param: click.Parameter) -> Iterator[tuple[str, Key]]:
    if isinstance(param, click.Argument):
        for word in re.findall(r"[A-Za-z][A-Za-z0-9_-]*", param.metavar or param.name or ""):
            yield word.lower(), Key(param)
        return
    yes, no = _longest(param.opts), _longest(param.secondary_opts)
    for spellings, longest, words in ((param.opts, yes, (yes, no)), (param.secondary_opts, no, (no, yes))):
        for spelled in spellings:
            if spelled.startswith("--") or not str(longest).startswith("--"):
                yield spelled.lstrip("-"), Key(param, words)


def _longest(spellings: Sequence[str]) -> str | None:
    return max(spellings, key=len, default=None)
