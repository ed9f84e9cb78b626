"""Damaged and hostile files for every reader, which must give vectors or one clear line.

    python benchmarks/fuzz_formats.py --inputs 100000 --processes 2
    python benchmarks/fuzz_formats.py --formats glove --first 4711 --inputs 1 --show

Each input is a small file made by the format's own writer, with one to three mutations. It is read
strictly or leniently, under any policy for duplicates, sometimes for a few words only, by the name of
its format or by detection, sometimes by another encoding, with other separators or in a zip archive. It
fails if

- the reader raises anything but an error of wordlab, or the message is not one line;
- vectors are not finite, or the reader takes longer than 20 s or 256 MB more memory;
- a row before the first damage is changed, or dropped by strict reading;
- text is read differently from the plain Python parser below.

An input depends only on the seed, the format and its number. Exit code 1 if any input fails.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
import warnings
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache
from random import Random
from types import FrameType
from typing import Any

import numpy as np
from mutations import mutate
from reporting import machine_line

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS, DUPLICATE_POLICIES
from wordlab.embeddings.formats.names import BYTE_ORDERS
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text import Vocabulary

SECONDS_ALLOWED = 20
MEMORY_ALLOWED = 256 << 20
BATCH = 2_500
FORMATS = [name for name in DETECTED_FORMATS if name != "floret"]  # which holds no words
TEXT_FORMATS = ("word2vec", "glove")
ENCODED_FORMATS = ("word2vec", "glove", "word2vec-binary")
BINARY_FORMATS = ("fasttext-binary", "safetensors", "numpy")  # which hold counts and subwords
WORDS = ["the", "king", "naïve", "42", "1/2\u00a0cup", "東京", ",", '"', "#", "e", "-1.5", "x" * 40]


class TookTooLongError(Exception):
    """A reader did not return in time."""


@dataclass(frozen=True)
class Sample:
    """A valid file, its vectors, and where each row ends (empty if rows are not in order)."""

    data: bytes
    vectors: WordVectors
    row_ends: list[int]


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


@cache
def samples(format: str) -> list[Sample]:
    """Small files in `format`, with few rows and many, one dimension and several."""
    made = []
    rng = np.random.default_rng(7)
    for num_words, dim in ((1, 1), (3, 2), (12, 1), (12, 4), (12, 25), (200, 3)):
        words = [*WORDS, *(f"w{i}" for i in range(200))][:num_words]
        matrix = rng.normal(size=(num_words, dim)).astype(np.float32)
        matrix[0] = np.round(matrix[0])  # whole numbers, perhaps zero
        counted = format in BINARY_FORMATS
        subwords = Subwords(2, 4, rng.normal(size=(20, dim))) if counted and num_words > 3 else None
        counts = range(num_words, 0, -1) if counted else [0] * num_words
        vectors = WordVectors(Vocabulary(words, list(counts)), matrix, subwords=subwords)
        stream = io.BytesIO()
        write_vectors(vectors, stream, format=format)
        made.append(Sample(stream.getvalue(), vectors, _row_ends(stream.getvalue(), format, vectors)))
    return made


def _row_ends(data: bytes, format: str, vectors: WordVectors) -> list[int]:
    if format in TEXT_FORMATS:
        ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
        return ends[1:] if format == "word2vec" else ends
    if format == "word2vec-binary":
        sizes = [len(word.encode()) + 1 + 4 * vectors.dim for word in vectors.vocabulary.words]
        return (data.index(b"\n") + 1 + np.cumsum(sizes)).tolist()
    return []


@cache
def everything() -> list[bytes]:
    """The data of all samples in all formats, to splice from."""
    return [sample.data for format in FORMATS for sample in samples(format)]


def make_input(format: str, seed: int, number: int) -> tuple[Sample, bytes, dict[str, Any]]:
    """Input `number`: its sample, the damaged data, and the options to read it with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    sample = random.choice(samples(format))
    data = mutate(sample.data, random, everything())
    options: dict[str, Any] = {
        "format": random.choice((format, format, None)),
        "lenient": random.random() < 0.5,
        "duplicates": random.choice(DUPLICATE_POLICIES),
    }
    if random.random() < 0.2:
        options["only"] = random.sample([*sample.vectors.vocabulary.words, "", "no such word"], 2)
    if random.random() < 0.2:
        data = random.choice(DISGUISES)(data, random)
    if random.random() < 0.1:
        options["prefix"] = random.choice(("w", "t", "\u0131"))
    if random.random() < 0.2 and format in ENCODED_FORMATS and options["format"]:
        options["encoding"] = random.choice(("latin-1", "utf-16-le", "utf-16", "shift_jis", "gb18030"))
    if random.random() < 0.2 and options["format"] == "word2vec-binary":
        options["byte_order"] = random.choice(BYTE_ORDERS)
    return sample, data, options


