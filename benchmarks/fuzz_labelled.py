"""Damaged and hostile labelled texts in every format: `fuzz_formats.py` for `sentiment train`.

    python benchmarks/fuzz_labelled.py --inputs 100000
    python benchmarks/fuzz_labelled.py --formats parquet --first 4711 --inputs 1 --show

Each input is a small file, or a file in a folder of its class, with one to three mutations, read with
options drawn at random and inspected as before training. The outcome must be texts with labels, or an
error of wordlab's own of one line, within 20 seconds and 256 MB. Of texts without compression each must
occur in the file, and each label be one line. An input depends only on the seed, the format and its number.
"""

from __future__ import annotations

import argparse
import csv
import faulthandler
import io
import json
import os
import signal
import sys
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fuzz_formats import MEMORY_ALLOWED, SECONDS_ALLOWED, TookTooLongError, limit_memory, peak_memory
from mutations import mutate
from reporting import machine_line

from wordlab.errors import WordlabError
from wordlab.sentiment import LabelledTexts, inspect, read_labelled

FORMATS = ("tsv", "csv", "jsonl", "parquet", "lines", "fasttext", "folders")
SUFFIXES = {"lines": "txt", "fasttext": "txt", "folders": "txt"}
TEXTS = ["a good film", 'it is "bad", he said', "so-so", "很好", "naïve; déjà vu", "x" * 300, "", "1", "nan"]
LABELS = (["pos", "neg"], ["0", "1", "2"], ["y", "n"], ["label", "text"])
ENCODINGS = ("latin-1", "utf-16", "utf-16-le", "shift_jis", "utf-7", "cp1252", "hz", "rot13")
_LONGEST_MESSAGE = 1000


@cache
def samples(format: str) -> list[bytes]:
    """Small files in `format`, of several sizes and sets of labels."""
    made = []
    for names in LABELS:
        for number in (1, 2, 9, 60):
            pairs = [(TEXTS[n % len(TEXTS)], names[n % len(names)]) for n in range(number)]
            made.append(_write(pairs, format))
    return made


def _write(pairs: list[tuple[str, str]], format: str) -> bytes:
    texts, labels = zip(*pairs, strict=True)
    if format == "parquet":
        return _write_parquet(list(texts), list(labels))
    if format == "csv":
        stream = io.StringIO()
        csv.writer(stream).writerows([("id", "text", "label"), *((n, *pair) for n, pair in enumerate(pairs))])
        return stream.getvalue().encode()
    forms = {
        "tsv": "{label}\t{text}\n",
        "lines": "{label} {text}\n",
        "fasttext": "__label__{label} {text}\n",
        "folders": "{text}\n",
    }
    if format == "jsonl":
        lines = (json.dumps({"text": text, "label": _value(label)}) + "\n" for text, label in pairs)
        return "".join(lines).encode()
    return "".join(forms[format].format(text=text, label=label) for text, label in pairs).encode()


def _value(label: str) -> Any:
    return int(label) if label.isdecimal() else label


def _write_parquet(texts: list[str], labels: list[str]) -> bytes:
    """A table with columns of many types beside the texts and labels."""
    number = len(texts)
    stream = io.BytesIO()
    table = {
        "text": texts,
        "label": [_value(label) for label in labels],
        "share": [0.5 * n for n in range(number)],
        "time": pa.array(range(number), pa.timestamp("ns", "Europe/Paris")),
        "bytes": [text.encode() for text in texts],
        "list": [[n] for n in range(number)],
        "kind": pa.array(labels).dictionary_encode(),
    }
    pq.write_table(pa.table(table), stream, compression="none", row_group_size=20)
    return stream.getvalue()


@cache
def everything() -> list[bytes]:
    """The data of all samples in all formats, to splice from."""
    return [sample for format in FORMATS for sample in samples(format)]


