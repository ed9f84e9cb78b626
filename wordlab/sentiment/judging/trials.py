"""An attempt within a limit of time: what it found and how long it took, or why it found nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from wordlab.errors import TrainingError
from wordlab.progress import OnProgress, Progress


class Outcome(NamedTuple):
    """The score of an attempt; None where `failure` says why there is none."""

    score: float | None
    seconds: float
    failure: str | None = None


class _OverTimeError(Exception):
    """Ends a training from its listener."""


def try_within(
    work: Callable[[OnProgress], float], ends: float | None, on_progress: OnProgress | None = None
) -> Outcome:
    """What `work` returns, which is stopped from its listener after `ends`, by `time.perf_counter`."""

    def listen(event: Progress) -> None:
        if ends is not None and time.perf_counter() > ends:
            raise _OverTimeError
        if on_progress is not None:
            on_progress(event)

    started = time.perf_counter()
    try:
        score = work(listen)
    except _OverTimeError:
        return Outcome(None, time.perf_counter() - started, "stopped at the limit of time")
    except TrainingError as error:
        return Outcome(None, time.perf_counter() - started, str(error))
    return Outcome(score, time.perf_counter() - started)
