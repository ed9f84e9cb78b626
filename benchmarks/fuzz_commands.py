"""Random command lines for every command, with hostile values for every option and argument.

    python benchmarks/fuzz_commands.py --inputs 100000 --processes 2
    python benchmarks/fuzz_commands.py --commands "corpus build" --first 4711 --inputs 1 --show

The commands and their options are read from the command line itself. Each value is one that its type
allows, or one that somebody types by mistake or malice: huge and negative numbers, NaN, empty strings,
directories for files, names with line breaks, escape sequences and NUL bytes. The inputs are tiny and made
once, and outputs stay in a temporary directory. A command that takes longer than a few seconds gets Ctrl-C.
It fails if

- it ends in a traceback, or with an exit code other than 0, 1, 2 and, after Ctrl-C, 130;
- an error is not one line, or shows a control character;
- JSON on stdout is not JSON;
- it takes longer than 30 s to end after Ctrl-C, or the process dies.

A command line depends only on the seed, the command and its number. Exit code 1 if any fails.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import multiprocessing
import os
import re
import shlex
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import fuzzing
from click.testing import CliRunner
from command_lines import Inputs, make_words
from reporting import machine_line

from pipelines.cli import wordlab
from pipelines.process import raise_until_it_propagates

SECONDS_ALLOWED = 4
SECONDS_TO_END = 30
MEMORY_ALLOWED = 3 << 30
BATCH = 1_000
FRESH_COPY = 25  # commands between two copies of the inputs
EXIT_CODES = (0, 1, 2)


def make_inputs(root: Path) -> None:
    """A few kilobytes of every kind of file that commands read, made by the commands themselves."""
    lines = [
        "the king and the queen of paris met a man and a woman",
        "a good film of a great king",
        "bad bad man",
    ]
    text = "".join(f"{line}\n" for line in 30 * lines)
    (root / "texts").mkdir(parents=True)
    (root / "texts" / "a.txt").write_text(text, encoding="utf-8")
    (root / "reviews.tsv").write_text(
        "label\ttext\n" + "".join(f"{('pos', 'neg')[n % 2]}\t{lines[n % 3]} {n}\n" for n in range(24)),
        "utf-8",
    )
    (root / "reviews.jsonl").write_text(
        "".join(json.dumps({"text": lines[n % 3], "label": n % 2}) + "\n" for n in range(24)), "utf-8"
    )
    (root / "pairs.tsv").write_text("king\tqueen\t9.0\nman\twoman\t8.5\nking\tfilm\t1.0\n", "utf-8")
    (root / "questions.txt").write_text(": family\nking queen man woman\n", "utf-8")
    (root / "broken.bin").write_bytes(bytes(range(256)) * 8)
    (root / "empty").write_bytes(b"")
    for words in (
        "corpus build texts -o corpus --min-count 1 -q",
        "embeddings train corpus -o vectors --dim 8 --epochs 1 --threads 1 -q",
        "embeddings quantise vectors -o small --precision int8 -q",
        "embeddings encode vectors reviews.tsv -o docs -q",
        "embeddings export vectors vectors.txt --format glove -q",
        "embeddings export vectors vectors.npz --format numpy -q",
        "sentiment train reviews.tsv -o network --dim 4 --epochs 1 --threads 1 --num-channels 2 -q",
        "sentiment train reviews.tsv -o model --model nbsvm -q",
        "vision train -o images --model lenet --epochs 1 --threads 1 -q",
    ):
        run_command(root, shlex.split(words), b"")


def run_command(directory: Path, words: list[str], stdin: bytes) -> Any:
    """click's result of the command in `directory`."""
    os.chdir(directory)
    return CliRunner().invoke(wordlab, words, input=stdin, prog_name="wordlab")


def check(words: list[str], result: Any, interrupted: bool) -> str | None:
    """What is wrong with the outcome of a command, if anything."""
    error = result.exception
    if error is not None and not isinstance(error, SystemExit):
        return fuzzing.told(error)
    codes = (*EXIT_CODES, 130) if interrupted else EXIT_CODES
    if result.exit_code not in codes:
        return f"exit code {result.exit_code}"
    if "Traceback (most recent call last)" in result.stderr:
        return f"a traceback on stderr: {result.stderr[-300:]!r}"
    errors = [line for line in result.stderr.split("\n") if line.startswith("Error: ")]
    if result.exit_code in (1, 2) and "--help" not in result.stderr + " ".join(words) and len(errors) != 1:
        return f"expected one line of error, found {result.stderr[-300:]!r}"
    if any(len(line) > 1_500 for line in errors):
        return f"an error of {max(map(len, errors))} characters"
    if result.exit_code in (1, 2) and errors[-1:] != result.stderr.rstrip("\n").split("\n")[-1:] and errors:
        return f"more lines after the error: {result.stderr[-300:]!r}"
    if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.stderr):
        return f"a control character on stderr: {result.stderr[-300:]!r}"
    if result.exit_code == 0 and "--json" in words and "-h" not in words and "--help" not in words:
        return _not_json(result.stdout)
    return None


def _not_json(text: str) -> str | None:
    def refuse(name: str) -> Any:
        raise ValueError(f"found {name}")

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError as error:
        if not text.startswith("{") or "\n{" not in text:  # `predict -` prints one object a line
            return f"JSON that is not JSON: {error}"
    return None


