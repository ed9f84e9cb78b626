"""Kill each writing command at random moments; look for damage, and for litter after the next run.

    python benchmarks/kills.py [--kills 30] [--seed 1] [--only NAME]

SIGKILL three times out of five, else SIGTERM or SIGHUP. The moments are drawn over the time that a whole
run takes. After each kill every artefact at an output must load; after one more run, which must succeed,
nothing hidden may be left and the output must have the bytes of an undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wordlab import artifact

_MAIN = "from pipelines.cli import main; main()"
_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
_TEXT = "the king and the queen of paris met a man and a woman\n"

PREPARE = (
    "corpus build texts.txt -o corpus -q",
    "embeddings train corpus -o vectors --dim 10 --epochs 1 --threads 1 -q",
    "embeddings export vectors vectors.txt --format glove -q",
)
COMMANDS = {
    "build": ("corpus build texts.txt -o out --overwrite -q", "out"),
    "subsample": ("corpus subsample corpus -o out --overwrite -q", "out"),
    "phrases": ("corpus phrases corpus -o out --threshold 0.1 --passes 2 --overwrite -q", "out"),
    "cooccurrences": ("corpus cooccurrences corpus -o out --overwrite -q", "out"),
    "train": (
        "embeddings train corpus -o out --dim 10 --epochs 300 --threads 1 --checkpoint-every 0.02s --resume "
        "--overwrite -q",
        "out",
    ),
    "glove": (
        "embeddings train corpus -o out --model glove --dim 10 --epochs 300 --threads 1 "
        "--checkpoint-every 0.02s --resume --overwrite -q",
        "out",
    ),
    "import": ("embeddings import vectors.txt -o out --overwrite -q", "out"),
    "export": ("embeddings export vectors out.txt --format glove --overwrite -q", "out.txt"),
    "encode": ("embeddings encode vectors labelled.tsv -o out --pooling usif --overwrite -q", "out"),
    "quantise": ("embeddings quantise vectors -o out --precision int8 --overwrite -q", "out"),
    "sentiment": (
        "sentiment train labelled.tsv -o out --epochs 3 --threads 1 --checkpoint state --resume "
        "--overwrite -q",
        "out",
    ),
    "nbsvm": ("sentiment train labelled.tsv -o out --model nbsvm --overwrite -q", "out"),
    "vision": ("vision train --model lenet --epochs 2 --threads 1 -o out --overwrite -q", "out"),
    "plot": ("embeddings plot vectors out.png --method pca --overwrite -q", "out.png"),
}
"""Each writing command, which can be run again, and what it writes."""

_CLEAR_FIRST = {"sentiment": ("state",)}
"""What a run must not find of the run before, to take as long: it would only resume."""


@dataclass(frozen=True)
class Finding:
    """What was seen of a command: kills that hit it at work, and what was wrong."""

    command: str
    num_kills: int
    num_hits: int
    wrong: tuple[str, ...]


def prepare(place: Path) -> None:
    """Write small inputs for all commands."""
    (place / "texts.txt").write_text(_TEXT * 400, encoding="utf-8")
    lines = [
        f"{label}\ta {word} film {n}" for n in range(20) for label, word in (("p", "good"), ("n", "bad"))
    ]
    (place / "labelled.tsv").write_text("label\ttext\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for line in PREPARE:
        if run(place, line) != 0:
            raise RuntimeError(f"failed: {line}")


def start(place: Path, line: str) -> subprocess.Popen[bytes]:
    """The command as a process."""
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *line.split()],
        cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def run(place: Path, line: str) -> int:
    """The exit code of the command, run to its end."""
    return start(place, line).wait()


def check(place: Path, name: str, num_kills: int, seed: int) -> Finding:
    """Kill the command `name` so many times in `place`, which `prepare` has filled."""
    line, output = COMMANDS[name]
    before = set(os.listdir(place))
    begun = time.monotonic()
    if run(place, line) != 0:
        return Finding(name, 0, 0, (f"{name}: does not run",))
    seconds, whole = time.monotonic() - begun, content(place / output)
    draw, num_hits, wrong = random.Random(seed), 0, []  # noqa: S311
    for number in range(num_kills):
        for state in _CLEAR_FIRST.get(name, ()):
            shutil.rmtree(place / state, ignore_errors=True)
        process = start(place, line)
        time.sleep(draw.uniform(0, seconds))
        process.send_signal(draw.choice(_SIGNALS))
        num_hits += process.wait() != 0
        wrong += [f"kill {number}: {problem}" for problem in damage(place)]
    if run(place, line) != 0:
        wrong.append("the next run fails")
    elif content(place / output) != whole:
        wrong.append("the next run writes other bytes")
    known = before | {output, *_CLEAR_FIRST.get(name, ())}
    wrong += [f"litter: {entry}" for entry in sorted(set(os.listdir(place)) - known)]
    for entry in set(os.listdir(place)) - before:
        shutil.rmtree(place / entry) if (place / entry).is_dir() else (place / entry).unlink()
    return Finding(name, num_kills, num_hits, tuple(wrong))


def damage(place: Path) -> Iterator[str]:
    """What is wrong with the artefacts that can be seen in `place`."""
    for directory in sorted(place.iterdir()):
        if directory.is_dir() and not directory.name.startswith("."):
            try:
                manifest = json.loads((directory / artifact.MANIFEST).read_bytes())
                artifact.load(directory, kind=manifest["kind"], format_version=manifest["format_version"])
            except (OSError, ValueError) as error:
                yield f"{directory.name}: {error}"


def content(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file in a directory, but for times that a classifier records."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    return {file.name: file.read_bytes() for file in files if file.name != artifact.MANIFEST}


def main() -> None:
    """Kill, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(COMMANDS), action="append")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        prepare(Path(directory))
        print(f"{'command':<12}{'kills':>6}{'at work':>9}  wrong")
        for name in options.only or COMMANDS:
            found = check(Path(directory), name, options.kills, options.seed)
            failed = failed or bool(found.wrong)
            print(f"{name:<12}{found.num_kills:>6}{found.num_hits:>9}  {'; '.join(found.wrong) or 'nothing'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