def _separated(data: bytes, random: Random) -> bytes:
    """The data with other separators, in brackets, with decimal commas and the like."""
    old, new = random.choice(
        (
            (b" ", b"\t"),
            (b" ", b"  "),
            (b" ", b","),
            (b" ", b";"),
            (b".", b","),
            (b"\n", b"]\n"),
            (b" ", b" 1:"),
        )
    )
    return data.replace(old, new, random.choice((-1, -1, 1, 20)))


def _zipped(data: bytes, random: Random) -> bytes:
    """The data in a zip archive, sometimes a damaged one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr("v.txt", data)
    return random.choice((stream.getvalue(), mutate(stream.getvalue(), random, everything())))


def _in_utf16(data: bytes, random: Random) -> bytes:
    return data.decode("latin-1").encode(random.choice(("utf-16", "utf-16-be")))


DISGUISES = (_separated, _separated, _zipped, _in_utf16)


def check(sample: Sample, data: bytes, options: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether the data was read, and what is wrong with the outcome, if anything."""
    try:
        found = read_vectors(io.BytesIO(data), **options)
    except (FormatError, SourceError, ConfigError) as error:
        lines = str(error).splitlines()
        return False, None if len(lines) == 1 and len(lines[0]) < 1000 else f"message {str(error)!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        return False, f"{type(error).__name__}: {error}"
    return True, _wrong_vectors(found, sample, data, options)


def _wrong_vectors(found: WordVectors, sample: Sample, data: bytes, options: dict[str, Any]) -> str | None:
    if not np.isfinite(found.matrix).all() or len(found) != len(set(found.vocabulary.words)):
        return "vectors that are not finite, or words that are not unique"
    is_unusual = any(name in found.details for name in ("separator", "encoding", "prefix", "byte_order"))
    if options["duplicates"] == "last" or found.details["format"] != options["format"] or is_unusual:
        return None  # rows before the damage may legitimately change
    prefix = _first_difference(sample.data, data)
    num_whole = sum(end <= prefix for end in sample.row_ends)
    if found.dim == sample.vectors.dim:
        for word, vector in zip(
            sample.vectors.vocabulary.words[:num_whole], sample.vectors.matrix, strict=False
        ):
            wanted = word in options.get("only", [word])
            if wanted and word in found and found[word].tobytes() != vector.tobytes():
                return f"{word!r}, which precedes the damage, has another vector"
            if wanted and word not in found and not options["lenient"]:
                return f"{word!r}, which precedes the damage, is missing"
    if found.details["format"] in TEXT_FORMATS and not options["lenient"]:
        return _other_than_plain(found, data, options)
    return None


def _first_difference(left: bytes, right: bytes) -> int:
    length = min(len(left), len(right))
    same = np.frombuffer(left, np.uint8, length) == np.frombuffer(right, np.uint8, length)
    return length if same.all() else int(np.argmin(same))


