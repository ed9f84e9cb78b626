"""Results on stdout, as lines, facts, tables or JSON; messages and hints on stderr."""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipelines.console.wording import folder, plural, visible


@contextmanager
def to_stdout() -> Iterator[None]:
    """Inside, an OSError names standard output as what could not be written."""
    try:
        yield
    except OSError as error:
        error.filename = "standard output"
        raise


def line(text: str = "") -> None:
    """Print a line."""
    _print(visible(text))


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    _print(json.dumps(value, indent=2, ensure_ascii=False))


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values in two columns; a value of None is left out."""
    shown = {name: value for name, value in facts.items() if value is not None}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        _print(f"{name:<{width}}  {visible(str(value))}")


def print_heading(text: str) -> None:
    """Print a line that begins a new part of a report."""
    _print("\n" + click.style(visible(text), bold=True))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, left: int = 1) -> None:
    """Print a table, its first `left` columns aligned left and the others, numbers, aligned right.

    Words are never cut: a terminal folds them, and where stdout is not a terminal lines may be long.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(str(cell))) for cell in row))
    if sys.stdout.isatty():
        with to_stdout():
            Console(highlight=False).print(table)
        return
    text = io.StringIO()
    Console(file=text, width=100_000, color_system=None, highlight=False).print(table)
    for row_shown in text.getvalue().splitlines():
        _print(row_shown.rstrip())


def say(message: str, *, quiet: bool = False) -> None:
    """Print a message on stderr, beside the results."""
    if not quiet:
        click.echo(visible(message), err=True)


def say_finished(output: Path, num_epochs: int, *, quiet: bool = False) -> None:
    """Print on stderr that --resume found a run that is finished, and left `output` as it was."""
    done = plural(num_epochs, "epoch")
    say(f"{folder(output)} is finished: {done} done, nothing left to train", quiet=quiet)


def say_next(*commands: Sequence[object], quiet: bool = False) -> None:
    """Print on stderr the commands that could come next, each given as its words."""
    if quiet:
        return
    click.echo("\nNext:", err=True)
    for words in commands:
        click.echo("  " + visible(shlex.join(str(word) for word in words)), err=True)


def _print(text: str) -> None:
    with to_stdout():
        click.echo(text)
