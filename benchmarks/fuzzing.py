"""What fuzzers of readers share: input after input, under limits of time and memory, and a report."""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from fuzz_formats import MEMORY_ALLOWED, SECONDS_ALLOWED, TookTooLongError, limit_memory, peak_memory
from reporting import machine_line

from wordlab.errors import WordlabError

LONGEST_MESSAGE = 1000

Check = Callable[[str, int, int, Path], tuple[str, Callable[[], str | None]]]
"""Makes input (format, seed, number) in a directory; returns what it is, and what reads it and returns what
is wrong with the outcome, if anything."""


def main(
    description: str | None,
    formats: Sequence[str],
    check: Check,
    prepare: Callable[[str], object] = lambda format: None,
) -> None:
    """Fuzz the formats asked for and print a line each; exit code 1 if any input fails.

    `prepare` loads what a format needs, before memory is limited and warnings are errors.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per format (default 100000)")
    parser.add_argument("--formats", nargs="+", default=formats, choices=formats, help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each input")
    arguments = parser.parse_args()
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ:
        # or glibc and Arrow keep the large blocks that are freed; they read this when a program starts
        freeing = {"MALLOC_TRIM_THRESHOLD_": "131072", "ARROW_DEFAULT_MEMORY_POOL": "system"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **freeing})  # noqa: S606
    sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n")
    for format in arguments.formats:
        prepare(format)
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    limit_memory()
    failures = [failure for format in arguments.formats for failure in _fuzz(format, arguments, check)]
    for failure in failures[:20]:
        sys.stderr.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


def _raise_took_too_long(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def _fuzz(format: str, arguments: argparse.Namespace, check: Check) -> list[str]:
    failures: list[str] = []
    num_read, slowest, largest, start = 0, 0.0, 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.first, arguments.first + arguments.inputs):
            shown, read = check(format, arguments.seed, number, Path(folder))
            if arguments.show:
                sys.stdout.write(f"{shown}\n")
            memory, begin = peak_memory(), time.perf_counter()
            was_read, problem = _outcome(read)
            memory, took = peak_memory() - memory, time.perf_counter() - begin
            if problem is None and memory > MEMORY_ALLOWED:
                problem = f"took {memory >> 20} MB of memory"
            num_read += was_read
            slowest, largest = max(slowest, took), max(largest, memory)
            if problem:
                failures.append(f"{format} {number} {shown[:200]}: {problem[:500]}")
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(
        f"{format:<10}{arguments.inputs:>10,} inputs {num_read:>9,} read "
        f"{arguments.inputs - num_read:>9,} refused  slowest {slowest:.2f} s  memory {largest >> 20} MB  "
        f"took {time.perf_counter() - start:.0f} s  {len(failures)} failures\n"
    )
    sys.stdout.flush()
    return failures


def _outcome(read: Callable[[], str | None]) -> tuple[bool, str | None]:
    """Whether the input was read, and what is wrong with the outcome, if anything."""
    faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)  # should Python not interrupt it
    signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
    try:
        return True, read()
    except WordlabError as error:
        message = str(error)
        good = len(message.splitlines()) == 1 and len(message) < LONGEST_MESSAGE
        return False, None if good else f"message {message!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        return False, f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