def _other_than_plain(found: WordVectors, data: bytes, options: dict[str, Any]) -> str | None:
    """What differs from text parsed in the plainest way, if anything."""
    if data[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5", b"PK"):
        return None  # compressed
    lines = data.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n").split(b"\n")
    expected: dict[str, bytes] = {}
    for line in lines[found.details["format"] == "word2vec" :]:
        fields = line.removesuffix(b"\r").removesuffix(b" ").rsplit(b" ", found.dim)
        name = fields[0].rstrip(b" ").decode("utf-8", "replace")
        if name in options.get("only", [name]):
            numbers = np.array([float(number) for number in fields[1:]]).astype(np.float32)
            expected.setdefault(name, numbers.tobytes())
    rows = {word: row.tobytes() for word, row in zip(found.vocabulary.words, found.matrix, strict=True)}
    return None if rows == expected else "vectors other than those of the plain parser"


def run_batch(format: str, seed: int, first: int, num_inputs: int, show: bool) -> Tally:
    """The outcomes of the inputs from `first` on, each read under limits of time and memory."""
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    everything()
    limit_memory()
    tally = Tally(format)
    for number in range(first, first + num_inputs):
        sample, data, options = make_input(format, seed, number)
        if show:
            sys.stdout.write(f"{options}\n{data!r}\n")
        before, start = peak_memory(), time.perf_counter()
        faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)  # should Python not interrupt it
        signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
        was_read, problem = check(sample, data, options)
        signal.setitimer(signal.ITIMER_REAL, 0)
        memory = peak_memory() - before
        if problem is None and memory > MEMORY_ALLOWED:
            problem = f"took {memory >> 20} MB of memory"
        tally.num_inputs += 1
        tally.num_read += was_read
        tally.num_refused += not was_read
        tally.slowest = max(tally.slowest, time.perf_counter() - start)
        tally.memory = max(tally.memory, memory)
        if problem:
            tally.failures.append(f"{format} {number} {json.dumps(options, ensure_ascii=False)}: {problem}")
    faulthandler.cancel_dump_traceback_later()
    return tally


def _raise_took_too_long(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def limit_memory() -> None:
    """Make allocations far beyond the allowed memory fail, so that they are found and not swapped."""
    if not os.path.exists("/proc/self/statm"):
        return
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + 4 * MEMORY_ALLOWED
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def peak_memory() -> int:
    """The peak of bytes used by this process (0 where the system does not report it)."""
    # not ru_maxrss, which a process inherits from its parent
    try:
        with open("/proc/self/status") as file:
            lines = dict(line.split(":", 1) for line in file)
    except OSError:
        return 0
    return int(lines["VmHWM"].split()[0]) * 1024


def fuzz(arguments: argparse.Namespace, format: str, pool: ProcessPoolExecutor) -> Tally:
    """The outcomes of all inputs of one format, spread over the processes."""
    tally = Tally(format)
    last = arguments.first + arguments.inputs
    starts = range(arguments.first, last, BATCH)
    jobs = [
        pool.submit(run_batch, format, arguments.seed, start, min(BATCH, last - start), arguments.show)
        for start in starts
    ]
    for job in jobs:
        tally.add(job.result())
    return tally


def main() -> None:
    """Fuzz the formats asked for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per format (default 100000)")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS, help="default: all")
    parser.add_argument("--processes", type=int, default=1, help="processes that share the work (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each input")
    parser.add_argument("--json", action="store_true", help="print a line of JSON per format")
    arguments = parser.parse_args()
    row = "{:<18}{:>10}{:>10}{:>10}{:>11}{:>11}{:>9}{:>10}\n"
    names = ("format", "inputs", "read", "refused", "slowest", "memory", "took", "failures")
    sys.stdout.write(
        "" if arguments.json else f"{machine_line()}\nseed {arguments.seed}\n{row.format(*names)}"
    )
    failures = []
    # or glibc keeps the large blocks that compressors free, and a long batch hits its limit
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.processes, mp_context=spawn) as pool:
        for format in arguments.formats:
            start = time.perf_counter()
            tally = fuzz(arguments, format, pool)
            took = time.perf_counter() - start
            failures += tally.failures
            numbers = (f"{n:,}" for n in (tally.num_inputs, tally.num_read, tally.num_refused))
            limits = (f"{tally.slowest:.2f} s", f"{tally.memory >> 20} MB", f"{took:.0f} s")
            line = row.format(format, *numbers, *limits, len(tally.failures))
            sys.stdout.write(json.dumps(asdict(tally)) + "\n" if arguments.json else line)
            sys.stdout.flush()
    for failure in failures[:20]:
        sys.stderr.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
