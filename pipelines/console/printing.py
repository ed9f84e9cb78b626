"""Results on stdout, as lines, facts, tables or JSON; messages and hints on stderr."""

from __future__ import annotations

import io
import json
import math
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import click

from pipelines.console.labels import with_label
from pipelines.console.wording import folder, plural, visible

# what `json` leaves unescaped: DEL and C1, line separators, bidirectional controls, lone surrogates
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


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
    """Print one JSON object: strictly valid JSON, free of control characters."""
    _print(json_text(value, indent=2))


def json_text(value: Any, indent: int | None = None) -> str:
    """`value` as JSON: null for NaN and infinities, escapes for control characters."""
    encoder = _encoder(indent)
    try:
        text = encoder.encode(value)
    except ValueError:
        text = encoder.encode(_finite(value))
    if text.isascii() and "\x7f" not in text:  # quick, as texts may be long and many
        return text
    return _RAW_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@cache
def _encoder(indent: int | None) -> json.JSONEncoder:
    return json.JSONEncoder(indent=indent, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values in two columns; a value of None is left out."""
    shown = {name: value for name, value in facts.items() if value is not None}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        _print(f"{name:<{width}}  {visible(str(value))}")


def print_heading(text: str) -> None:
    """Print a line that begins a new part of a report."""
    _print("\n" + click.style(visible(text), bold=True))


def print_command(typed: str) -> None:
    """Print a command line, as one to be typed."""
    _print(click.style(f"   $ {visible(typed)}", fg="cyan") + "\n")


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
        click.echo(visible(with_label(message)), err=True)


_hints: ContextVar[bool] = ContextVar("hints", default=True)


@contextmanager
def without_hints() -> Iterator[None]:
    """Inside, `say_next` says nothing: for a command that runs others and knows what comes next."""
    token = _hints.set(False)
    try:
        yield
    finally:
        _hints.reset(token)


def hint(text: str) -> str:
    """`text` where hints are shown, else nothing: for the end of a message that tells what to type."""
    return text if _hints.get() else ""


def say_finished(output: Path, num_epochs: int, *, quiet: bool = False) -> None:
    """Say on stderr that the run to --resume is finished, and `output` unchanged."""
    done = plural(num_epochs, "epoch")
    say(f"{folder(output)} is finished: {done} done, nothing left to train", quiet=quiet)


def say_next(*commands: Sequence[object], quiet: bool = False) -> None:
    """Print on stderr the commands that could come next, each given as its words."""
    if quiet or not _hints.get():
        return
    click.echo("\nNext:", err=True)
    for words in commands:
        click.echo("  " + " ".join(_quoted(str(word)) for word in words), err=True)


def _quoted(word: str) -> str:
    """`word` quoted for a shell; control characters in the $'...' form of bash and zsh."""
    seen = visible(word)
    if seen == word:
        return shlex.quote(word)
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{visible(escaped)}'"


def _print(text: str) -> None:
    with to_stdout():
        click.echo(text)
