"""Work spread over threads, with the results in the order of the work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    items: Iterable[Item], work: Callable[[Item], Result], threads: int
) -> Generator[Result, None, None]:
    """What `work` makes of each item, in order; a few more than `threads` are held in memory at a time.

    Close the iterator if you leave it early.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="wordlab-text")
    try:
        running: deque[Future[Result]] = deque()
        for item in items:
            running.append(pool.submit(work, item))
            if len(running) > threads + 1:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
