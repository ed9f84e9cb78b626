"""Threads that do a piece of work together, and may wait for each other."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from wordlab.errors import ResourceError

T = TypeVar("T")

_PROBE = 32  # pieces until all are tried again, where one was faster;
_PROBE_OF_ONE = 16  # and where all were, pieces for each of them: one takes as long as many for its piece
_TRIALS = 4  # pieces that all threads get at first, as memory is touched for the first time then


def start_threads(pool: ThreadPoolExecutor, number: int) -> None:
    """Start `number` threads of a new `pool`, which wait for work; ResourceError if the system refuses one.

    Otherwise those that could be started would wait for the others for ever.
    """
    all_there = threading.Barrier(number + 1)
    try:
        for started in range(number):
            try:
                pool.submit(_arrive, all_there)
            except RuntimeError as error:
                raise ResourceError(
                    f"threads: expected {number} more threads, found room for {started}; use fewer"
                ) from error
        all_there.wait()
    except BaseException:  # Ctrl-C, too
        all_there.abort()
        raise


def _arrive(all_there: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):
        all_there.wait()


class IdleThreads(ThreadPoolExecutor):
    """Threads for `run_together`, all started."""

    def __init__(self, size: int) -> None:
        super().__init__(size, thread_name_prefix="team")
        self._beginning = threading.Lock()

    def begin(self, work: Callable[[int], T], threads: Iterable[int]) -> list[Future[T]]:
        """Have all of them work, or none: RuntimeError after the end."""
        with self._beginning:
            return [self.submit(work, thread) for thread in threads]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads when they have done what they have begun."""
        with self._beginning:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
        super().shutdown(wait)


@contextmanager
def idle_threads(size: int) -> Iterator[IdleThreads | None]:
    """`size` idle threads for `run_together`, none if size is 1; ResourceError if the system refuses one."""
    if size == 1:
        yield None
        return
    with IdleThreads(size) as pool:
        start_threads(pool, size)
        yield pool


def run_together(work: Callable[[int], T], size: int, pool: IdleThreads | None) -> T:
    """What `work(0)` returns, while work(1) to work(size - 1) run, too; they may wait for each other.

    They take `size` threads of the pool; one alone runs in the calling thread.
    Ctrl-C, which may end the main thread anywhere, cannot leave some of them waiting for others.
    """
    if pool is None or size == 1:
        return work(0)

    def run_all() -> T:
        others = pool.begin(work, range(1, size))
        result = work(0)
        for other in others:
            other.result()  # raises what the thread raised
        return result

    return pool.submit(run_all).result()


class AllOrOne:
    """Does pieces of work on all of `size` threads or on one alone, whichever was faster.

    For work that has the same result on any number of threads, so that the clock may decide. Threads that
    wait for each other are slower than one where other programs take their cores.
    """

    def __init__(self, size: int, pool: IdleThreads | None) -> None:
        self.sizes = tuple(sorted({1, size}))
        self._pool = pool
        # Speeds: the best of a few pieces, as a single one may be slow by chance.
        self._speeds: dict[int, deque[float]] = {size: deque(maxlen=4) for size in self.sizes}
        self._since_probe = 0

    def run(self, work: Callable[[int, int], T], amount: float) -> T:
        """What `work(0, size)` returns, for one of `sizes`, on all of its threads as in `run_together`.

        `amount` is how much is done, in any unit that is the same for all pieces.
        """
        size = self._choose()
        begun = time.perf_counter()
        result = run_together(lambda thread: work(thread, size), size, self._pool)
        self._speeds[size].append(amount / (time.perf_counter() - begun))
        return result

    def _choose(self) -> int:
        one, most = self.sizes[0], self.sizes[-1]
        if len(self._speeds[most]) < _TRIALS:
            return most
        if not self._speeds[one]:
            return one
        self._since_probe += 1
        faster = max(self.sizes, key=lambda size: max(self._speeds[size]))
        if self._since_probe < (_PROBE if faster == one else _PROBE_OF_ONE * most):
            return faster
        self._since_probe = 0
        return one if faster == most else most


@contextmanager
def all_or_one(size: int) -> Iterator[AllOrOne]:
    """`size` threads, which wait for pieces of work; ResourceError if the system refuses one."""
    with idle_threads(size) as pool:
        yield AllOrOne(size, pool)
