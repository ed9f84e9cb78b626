"""Work that takes longer than a request may: done once in a thread, while replies tell how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from wordlab.progress import OnProgress, Progress
from wordlab.server.errors import Refusal

T = TypeVar("T")
_MOST_RUNNING = 4
_MOST_KEPT = 32  # jobs, with their results
_PATIENCE = 2.0  # seconds that the end of the server waits for a job to notice it


class _Stopped(Exception):  # noqa: N818 - it ends the work, which is no fault
    """The server ends."""


class Job(Generic[T]):
    """`work` in a thread of its own, which begins at once: `is_done`, `progress`, and its `result`."""

    def __init__(self, work: Callable[[OnProgress], T]) -> None:
        self.progress: Progress | None = None
        self._work = work
        self._stopping, self._finished = threading.Event(), threading.Event()
        self._result: list[T] = []
        self._error: Exception | None = None
        self._is_told = False
        threading.Thread(target=self._run, name="wordlab-background", daemon=True).start()

    @property
    def is_done(self) -> bool:
        """Whether `result` answers at once."""
        return self._finished.is_set()

    @property
    def has_failed(self) -> bool:
        """Whether `result` has raised, so that whoever asks next may try again."""
        return self._is_told

    def result(self) -> T:
        """What `work` returned; raises what it raised. Waits for it."""
        self._finished.wait()
        if self._error is not None:
            self._is_told = True
            raise self._error
        return self._result[0]

    def facts(self) -> dict[str, Any]:
        """How far it is, for a reply."""
        found = self.progress
        return {
            "state": "computing",
            "title": "" if found is None else found.task,
            "done": None if found is None or found.total is None else found.done,
            "total": None if found is None else found.total,
        }

    def stop(self) -> None:
        """Have the work end at its next report."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Wait so long for the work to end."""
        self._finished.wait(seconds)

    def _listen(self, event: Progress) -> None:
        if self._stopping.is_set():
            raise _Stopped
        self.progress = event

    def _run(self) -> None:
        try:
            self._result.append(self._work(self._listen))
        except Exception as error:
            self._error = error
        finally:
            self._finished.set()


class Jobs:
    """Jobs by what they compute; each is begun by the first who asks.

    Few run at once, as each takes a core or more, and the results of the latest are kept.
    """

    def __init__(self) -> None:
        self._jobs: dict[Any, Job[Any]] = {}

    def get(self, key: Any, work: Callable[[OnProgress], T]) -> Job[T]:
        """The job of this key; one that does `work` if there is none, or it failed before.

        Refusal if too many others run.
        """
        job = self._jobs.pop(key, None)
        if job is None or job.has_failed:
            self._make_room()
            job = Job(work)
        self._jobs[key] = job  # as the latest
        return job

    def stop(self) -> None:
        """End what still runs, and wait a moment for each."""
        for job in self._jobs.values():
            job.stop()
        for job in self._jobs.values():
            job.wait(_PATIENCE)

    def _make_room(self) -> None:
        done = [key for key, job in self._jobs.items() if job.is_done]
        if len(self._jobs) - len(done) >= _MOST_RUNNING:
            raise Refusal(
                503, "overloaded", f"{_MOST_RUNNING} long computations run already; try again later"
            )
        for key in done[: max(0, len(self._jobs) + 1 - _MOST_KEPT)]:
            del self._jobs[key]
