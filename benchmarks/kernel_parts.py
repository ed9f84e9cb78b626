"""Where the kernel's time goes: an epoch of skip-gram with one part after another left out.

    WORDLAB_DATA=DIRECTORY python benchmarks/kernel_parts.py --words 4000000 --runs 5
    WORDLAB_DATA=DIRECTORY python benchmarks/kernel_parts.py --words 4000000 --default --threads 2

The compiled function is one piece, in which a sampling profiler sees no parts. So each part is replaced by
nothing, or by something cheaper, in a process of its own that compiles into an empty cache; then all
processes train an epoch in turn. The time saved is what the part costs. The processor works on several
parts at once, so the savings do not add up to the whole. What such kernels learn is meaningless.

Threads race, unless `--default`: then they train shards, and what keeps these apart is a part, too.
"""

from __future__ import annotations

import argparse
import inspect
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numba import njit
from reporting import add_json_option, deliver
from wiki import write_wiki_lines

from wordlab.compiled import kernels, shards
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train
from wordlab.training.objectives.word2vec import periods

RATE = 1e-6  # small enough that steps without dot products or a logistic function do not explode
NUM_NEAR_ROWS = 64  # few enough for their vectors to fit into the first level of cache


def put(name: str, function: Callable[..., Any]) -> None:
    """Replace `name` by `function` in all modules that have it, before anything is compiled."""
    for path, module in list(sys.modules.items()):
        if path.startswith(("wordlab.compiled", "wordlab.training")) and hasattr(module, name):
            setattr(module, name, function)


def leave_out(name: str, rest: str = "pass", *, module: ModuleType = kernels) -> None:
    """Make the function `name` of a module do nothing but `rest`."""
    parameters = ", ".join(inspect.signature(getattr(module, name).py_func).parameters)
    scope: dict[str, Any] = {}
    exec(f"def nothing({parameters}):\n    {rest}\n    return 0.0", scope)  # noqa: S102 - numba needs the parameters
    put(name, njit(inline="always")(scope["nothing"]))


def straight_line() -> None:
    """Put a multiplication in place of the logistic function and its logarithm."""

    @njit(inline="always")
    def gradients(logits, offset, signs, n, rate):  # type: ignore[no-untyped-def]
        for i in range(offset, offset + n):
            logits[0, i] = -rate * max(logits[0, i], np.float32(-1))
        return 0.0

    put("logistic_gradients", gradients)


def unmixed() -> None:
    """Put counters in place of random numbers; they are spread as evenly, one after another."""

    @njit(inline="always")
    def mix(state):  # type: ignore[no-untyped-def]
        return state

    put("mix", mix)


def no_prefetch() -> None:
    """Fetch rows only when they are used."""

    @njit(inline="always")
    def prefetch(matrix, row, column):  # type: ignore[no-untyped-def]
        pass

    put("prefetch", prefetch)
    put("prefetch_to_write", prefetch)


def near_noise() -> None:
    """Draw noise words from a few rows only, at the same cost, which saves the way to memory."""

    def tables(counts: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(len(counts), np.float32), (np.arange(len(counts)) % NUM_NEAR_ROWS).astype(np.int32)

    put("noise_tables", tables)


def products_and_logistic() -> None:
    """Leave out both halves of a step."""
    leave_out("find_steps")
    leave_out("update")


PARTS: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "dot products": lambda: leave_out("dot_products", "logits[0] = 0"),
    "logistic function": straight_line,
    "updates": lambda: leave_out("update"),
    "all three": products_and_logistic,
    "mixing of random bits": unmixed,
    "far rows of noise words": near_noise,
    "fetching ahead": no_prefetch,
}
APART: dict[str, Callable[[], None]] = {
    "merging": lambda: leave_out("merge", module=shards),
    "merging and copies": lambda: leave_out("touch_rows", module=periods),
}
"""What only shards have; without copies they all train in place."""


def serve(part: str, corpus: Corpus, config: Word2VecConfig) -> None:
    """Train an epoch without the part for each line read, and print its seconds."""
    (PARTS | APART)[part]()
    train(corpus, config)  # compiles
    elapsed = [0.0]
    for _ in sys.stdin:
        train(corpus, config, on_progress=lambda event: elapsed.append(event.elapsed))
        print(elapsed[-1], flush=True)


def measure(folder: Path, options: argparse.Namespace) -> dict[str, list[float]]:
    """Seconds of epochs without each part, run in turn."""
    text = folder / "wiki.txt"
    write_wiki_lines(text, max_words=options.words)
    Corpus.build([text], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=5)
    processes = {}
    for part in PARTS | APART if options.default else PARTS:
        command = [sys.executable, __file__, "--threads", str(options.threads)]
        command += ["--default"] if options.default else []
        processes[part] = subprocess.Popen(
            [*command, "--serve", part, str(folder / "corpus")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env={**os.environ, "NUMBA_CACHE_DIR": str(folder / part)},
        )  # fmt: skip
    seconds: dict[str, list[float]] = {part: [] for part in processes}
    for run in range(options.runs + 1):
        for part, process in processes.items():
            process.stdin.write("\n")
            taken = float(process.stdout.readline())
            if run:  # the first turn only waits until all have compiled
                seconds[part].append(taken)
    for process in processes.values():
        process.stdin.close()
        process.wait()
    return seconds


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=4_000_000, help="first words of the text")
    parser.add_argument("--runs", type=int, default=5, help="runs without each part, in turn")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--default", action="store_true", help="train shards instead of racing")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    add_json_option(parser)
    options = parser.parse_args()
    config = Word2VecConfig(
        epochs=1, threads=options.threads, learning_rate=RATE, min_learning_rate=RATE,
        deterministic=options.default,
    )  # fmt: skip
    if options.serve:
        part, folder = options.serve
        serve(part, Corpus.load(folder), config)
        return
    del options.serve
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder), options)
    medians = {part: statistics.median(taken) for part, taken in seconds.items()}
    whole = medians["nothing"]
    shares = {part: 1 - taken / whole for part, taken in medians.items() if part != "nothing"}
    table = f"{'left out':26}{'s per epoch':>12}{'saves':>8}\n{'nothing':26}{whole:12.3f}\n"
    for part, share in shares.items():
        table += f"{part:26}{medians[part]:12.3f}{share:8.0%}\n"
    title = f"parts of the kernel, skip-gram, d 100, window 5, {options.words:,} words, "
    title += f"{options.threads} thread{'s' if options.threads > 1 else ''}"
    title += f"{', by default' if options.default else ''}, {options.runs} runs in turn"
    deliver(options, title, table, measured={"seconds": seconds, "saves": shares})


if __name__ == "__main__":
    main()
