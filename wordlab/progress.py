"""The event by which long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

REPORT_INTERVAL = 0.1
"""Seconds between two reports of the same work: listeners are called about ten times a second."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a long piece of work; drawing it is the listener's business.

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
        """Seconds left at the present rate, or None where that cannot be said."""
        if self.total is None or self.rate == 0:
            return None
        return max(0, self.total - self.done) / self.rate


OnProgress = Callable[[Progress], None]