@dataclass
class Tally:
    """The outcomes of some command lines."""

    codes: Counter[int] = field(default_factory=Counter)
    interrupted: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the outcomes of others."""
        self.codes.update(other.codes)
        self.interrupted += other.interrupted
        self.failures += other.failures


def run_batch(arguments: argparse.Namespace, master: Path, first: int, number: int, log_file: Path) -> Tally:
    """The outcomes of at most `number` command lines from `first` on, in this process, under limits.

    It ends early when much address space is used up, of which libraries never give back all. `log_file` says
    which command is running, should the process die.
    """
    socket.socket.connect = _refuse  # type: ignore[method-assign]  # nothing is downloaded
    limit = _limit_memory()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(master, Path(folder))
        log = log_file.open("w", encoding="utf-8", errors="backslashreplace")
        for index in range(first, first + number):
            if fuzzing.address_space() > limit - MEMORY_ALLOWED // 2:
                break
            directory = inputs.work / f"copy{(index - first) // FRESH_COPY}"
            if (index - first) % FRESH_COPY == 0:
                os.chdir(inputs.master)
                shutil.rmtree(inputs.work / f"copy{(index - first) // FRESH_COPY - 1}", ignore_errors=True)
                shutil.copytree(inputs.master, directory)
                (directory / "out").mkdir()
            directory.mkdir(exist_ok=True)  # `-o .` may replace it
            random = Random(f"{arguments.seed}/{index}")  # noqa: S311 - not for secrets
            name = random.choice(arguments.commands or list(inputs.commands))
            words = make_words(inputs, name, random)
            log.write(f"{index} {words!r}\n")
            log.flush()
            if arguments.show:
                sys.stdout.write(f"{words}\n")
            problem, code, interrupted = _run(
                directory, words, random.randbytes(random.choice((0, 40))), arguments.show
            )
            tally.codes[code] += 1
            tally.interrupted += interrupted
            if problem:
                shown = shlex.join(words).encode("utf-8", "backslashreplace").decode()
                tally.failures.append(f"{index} {name}: {problem}   <- {shown[:300]!r}")
        os.chdir("/")
        log.close()
    return tally


def _run(directory: Path, words: list[str], stdin: bytes, show: bool) -> tuple[str | None, int, bool]:
    start = time.perf_counter()
    faulthandler.dump_traceback_later(SECONDS_ALLOWED + SECONDS_TO_END, exit=True)
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
    try:
        result = run_command(directory, words, stdin)
    except KeyboardInterrupt:  # between two commands
        return None, 130, True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
    interrupted = time.perf_counter() - start >= SECONDS_ALLOWED
    if show:
        sys.stdout.write(f"{result.exit_code}\n{result.stdout}\n{result.stderr}\n")
        if result.exc_info and not isinstance(result.exception, SystemExit):
            traceback.print_exception(*result.exc_info)
    return check(words, result, interrupted), result.exit_code, interrupted


def _interrupt(_number: int, frame: FrameType | None) -> None:
    raise_until_it_propagates(KeyboardInterrupt(), frame)  # as Ctrl-C does


def _refuse(*_: Any) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def _limit_memory() -> int:
    """Make allocations far beyond the allowed memory fail; returns the limit in bytes."""
    import numba  # noqa: F401  # what is loaded anyway does not count
    import torch._dynamo  # noqa: F401  # nor may Ctrl-C come in the middle of it

    return fuzzing.limit_memory(MEMORY_ALLOWED)


def fuzz(arguments: argparse.Namespace, master: Path) -> Tally:
    """The outcomes of all command lines, spread over the processes."""
    tally = Tally()
    last = arguments.first + arguments.inputs
    starts = range(arguments.first, last, BATCH)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(_make, master).result()
    with ThreadPoolExecutor(arguments.processes) as threads:
        jobs = [threads.submit(_run_apart, arguments, master, n, min(n + BATCH, last)) for n in starts]
        for job in jobs:
            part = job.result()
            tally.add(part)
            sys.stderr.writelines(f"FAILED {failure}\n" for failure in part.failures)
            done = sum(tally.codes.values())
            sys.stderr.write(f"{done:,} {dict(tally.codes)} {len(tally.failures)} failures\n")
    return tally


def _run_apart(arguments: argparse.Namespace, master: Path, first: int, last: int) -> Tally:
    """The outcomes of a batch in a process of its own, and in another one if that dies."""
    tally = Tally()
    log = master.parent / f"{first}.log"
    while first < last:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            try:
                part = pool.submit(run_batch, arguments, master, first, last - first, log).result()
                tally.add(part)
                first += sum(part.codes.values())
            except BrokenProcessPool:
                number, _, words = log.read_text(encoding="utf-8").splitlines()[-1].partition(" ")
                tally.failures.append(f"{number} the process died   <- {words}")
                first = int(number) + 1
    return tally


def _make(master: Path) -> None:
    signal.signal(signal.SIGALRM, _interrupt)
    make_inputs(master)


def main() -> None:
    """Fuzz the commands and print what was found."""
    parser = fuzzing.make_parser(__doc__, "command lines", 100_000)
    parser.add_argument("--commands", nargs="+", help="such as 'corpus build' (default: all)")
    arguments = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "WORDLAB_CACHE": f"{folder}/cache",
            "OMP_NUM_THREADS": "1",
            "OMP_STACKSIZE": "256k",
            "COLUMNS": "100",
        }
        tally = fuzz(arguments, Path(folder) / "inputs")
    sys.stdout.write(
        f"{machine_line()}\nseed {arguments.seed}: {arguments.inputs:,} command lines in "
        f"{time.perf_counter() - start:.0f} s; exit codes "
        f"{', '.join(f'{code}: {number:,}' for code, number in sorted(tally.codes.items()))}; "
        f"{tally.interrupted:,} ended by Ctrl-C; {len(tally.failures)} failures\n"
    )
    fuzzing.write_kinds(tally.failures)
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
