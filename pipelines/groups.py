"""Groups of commands, listed in the order of their definition, with a hint for a misspelt name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from wordlab.visible import listed


class Group(click.Group):
    """A group that keeps its commands in order and names the nearest one for a name that is unknown.

    `elsewhere` says where further commands are, ``"module:attribute"`` by name. They are imported when they
    are asked for: a command should not wait for the modules of the others.
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.elsewhere = dict(elsewhere or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one meets them."""
        return [*self.commands, *self.elsewhere]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported; None if there is no such command."""
        if cmd_name not in self.elsewhere:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.elsewhere[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; wrong usage, with a hint, if there is none."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            ctx.fail(_unknown_command(args[0], known))
        return super().resolve_command(ctx, args)


def near_name(name: str, known: Sequence[str]) -> str:
    """What to say of a name that is unknown: the nearest of those that are known, or all of them.

    >>> near_name("windwo", ["window", "dim"])
    "did you mean 'window'?"
    """
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"there are {listed(known) or 'none'}"


def _unknown_command(name: str, known: Sequence[str]) -> str:
    return f"no such command {name!r}; {near_name(name, known)}"
