"""Progress drawn on stderr, and the time that work took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from pipelines.console.labels import with_label
from pipelines.console.wording import duration, magnitude, visible
from wordlab.progress import OnProgress, Progress, hears_in_passing

_FIRST_LINE = 1.0  # seconds before the first line where stderr is not a terminal
_NEXT_LINE = 10.0  # seconds between the others


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[OnProgress | None]:
    """A listener that draws Progress on stderr: a bar on a terminal, else a line now and then."""
    if quiet:
        with hears_in_passing(None):
            yield None
    elif sys.stderr.isatty():
        with _bar() as listener, hears_in_passing(listener):
            yield listener
    else:
        lines = _Lines()
        with hears_in_passing(lines.show):
            yield lines.show
        lines.finish()


@contextmanager
def progress_in_passing(*, quiet: bool = False) -> Iterator[None]:
    """Inside, what takes long in passing is drawn, also where no `progress` is."""
    with ExitStack() as stack:
        show = _PassingBar(stack).show if sys.stderr.isatty() else _Lines().show
        with hears_in_passing(None if quiet else show):
            yield


class LastEvent:
    """Passes events on to a listener, if there is one, and keeps the rate of the last."""

    def __init__(self, listener: OnProgress | None) -> None:
        self._listener = listener
        self.rate = 0.0

    def __call__(self, event: Progress) -> None:
        """Take an event."""
        self.rate = event.rate
        if self._listener is not None:
            self._listener(event)


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """A dict whose "seconds" are, after the block, the time that it took."""
    taken = {"seconds": 0.0}
    start = time.perf_counter()
    yield taken
    taken["seconds"] = time.perf_counter() - start


class _Lines:
    """Plain lines for logs: the first after a second, then one every ten, and one at the end."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._next = 0.0

    def show(self, event: Progress) -> None:
        now = time.monotonic()
        if event.in_passing:
            if event.elapsed >= _FIRST_LINE and (event.done == event.total or now >= self._next):
                self._print(event, now)
            return
        if self._last is None or self._last.task != event.task:
            self.finish()
            self._next = now - event.elapsed + _FIRST_LINE
        self._last = event
        if now >= self._next and event.done != event.total:
            self._print(event, now)

    def finish(self) -> None:
        """Print the line at the end of a task."""
        if self._last is not None:
            event, self._last = self._last, None
            click.echo(_finished(event), err=True)

    def _print(self, event: Progress, now: float) -> None:
        self._next = now + _NEXT_LINE
        if event.done == event.total:
            click.echo(_finished(event), err=True)
            return
        done = f"{event.done / event.total:.0%}" if event.total else _amount(event)
        click.echo(f"{_shown(event)}: {' · '.join([done, *_parts(event)])}", err=True)


class _PassingBar:
    """A bar that lives as long as something goes on in passing, and no shorter than is worth a look."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._lock = threading.Lock()  # there can be one bar at a time
        self._listener: OnProgress | None = None

    def show(self, event: Progress) -> None:
        with self._lock:
            if self._listener is None:
                if event.elapsed < _FIRST_LINE:
                    return
                self._listener = self._stack.enter_context(_bar())
            self._listener(event)
            if event.done == event.total:
                self._listener = None
                self._stack.close()


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """A live bar; each task gets a line of its own."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    bar_width = 24 if console.width >= 100 else 5
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=bar_width),
        TaskProgressColumn(),
        TextColumn("{task.fields[facts]}", markup=False),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=console) as bar:

        def listen(event: Progress) -> None:
            if event.task not in tasks:
                tasks[event.task] = bar.add_task(_shown(event), total=event.total, facts="")
            parts = ([] if event.total else [_amount(event)]) + _parts(event)
            if event.total is not None and event.done >= event.total:
                parts.append(duration(event.elapsed))
            # What is left beside the task, the bar, the percentage and the gaps between them.
            facts = _fitted(parts, console.width - len(_shown(event)) - bar_width - 8)
            bar.update(tasks[event.task], completed=event.done, total=event.total, facts=facts)

        yield listen


def _shown(event: Progress) -> str:
    return visible(with_label(event.task))


def _finished(event: Progress) -> str:
    return f"{_shown(event)}: {' · '.join([f'done in {duration(event.elapsed)}', *_parts(event)])}"


def _parts(event: Progress) -> list[str]:
    """Rate, metrics and time left of an event, in words."""
    parts = []
    if event.unit != "%" and event.rate >= 0.5:  # else it would be shown as 0
        parts.append(f"{magnitude(event.rate)}{_unit(event)}/s")
    for name, value in event.metrics.items() if event.done else ():
        parts.append(f"{name.replace('_', ' ')} {value:.3g}")
    if event.remaining is not None and event.done != event.total:
        parts.append(f"{duration(event.remaining)} left")
    return parts


def _amount(event: Progress) -> str:
    return f"{magnitude(event.done)}{_unit(event)}"


def _unit(event: Progress) -> str:
    return "B" if event.unit == "bytes" else f" {event.unit}"


def _fitted(parts: list[str], width: int) -> str:
    """The parts joined; where `width` is too narrow for all, the epoch goes first, the time left last."""
    parts = list(parts)
    while len(parts) > 1 and len(" · ".join(parts)) > width:
        del parts[next((i for i, part in enumerate(parts) if part.startswith("epoch ")), -2)]
    return " · ".join(parts)[: max(0, width)]
