"""Damaged and hostile artefacts of every kind, sealed with the right digests.

    python benchmarks/fuzz_artifacts.py --inputs 100000 --processes 2
    python benchmarks/fuzz_artifacts.py --kinds vectors --first 4711 --inputs 1 --show

Each input is a small artefact of which one to three parts are changed: a value in the manifest or in a
payload of JSON (another type, a huge number, deep nesting, a key that is missing), the bytes of the manifest,
or the bytes of a payload. Sizes and digests are then made to fit, so that nothing but the readers' own checks
stands between the content and the program. States of training are resumed from. It fails if

- loading it, or using what was loaded, raises anything but a WordlabError;
- the message is not one line;
- it takes longer than 20 s, or the process dies or runs out of memory.

An input depends only on the seed, the kind and its number. Exit code 1 if any input fails.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import io
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz_formats import SECONDS_ALLOWED, TookTooLongError, limit_memory
from reporting import machine_line
from small_artifacts import KINDS, Kind
from structured_mutations import changed

from wordlab.errors import WordlabError

BATCH = 1_000


def damage(directory: Path, random: Random, others: list[bytes]) -> list[str]:
    """Change one to three parts of the artefact and seal it again; what was changed."""
    parts = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        path = random.choice(sorted(directory.iterdir()))
        path = directory / "manifest.json" if random.random() < 0.4 else path
        data = path.read_bytes()
        new = changed(path.suffix, data, random, others)
        path.write_bytes(new)
        parts.append(f"{path.name}: {len(data)} -> {len(new)} bytes")
    if random.random() < 0.97:
        _seal(directory)
    return parts


def _seal(directory: Path) -> None:
    """Make sizes and digests in the manifest fit, as far as there is a manifest."""
    path = directory / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        payloads = manifest["payloads"]
        for name in payloads:
            data = (directory / name).read_bytes()
            if "bytes" in payloads[name] and not isinstance(payloads[name]["bytes"], str | list):
                payloads[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        text = json.dumps(manifest)
    except (ValueError, TypeError, KeyError, OSError, RecursionError, AttributeError):
        return
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass
class Tally:
    """The outcomes of some inputs."""

    num_inputs: int = 0
    num_loaded: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the outcomes of others."""
        self.num_inputs += other.num_inputs
        self.num_loaded += other.num_loaded
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


def check(kind: Kind, path: Path, show: bool) -> tuple[bool, str | None]:
    """Whether the artefact was loaded and used, and what is wrong with the outcome, if anything."""
    try:
        kind.use(path)
    except WordlabError as error:
        if show:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return False, None if len(str(error).splitlines()) == 1 else f"message {str(error)!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        if show:
            traceback.print_exc()
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if "/wordlab/" in frame.filename
        ]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-2:]))
        return False, f"{type(error).__name__} at {where}: {str(error)[:150]!r}"
    return True, None


def run_batch(name: str, seed: int, first: int, number: int, master: Path, show: bool) -> Tally:
    """The outcomes of the inputs from `first` on, each under limits of time and memory."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    kind, tally = KINDS[name], Tally()
    directory = master / name
    others = [path.read_bytes() for path in sorted(directory.iterdir())]
    stdout, sys.stdout = sys.stdout, io.StringIO()  # what reports print
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        shutil.copytree(directory, path)
        kind.use(path)  # compiles and imports before limits count
        limit_memory()
        for index in range(first, first + number):
            random = Random(f"{seed}/{name}/{index}")  # noqa: S311 - not for secrets
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(directory, path)
            parts = damage(path, random, others)
            start = time.perf_counter()
            faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)
            signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
            loaded, problem = check(kind, path, show)
            signal.setitimer(signal.ITIMER_REAL, 0)
            tally.num_inputs += 1
            tally.num_loaded += loaded
            tally.slowest = max(tally.slowest, time.perf_counter() - start)
            if problem:
                tally.failures.append(f"{index}: {problem}   <- {'; '.join(parts)}")
            sys.stdout.seek(0)
            sys.stdout.truncate()
    faulthandler.cancel_dump_traceback_later()
    sys.stdout = stdout
    return tally


def _raise_took_too_long(*_: Any) -> None:
    raise TookTooLongError


def make_all(names: list[str], master: Path) -> None:
    """One small artefact of each kind."""
    for name in names:
        KINDS[name].make(master / name)


def fuzz(arguments: argparse.Namespace, name: str, master: Path, pool: ProcessPoolExecutor) -> Tally:
    """The outcomes of all inputs of one kind, spread over the processes."""
    tally, last = Tally(), arguments.first + arguments.inputs
    jobs = [
        pool.submit(run_batch, name, arguments.seed, first, min(BATCH, last - first), master, arguments.show)
        for first in range(arguments.first, last, BATCH)
    ]
    for job in jobs:
        tally.add(job.result())
    return tally


def main() -> None:
    """Fuzz the kinds asked for and print a table, and each kind of failure once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=7_000, help="inputs per kind (default 7000)")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, help="default: all")
    parser.add_argument("--processes", type=int, default=1, help="processes that share the work (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each outcome")
    arguments = parser.parse_args()
    row = "{:<28}{:>10}{:>10}{:>10}{:>11}{:>9}{:>10}\n"
    sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n")
    sys.stdout.write(row.format("kind", "inputs", "loaded", "refused", "slowest", "took", "failures"))
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    failures: list[str] = []
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.kinds:
            # a pool for each kind: memory is limited when its libraries are loaded
            with ProcessPoolExecutor(arguments.processes, mp_context=spawn) as pool:
                pool.submit(make_all, [name], Path(folder)).result()
                start = time.perf_counter()
                tally = fuzz(arguments, name, Path(folder), pool)
            refused = tally.num_inputs - tally.num_loaded
            numbers = (f"{n:,}" for n in (tally.num_inputs, tally.num_loaded, refused))
            took = f"{time.perf_counter() - start:.0f} s"
            sys.stdout.write(row.format(name, *numbers, f"{tally.slowest:.2f} s", took, len(tally.failures)))
            sys.stdout.flush()
            failures += [f"{name} {failure}" for failure in tally.failures]
    kinds = Counter(
        re.sub(r"\d{3,}", "N", re.sub(r" \d+: ", ": ", f.split("   <- ")[0], count=1)) for f in failures
    )
    for kind, number in kinds.most_common(40):
        sys.stdout.write(f"{number:>6} {kind}\n")
    for failure in failures[:40]:
        sys.stdout.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
