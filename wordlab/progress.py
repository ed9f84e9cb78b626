"""Progress of long work: the event, and the reporter that sends it ten times a second at most.

Compiling may happen in the middle of any work, in code that knows of no listener: whoever is to hear of it
says so beforehand (`hears_of_compiling`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

REPORT_INTERVAL = 0.1
"""Seconds between two reports of the same work: listeners are called about ten times a second."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a long piece of work; it is for the listener to draw it.

    ``done`` and ``total`` are in ``unit``; ``total`` is None where the length of the input is not
    known before its end. ``elapsed`` is in seconds since the task began.
    """

    task: str
    done: int
    total: int | None
    unit: str
    elapsed: float
    metrics: Mapping[str, float] = field(default_factory=dict)

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

COMPILING = "compile"
"""The task of turning functions into machine code, the first time that they are used on a machine."""

_hearing_of_compiling: list[OnProgress | None] = [None]  # the latest, in any thread, as one compiles for all


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
        """Report, unless the last report was sent a moment ago."""
        if self.due:
            self.report(done, **metrics)

    def report(self, done: int, **metrics: float) -> None:
        """Report unconditionally, as at the end of the work."""
        if self._on_progress is not None:
            self._sent = time.perf_counter()
            elapsed = self._sent - self._started
            self._on_progress(Progress(self._task, done, self.total, self._unit, elapsed, metrics))


@contextmanager
def hears_of_compiling(on_progress: OnProgress | None) -> Iterator[None]:
    """Inside, `on_progress` gets a report when compiling begins and ends, in any thread."""
    _hearing_of_compiling.append(on_progress)
    try:
        yield
    finally:
        _hearing_of_compiling.remove(on_progress)


@contextmanager
def compiling() -> Iterator[None]:
    """Report that compiling goes on inside, to whoever hears of it."""
    reporter = Reporter(_hearing_of_compiling[-1], COMPILING, "%", 100)
    reporter.report(0)
    yield
    reporter.report(100)
