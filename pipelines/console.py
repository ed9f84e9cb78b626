"""What the commands show: progress on stderr; tables, facts or JSON on stdout; what to type next."""

from __future__ import annotations

import io
import json
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from wordlab.progress import OnProgress, Progress

_FIRST_LINE = 1.0  # seconds before the first line where stderr is no terminal
_NEXT_LINE = 10.0  # and between the others
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


# ---------------------------------------------------------------------------- numbers for people


def count(number: int) -> str:
    """A whole number with separators."""
    return f"{number:,}"


def share(value: float) -> str:
    """A share of one as a percentage; small ones keep two significant digits."""
    percent = 100 * value
    if percent >= 1 or percent == 0:
        return f"{percent:.1f}%"
    return f"{percent:.2f}%" if percent >= 0.1 else f"{percent:.2g}%"


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def magnitude(number: float) -> str:
    """A large number in three digits: 1.23M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number < 999.5 * size else f"{number / size:.0f}{letter}"
    return f"{number:.0f}"


def plural(number: int, noun: str) -> str:
    """The number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def folder(path: Path) -> str:
    """A directory as one types it: with a slash at the end."""
    return str(path) if path.name in ("", "..") else f"{path}/"


def visible(text: str) -> str:
    """`text` with control characters spelled out, so that a word cannot steer the terminal."""
    return text.translate(_CONTROL)


# ---------------------------------------------------------------------------- stdout


@contextmanager
def to_stdout() -> Iterator[None]:
    """Whoever writes to stdout does it in here, so that an error says what could not be written."""
    try:
        yield
    except OSError as error:
        error.filename = "standard output"
        raise


def _print(text: str) -> None:
    with to_stdout():
        click.echo(text)


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
    """Print a table, its first `left` columns to the left and the others, numbers, to the right.

    Words are never cut: a terminal folds them, and where stdout is no terminal lines may be long.
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


# ---------------------------------------------------------------------------- stderr


def say(message: str, *, quiet: bool = False) -> None:
    """A message beside the results."""
    if not quiet:
        click.echo(visible(message), err=True)


def say_next(*commands: Sequence[object], quiet: bool = False) -> None:
    """Commands that could come next, each as its words."""
    if quiet:
        return
    click.echo("\nNext:", err=True)
    for words in commands:
        click.echo("  " + visible(shlex.join(str(word) for word in words)), err=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[OnProgress | None]:
    """A listener that draws Progress on stderr: a bar on a terminal, else a line now and then."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as listener:
            yield listener
    else:
        lines = _Lines()
        yield lines.show
        lines.finish()


class LastEvent:
    """Hands events on, if there is a listener, and keeps the last one's rate."""

    def __init__(self, listener: OnProgress | None) -> None:
        self._listener = listener
        self.rate = 0.0

    def __call__(self, event: Progress) -> None:
        """Take an event."""
        self.rate = event.rate
        if self._listener is not None:
            self._listener(event)


def describe(event: Progress) -> str:
    """Rate, metrics and time left of an event, in words."""
    return " · ".join(_parts(event))


def _parts(event: Progress) -> list[str]:
    parts = []
    if event.unit != "%" and event.rate:
        parts.append(f"{magnitude(event.rate)}{'B' if event.unit == 'bytes' else ' ' + event.unit}/s")
    for name, value in event.metrics.items() if event.done else ():
        parts.append(f"{name.replace('_', ' ')} {value:.3g}")
    if event.remaining is not None and event.done != event.total:
        parts.append(f"{duration(event.remaining)} left")
    return parts


def _fitted(parts: list[str], width: int) -> str:
    """The parts joined; where `width` is too narrow for all, the epoch goes first, the time left last."""
    parts = list(parts)
    while len(parts) > 1 and len(" · ".join(parts)) > width:
        del parts[next((i for i, part in enumerate(parts) if part.startswith("epoch ")), -2)]
    return " · ".join(parts)[: max(0, width)]


class _Lines:
    """Plain lines for logs: the first after a second, then one every ten, and one at the end."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._next = 0.0

    def show(self, event: Progress) -> None:
        now = time.monotonic()
        if self._last is None or self._last.task != event.task:
            self.finish()
            self._next = now - event.elapsed + _FIRST_LINE
        self._last = event
        if now >= self._next and event.done != event.total:
            self._next = now + _NEXT_LINE
            done = f"{event.done / event.total:.0%}" if event.total else _amount(event)
            click.echo(f"{event.task}: {done} · {describe(event)}".rstrip(" ·"), err=True)

    def finish(self) -> None:
        """The line at the end of a task."""
        if self._last is not None:
            event, self._last = self._last, None
            after = f" · {describe(event)}" if describe(event) else ""
            click.echo(f"{event.task}: done in {duration(event.elapsed)}{after}", err=True)


def _amount(event: Progress) -> str:
    return f"{magnitude(event.done)}{'B' if event.unit == 'bytes' else ' ' + event.unit}"


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """A live bar; each task gets a line of its own."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    bar_width = 24 if console.width >= 100 else 5
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=bar_width),
        TaskProgressColumn(),
        TextColumn("{task.fields[facts]}", markup=False),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=console) as bar:

        def listen(event: Progress) -> None:
            if event.task not in tasks:
                tasks[event.task] = bar.add_task(event.task, total=event.total, facts="")
            ended = event.total is not None and event.done >= event.total
            parts = ([] if event.total else [_amount(event)]) + _parts(event)
            if ended:
                parts.append(duration(event.elapsed))
            # What is left beside the task, the bar, the percentage and the gaps between them.
            facts = _fitted(parts, console.width - len(event.task) - bar_width - 8)
            bar.update(tasks[event.task], completed=event.done, total=event.total, facts=facts)

        yield listen


# ---------------------------------------------------------------------------- parts


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """A dict whose "seconds" are, after the block, the time that it took."""
    taken = {"seconds": 0.0}
    start = time.perf_counter()
    yield taken
    taken["seconds"] = time.perf_counter() - start
