"""How soon training starts in a fresh process with compiled kernels, and in the first, which compiles.

    WORDLAB_DATA=DIRECTORY python benchmarks/start.py --runs 5

Measured from the start of a process to the first words trained, as reported by the first Progress, which
comes a tenth of a second after training begins. The first process of each variant finds an empty cache;
the extra time it takes is compilation. The command `wordlab embeddings train` also runs once with an empty
cache, to check that it tells the user on stderr what it is waiting for. Seconds of compilation are given
in processor time, too, which a busy machine does not change.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reporting import Limit, add_json_option, deliver, verdicts
from wiki import write_wiki_lines

SECONDS_TO_START = 2
SECONDS_TO_COMPILE = 10
VARIANTS = {
    "skip-gram": {"model": "skipgram"},
    "CBOW": {"model": "cbow"},
    "skip-gram, hierarchical": {"model": "skipgram", "loss": "hierarchical"},
    "CBOW, hierarchical": {"model": "cbow", "loss": "hierarchical"},
}

FRESH = """
import json, sys, time
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, train

class Started(Exception):
    pass

def listen(event):
    if event.task == "train" and event.done:
        raise Started

try:
    train(Corpus.load(sys.argv[1]), Word2VecConfig(**json.loads(sys.argv[2])), on_progress=listen)
except Started:
    print(time.time())
"""


def to_start(corpus: Path, fields: dict[str, Any], cache: Path) -> dict[str, float]:
    """Seconds from the start of a process to the first words trained, in wall time and processor time."""
    before, started = sum(os.times()[2:4]), time.time()
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(corpus), json.dumps(fields)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {"seconds": float(done.stdout) - started, "processor": sum(os.times()[2:4]) - before}


def is_announced(corpus: Path, output: Path, fields: dict[str, Any], cache: Path) -> bool:
    """Whether the command announces that it compiles."""
    options = [text for name, value in fields.items() for text in (f"--{name}", str(value))]
    program = Path(sys.executable).with_name("wordlab")
    done = subprocess.run(
        [program, "embeddings", "train", corpus, "-o", output, "--epochs", "1", *options],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return "compil" in done.stderr.lower()


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """For each variant the seconds of the first process and of later ones, and the announcement."""
    text, corpus = folder / "wiki.txt", folder / "corpus"
    write_wiki_lines(text, max_words=options.words)
    program = Path(sys.executable).with_name("wordlab")
    subprocess.run(
        [program, "corpus", "build", text, "--tokenizer", "whitespace", "-o", corpus, "--quiet"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for name, fields in VARIANTS.items():
        first = [to_start(corpus, fields, folder / f"{name}-{run}") for run in range(options.first)]
        announced = is_announced(corpus, folder / f"{name} vectors", fields, folder / f"{name} announced")
        found[name] = {"first": first, "later": [], "announced": announced}
    for _ in range(options.runs):
        for name, fields in VARIANTS.items():
            found[name]["later"].append(to_start(corpus, fields, folder / f"{name}-0"))
    return found


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--runs", type=int, default=5, help="later processes of each variant, in turn")
    parser.add_argument("--first", type=int, default=1, help="first processes, each with an empty cache")
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options)
    table = f"{'':26}{'later s':>9}{'first s':>9}{'compiling s':>13}{'processor s':>13}   announced\n"
    limits = []
    for name, each in found.items():
        later, first, busy_later, busy_first = (
            statistics.median(run[kind] for run in each[when])
            for kind in ("seconds", "processor")
            for when in ("later", "first")
        )
        announced = "yes" if each["announced"] else "NO"
        table += f"{name:26}{later:9.2f}{first:9.2f}{first - later:13.2f}"
        table += f"{busy_first - busy_later:13.2f}   {announced}\n"
        limits.append(Limit(f"process to training, {name}", later, SECONDS_TO_START, "s"))
        limits.append(Limit(f"first compilation, {name}", first - later, SECONDS_TO_COMPILE, "s"))
    unsaid = sum(not each["announced"] for each in found.values())
    limits.append(Limit("variants that compile unannounced", unsaid, 0, "variants"))
    title = f"from the start of a process to training, median of {options.runs} processes"
    deliver(options, title, table + verdicts(limits=limits), limits=limits, measured=found)


if __name__ == "__main__":
    main()
