"""Work on many things of one kind, in as many parts as there are threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def in_parts(number: int, threads: int, work: Callable[[int, int], object]) -> None:
    """Call work(begin, end) for the parts of range(number), one on each of the threads.

    Only for work whose result does not depend on the parts; it should let go of the interpreter's lock.
    """
    if threads == 1 or number < threads:
        work(0, number)
        return
    bounds = [part * number // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads, thread_name_prefix="parts") as pool:
        for _ in pool.map(work, bounds[:-1], bounds[1:]):  # raises what a thread raised
            pass
