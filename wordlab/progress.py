"""Progress of long work: the event, and the reporter that sends it ten times a second at most.

Some work is done in passing, in the middle of other work and in code that knows of no listener: functions
are compiled, files travel. Whoever is to hear of it says so beforehand (`hears_in_passing`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

REPORT_INTERVAL = 0.1
"""Seconds between two reports of the same work: listeners are called about ten times a second."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a long piece of work; it is for the listener to draw it.

    ``done`` and ``total`` are in ``unit``; ``total`` is None where the length of the input is not
    known before its end. ``elapsed`` is in seconds since the task began. Work done ``in_passing`` does not
    end the task that was reported before.
    """

    task: str
    done: int
    total: int | None
    unit: str
    elapsed: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    in_passing: bool = False

    @property
    def rate(self) -> float:
        """Units per second since the task began (0.0 before any time has passed)."""
        return self.done / self.elapsed if self.elapsed > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds left at the present rate, or None if it cannot be known."""
        if self.total is None or self.rate == 0:
            return None
        return max(0, self.total - self.done) / self.rate


OnProgress = Callable[[Progress], None]

_hearing: list[OnProgress | None] = [None]  # the latest first, of any thread, as one compiles for all


class Reporter:
    """Sends `Progress` of one piece of work to a listener, about ten times a second; silent without one.

    The clock starts when the reporter is made. `total` may change while the work goes on.
    """

    def __init__(
        self, on_progress: OnProgress | None, task: str, unit: str, total: int | None = None
    ) -> None:
        self.total = total
        self._on_progress, self._task, self._unit = on_progress, task, unit
        self._started = self._sent = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return time.perf_counter() - self._started

    @property
    def due(self) -> bool:
        """Whether a report would be sent now: for work that counts or measures only to report."""
        return self._on_progress is not None and time.perf_counter() - self._sent >= REPORT_INTERVAL

    def update(self, done: int, **metrics: float) -> None:
        """Report, unless the last report was sent a moment ago, or this is the end, which `report` tells."""
        if self.due and done != self.total:
            self.report(done, **metrics)

    def report(self, done: int, **metrics: float) -> None:
        """Report unconditionally, as at the end of the work."""
        if self._on_progress is not None:
            self._sent = time.perf_counter()
            elapsed = self._sent - self._started
            self._on_progress(Progress(self._task, done, self.total, self._unit, elapsed, metrics))


@contextmanager
def hears_in_passing(on_progress: OnProgress | None) -> Iterator[None]:
    """Inside, `on_progress` gets the reports of what is done in passing, in any thread.

    >>> with hears_in_passing(lambda event: print(event.task, event.done)), compiling():
    ...     pass
    compile 0
    compile 100
    """
    _hearing.insert(0, on_progress)
    try:
        yield
    finally:
        _hearing.remove(on_progress)  # the latest of equal ones


def in_passing(task: str, unit: str, total: int) -> Reporter:
    """A Reporter of work done in passing, to whoever hears of it now."""
    listener = _hearing[0]
    if listener is None:
        return Reporter(None, task, unit, total)
    return Reporter(lambda event: listener(replace(event, in_passing=True)), task, unit, total)


@contextmanager
def compiling() -> Iterator[None]:
    """Report that functions are turned into machine code inside, for the first time on a machine."""
    reporter = in_passing("compile", "%", 100)
    reporter.report(0)
    yield
    reporter.report(100)