def make_input(format: str, seed: int, number: int) -> tuple[bytes, dict[str, Any]]:
    """Input `number`: the damaged data, and the options to read it with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    data = mutate(random.choice(samples(format)), random, everything())
    encoding = random.choice(ENCODINGS) if random.random() < 0.2 else "utf-8"
    options: dict[str, Any] = {"encoding": encoding, "max_record": 1}
    columns = ("text", "label", "0", "1", "time", "bytes", "list", "kind", "share", "", "99999999999", "²")
    if format in ("tsv", "csv", "jsonl", "parquet"):
        if random.random() < 0.2:
            options["text_column"] = random.choice(columns)
        if random.random() < 0.2:
            options["label_column"] = random.choice(columns)
    if format in ("tsv", "csv"):
        options["header"] = random.choice((None, None, True, False))
        if random.random() < 0.2:
            options["delimiter"] = random.choice((",", ";", "\t", "\\t", "ab", '"'))
    if random.random() < 0.1 and format != "folders":
        options["input_format"] = random.choice(FORMATS[:-1])
    return data, options


def place_input(directory: Path, format: str, data: bytes) -> Path:
    """Where the data is, written as a file, or as one of the files of a class."""
    if format != "folders":
        path = directory / f"x.{SUFFIXES.get(format, format)}"
        path.write_bytes(data)
        return path
    root = directory / "train"
    for label, content in (("pos", data), ("neg", b"a bad film")):
        (root / label).mkdir(parents=True, exist_ok=True)
        (root / label / "1.txt").write_bytes(content)
    return root


def check(path: Path, data: bytes, options: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether the input was read, and what is wrong with the outcome, if anything."""
    try:
        found = read_labelled(path, **options)
        problem = _wrong_texts(found, data, options)
        inspect(found)
    except WordlabError as error:
        message = str(error)
        good = len(message.splitlines()) == 1 and len(message) < _LONGEST_MESSAGE and message.isprintable()
        return False, None if good else f"message {message!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        return False, f"{type(error).__name__}: {error}"
    return True, problem


def _wrong_texts(found: LabelledTexts, data: bytes, options: dict[str, Any]) -> str | None:
    if not all(label.strip() and len(label.splitlines()) == 1 for label in found.classes):
        return "a label that is empty or several lines"
    format = options.get("input_format") or Path(found.source).suffix
    if options["encoding"] != "utf-8" or format not in ("tsv", "lines", "fasttext", ".tsv", ".txt"):
        return None
    if data[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5", b"\xff\xfe", b"\xfe\xff"):
        return None  # compressed, or UTF-16 by its mark
    whole = data.decode("utf-8", "replace")
    for text, label in zip(found.texts, found.labels, strict=True):
        if text not in whole or label not in whole:
            return f"a pair that is not in the file: {text!r}, {label!r}"
    return None


def fuzz(format: str, arguments: argparse.Namespace) -> list[str]:
    """The failures among the inputs of one format; prints a line."""
    failures: list[str] = []
    num_read, slowest, largest, start = 0, 0.0, 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.first, arguments.first + arguments.inputs):
            data, options = make_input(format, arguments.seed, number)
            path = place_input(Path(folder), format, data)
            if arguments.show:
                sys.stdout.write(f"{options}\n{data!r}\n")
            memory, begin = peak_memory(), time.perf_counter()
            faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)  # should Python not interrupt
            signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
            was_read, problem = check(path, data, options)
            signal.setitimer(signal.ITIMER_REAL, 0)
            memory = peak_memory() - memory
            if problem is None and memory > MEMORY_ALLOWED:
                problem = f"took {memory >> 20} MB of memory"
            num_read += was_read
            slowest, largest = max(slowest, time.perf_counter() - begin), max(largest, memory)
            if problem:
                failures.append(f"{format} {number} {json.dumps(options)}: {problem[:500]}")
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(
        f"{format:<10}{arguments.inputs:>10,} inputs {num_read:>9,} read "
        f"{arguments.inputs - num_read:>9,} refused  slowest {slowest:.2f} s  memory {largest >> 20} MB  "
        f"took {time.perf_counter() - start:.0f} s  {len(failures)} failures\n"
    )
    sys.stdout.flush()
    return failures


def _raise_took_too_long(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def main() -> None:
    """Fuzz the formats asked for and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per format (default 100000)")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS, help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each input")
    arguments = parser.parse_args()
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ:
        # or glibc keeps the large blocks that compressors free; it reads this when a program starts
        environment = {
            **os.environ,
            "MALLOC_TRIM_THRESHOLD_": "131072",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        }
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606
    sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n")
    everything()
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    limit_memory()
    failures = [failure for format in arguments.formats for failure in fuzz(format, arguments)]
    for failure in failures[:20]:
        sys.stderr.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
