"""What fuzzers share: inputs under limits of time and memory, a table, and each kind of failure."""

from __future__ import annotations

import argparse
import faulthandler
import json
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from reporting import machine_line

from wordlab.errors import WordlabError

SECONDS_ALLOWED = 20
MEMORY_ALLOWED = 256 << 20
LONGEST_MESSAGE = 1000
BATCH = 2_500
_ROW = "{:<28}{:>10}{:>10}{:>10}{:>11}{:>11}{:>9}{:>10}\n"

Check = Callable[[str, int, int, Path], tuple[str, Callable[[], str | None]]]
"""Makes input (format, seed, number) in a directory; returns what it is, and what reads it and returns what
is wrong with the outcome, if anything."""


class TookTooLongError(Exception):
    """A reader did not return in time."""


@dataclass
class Tally:
    """The outcomes of some inputs."""

    format: str
    num_inputs: int = 0
    num_read: int = 0
    num_refused: int = 0
    slowest: float = 0.0
    memory: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the outcomes of others."""
        self.num_inputs += other.num_inputs
        self.num_read += other.num_read
        self.num_refused += other.num_refused
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.failures += other.failures


def make_parser(description: str | None, what: str, number: int) -> argparse.ArgumentParser:
    """The options of every fuzzer, whose inputs are `what`, by default so many."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=number, help=f"{what} (default {number})")
    parser.add_argument("--processes", type=int, default=1, help="processes that share the work (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each input and its outcome")
    return parser


def main(
    description: str | None,
    formats: Sequence[str],
    check: Check,
    *,
    kind: str = "format",
    inputs: int = 100_000,
) -> None:
    """Fuzz the formats asked for, called `kind`, and print a table; exit code 1 if any input fails."""
    parser = make_parser(description, f"inputs per {kind}", inputs)
    parser.add_argument(f"--{kind}s", dest="formats", nargs="+", default=formats, choices=formats)
    parser.add_argument("--json", action="store_true", help=f"print a line of JSON per {kind}")
    arguments = parser.parse_args()
    # or glibc and Arrow keep the large blocks that are freed, and a long batch hits its limit
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if not arguments.json:
        names = (kind, "inputs", "read", "refused", "slowest", "memory", "took", "failures")
        sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n{_ROW.format(*names)}")
        sys.stdout.flush()
    failures = []
    for format in arguments.formats:
        start = time.perf_counter()
        tally = _fuzz(format, arguments, check)
        line = _row(tally, time.perf_counter() - start)
        sys.stdout.write(json.dumps(asdict(tally)) + "\n" if arguments.json else line)
        sys.stdout.flush()
        failures += tally.failures
    write_kinds(failures)
    sys.exit(1 if failures else 0)


def _row(tally: Tally, took: float) -> str:
    numbers = (f"{n:,}" for n in (tally.num_inputs, tally.num_read, tally.num_refused))
    limits = (f"{tally.slowest:.2f} s", f"{tally.memory >> 20} MB", f"{took:.0f} s")
    return _ROW.format(tally.format, *numbers, *limits, len(tally.failures))


def _fuzz(format: str, arguments: argparse.Namespace, check: Check) -> Tally:
    """The outcomes of all inputs of one format, spread over processes that have loaded nothing else."""
    tally, last = Tally(format), arguments.first + arguments.inputs
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.processes, mp_context=spawn) as pool:
        jobs = [
            pool.submit(
                _run_batch,
                format,
                arguments.seed,
                range(first, min(first + BATCH, last)),
                check,
                arguments.show,
            )
            for first in range(arguments.first, last, BATCH)
        ]
        for job in jobs:
            tally.add(job.result())
    return tally


def _run_batch(format: str, seed: int, numbers: range, check: Check, show: bool) -> Tally:
    """The outcomes of the inputs of these numbers, each read under limits of time and memory."""
    tally = Tally(format)
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    with tempfile.TemporaryDirectory() as folder:
        check(format, seed, numbers[0], Path(folder))  # loads libraries and makes samples, which do not count
        warnings.simplefilter("error")
        limit_memory(4 * MEMORY_ALLOWED)
        for number in numbers:
            shown, read = check(format, seed, number, Path(folder))
            if show:
                sys.stdout.write(f"{number}: {shown}\n")
                sys.stdout.flush()  # should the process die of it
            memory, begin = peak_memory(), time.perf_counter()
            was_read, problem = _outcome(read, show)
            memory, took = peak_memory() - memory, time.perf_counter() - begin
            if problem is None and memory > MEMORY_ALLOWED:
                problem = f"took {memory >> 20} MB of memory"
            failures = [f"{number} {format}: {problem[:500]}   <- {shown[:300]}"] if problem else []
            tally.add(Tally(format, 1, was_read, not was_read, took, memory, failures))
    faulthandler.cancel_dump_traceback_later()
    return tally


def _raise_took_too_long(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def _outcome(read: Callable[[], str | None], show: bool) -> tuple[bool, str | None]:
    """Whether the input was read, and what is wrong with the outcome, if anything."""
    faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)  # should Python not interrupt it
    signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
    try:
        return True, read()
    except WordlabError as error:
        message = str(error)
        if show:
            sys.stdout.write(f"{type(error).__name__}: {message}\n")
        good = len(message.splitlines()) == 1 and len(message) < LONGEST_MESSAGE
        return False, None if good else f"message {message!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        if show:
            traceback.print_exc()
        return False, told(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def told(error: BaseException) -> str:
    """An exception on one line, with the last places of our own code that it came through."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "/wordlab/" in frame.filename or "/pipelines/" in frame.filename
    ]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-2:]))
    return f"{type(error).__name__} at {where or '?'}: {str(error)[:200]!r}"


def write_kinds(failures: Iterable[str]) -> None:
    """Print on stderr each kind of failure once, with how many there are, and an example.

    A failure is ``NUMBER PROBLEM   <- INPUT``; problems that differ in large numbers alone are of one kind.
    """
    found: dict[str, list[str]] = {}
    for failure in failures:
        problem = failure.split("   <- ")[0].partition(" ")[2]
        found.setdefault(re.sub(r"\d{3,}", "N", problem)[:160], []).append(failure)
    for kind, examples in sorted(found.items(), key=lambda item: -len(item[1])):
        number, shown = examples[0].split()[0], examples[0].partition("   <- ")[2]
        sys.stderr.write(f"{len(examples):>6} {kind}\n       {shown}  ({number})\n")


def limit_memory(more: int) -> int:
    """Let this process take `more` bytes of address space and no more; returns the limit in bytes.

    What is far beyond it then fails, and is found and not swapped.
    """
    used = address_space()
    if used:
        resource.setrlimit(resource.RLIMIT_AS, (used + more, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return used + more


def address_space() -> int:
    """Bytes of address space that this process uses; 0 where the system does not say."""
    if not os.path.exists("/proc/self/statm"):
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def peak_memory() -> int:
    """The peak of bytes used by this process (0 where the system does not report it)."""
    # not ru_maxrss, which a process inherits from its parent
    try:
        with open("/proc/self/status") as file:
            lines = dict(line.split(":", 1) for line in file)
    except OSError:
        return 0
    return int(lines["VmHWM"].split()[0]) * 1024
