"""Damaged and hostile directories of vectors: `fuzz_formats.py` for formats of several files.

    python benchmarks/fuzz_directories.py --inputs 100000
    python benchmarks/fuzz_directories.py --formats projector --first 4711 --inputs 1

One or two files of a valid directory are mutated. The outcome must be finite vectors or a FormatError
of one line, within 20 seconds and 256 MB. spaCy must be installed for its format.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_formats import MEMORY_ALLOWED, SECONDS_ALLOWED, WORDS, limit_memory, peak_memory
from mutations import mutate
from reporting import machine_line

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DUPLICATE_POLICIES
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

FORMATS = ("projector", "spacy")
# the files that hold the vectors, as opposed to hints for the other program
DAMAGED = {"projector": ("vectors.tsv", "metadata.tsv"), "spacy": ("vectors", "key2row", "strings.json")}


@cache
def samples(format: str) -> list[dict[str, bytes]]:
    """The files of small directories, by name."""
    made = []
    rng = np.random.default_rng(7)
    for num_words, dim in ((1, 1), (12, 4), (60, 3)):
        words = [*WORDS, *(f"w{i}" for i in range(60))][:num_words]
        counts = list(range(num_words, 0, -1)) if num_words == 12 else [0] * num_words
        vectors = WordVectors(Vocabulary(words, counts), rng.normal(size=(num_words, dim)))
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder) / "v"
            if format == "projector":
                write_vectors(vectors, directory, format=format)
            else:
                _write_spacy(vectors, directory)
            made.append({path.name: path.read_bytes() for path in sorted(directory.iterdir())})
    return made


def _write_spacy(vectors: WordVectors, directory: Path) -> None:
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

    words = list(vectors.vocabulary.words)
    Vectors(strings=StringStore(words), data=np.array(vectors.matrix), keys=words).to_disk(directory)


def make_input(format: str, seed: int, number: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Input `number`: the files, and the options to read them with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    files = dict(random.choice(samples(format)))
    others = list(files.values())
    for name in random.sample(DAMAGED[format], random.choice((1, 1, 2))):
        files[name] = mutate(files[name], random, others)
    options: dict[str, Any] = {
        "format": random.choice((format, None)),
        "lenient": random.random() < 0.5,
        "duplicates": random.choice(DUPLICATE_POLICIES),
    }
    if random.random() < 0.2:
        options["only"] = ["king", "w7"]
    return files, options


def check(directory: Path, options: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether the directory was read, and what is wrong with the outcome, if anything."""
    try:
        found = read_vectors(directory, **options)
    except FormatError as error:
        lines = str(error).splitlines()
        return False, None if len(lines) == 1 and len(lines[0]) < 1000 else f"message {str(error)!r}"
    except Exception as error:  # any other exception is a finding
        return False, f"{type(error).__name__}: {error}"
    good = np.isfinite(found.matrix).all() and len(found) == len(set(found.vocabulary.words))
    return True, None if good else "vectors that are not finite, or words that are not unique"


def fuzz(format: str, seed: int, first: int, num_inputs: int) -> list[str]:
    """The failures among the inputs from `first` on; prints a line."""
    failures = []
    num_read, slowest, start = 0, 0.0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        for number in range(first, first + num_inputs):
            files, options = make_input(format, seed, number)
            for name, data in files.items():
                (directory / name).write_bytes(data)
            memory, begin = peak_memory(), time.perf_counter()
            faulthandler.dump_traceback_later(SECONDS_ALLOWED, exit=True)
            was_read, problem = check(directory, options)
            memory = peak_memory() - memory
            if problem is None and memory > MEMORY_ALLOWED:
                problem = f"took {memory >> 20} MB of memory"
            num_read += was_read
            slowest = max(slowest, time.perf_counter() - begin)
            if problem:
                failures.append(f"{format} {number} {options}: {problem}")
    faulthandler.cancel_dump_traceback_later()
    took = time.perf_counter() - start
    sys.stdout.write(
        f"{format:<12}{num_inputs:>10,} inputs {num_read:>9,} read {num_inputs - num_read:>9,} refused  "
        f"slowest {slowest:.2f} s  took {took:.0f} s  {len(failures)} failures\n"
    )
    sys.stdout.flush()
    return failures


def main() -> None:
    """Fuzz the formats asked for and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per format (default 100000)")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS, help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    arguments = parser.parse_args()
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ:
        # or glibc keeps the large blocks that compressors free; it reads this when a program starts
        environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "131072"}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606
    sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n")
    failures = []
    for format in arguments.formats:
        samples(format)  # loads spaCy before the limit is set
        warnings.simplefilter("error")
        limit_memory()
        failures += fuzz(format, arguments.seed, arguments.first, arguments.inputs)
    for failure in failures[:20]:
        sys.stderr.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
