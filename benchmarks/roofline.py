"""The kernel under a measured roof: what a word needs, what the cores deliver, and how close they come.

    WORDLAB_DATA=DIRECTORY python benchmarks/roofline.py --runs 5

What a word needs (skip-gram, negative sampling). Of the words read, subsampling keeps the share k. A kept
word has a window of m context words, on average, and T = 1 + negative targets; a row has D floats, the
dimension rounded up to a block of 16. k and m are counted with draws like the kernel's.

    operations a word = k (6 m T D + T D + 38 m T)

6 m T D are three matrix products, a multiplication and an addition each: the dot products, the changes of
the rows, and those of the targets; T D adds the latter; 38 is what the logistic function and its logarithm
take for a pair (`logistic_gradients`, operations counted as written).

    bytes a word = k (2 * 4 D (T + 1)) + 8

T rows of targets and one row of an input vector, which stays in the first level of cache while its word
is in the windows, are each read and written back; 8 bytes are the id and its share kept by subsampling.
That is an upper bound of the traffic beyond the first level of cache, where frequent rows may remain from
an earlier window.

What the cores deliver: float32 operations of a matrix product (numpy's BLAS, 2 n^3), bytes of a copy of
256 MB (read and written), and bytes of adding to rows drawn like noise words, which jumps about in memory
as training does. Threads are 1, 2 and so on; everything runs in turn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from reporting import add_json_option, deliver
from threadpoolctl import threadpool_limits
from wiki import write_wiki_lines

from wordlab.compiled.rows import padded
from wordlab.resources import available_cores
from wordlab.text import Corpus, Tokenizer, keep_probabilities
from wordlab.training import Word2VecConfig, train

LOGISTIC = 38  # operations per pair
SIDE = 2_048  # rows and columns of the matrices multiplied
COPIED = 256 << 20  # bytes
NUM_ROWS_DRAWN = 2_000_000


def needs(corpus: Corpus, config: Word2VecConfig) -> dict[str, float]:
    """What a word needs on average, and the figures behind it."""
    rng = np.random.default_rng(config.seed)
    ids = np.asarray(corpus.token_ids)
    keep = keep_probabilities(corpus.vocabulary.counts, config.subsample, form=config.subsample_form)
    kept = np.flatnonzero(rng.random(len(ids)) < keep[ids])
    bounds = np.searchsorted(kept, corpus.line_offsets)
    sizes = np.diff(bounds)
    place = np.arange(len(kept)) - np.repeat(bounds[:-1], sizes)
    reach = rng.integers(1, config.window, len(kept), endpoint=True)
    context = np.minimum(place, reach) + np.minimum(np.repeat(sizes, sizes) - 1 - place, reach)
    k, m = len(kept) / len(ids), context.mean()
    num_targets, dim = 1 + config.negative, padded(config.dim)
    operations = k * (6 * m * num_targets * dim + num_targets * dim + LOGISTIC * m * num_targets)
    size = k * 2 * 4 * dim * (num_targets + 1) + 8
    return {"kept": k, "context": float(m), "operations": float(operations), "bytes": size}


def product_speed(threads: int) -> float:
    """float32 operations per second of a matrix product."""
    a, b = np.random.default_rng(1).random((2, SIDE, SIDE), np.float32)
    result = np.empty_like(a)
    with threadpool_limits(threads, "blas"):
        return 2 * SIDE**3 / best(lambda: np.matmul(a, b, out=result))


def copy_speed(threads: int) -> float:
    """Bytes per second, read and written, of a copy in equal parts."""
    source = np.ones((threads, COPIED // 4 // threads), np.float32)
    target = np.zeros_like(source)
    with ThreadPoolExecutor(threads) as pool:
        return 2 * source.nbytes / best(lambda: list(pool.map(np.copyto, target, source)))


@njit(nogil=True, fastmath=True)
def _add(matrix, rows):  # type: ignore[no-untyped-def]
    for row in rows:
        for column in range(matrix.shape[1]):
            matrix[row, column] += np.float32(1)


def rows_speed(threads: int, corpus: Corpus, config: Word2VecConfig) -> float:
    """Bytes per second, read and written, of adding to rows drawn like noise words."""
    shares = corpus.vocabulary.counts**config.ns_exponent
    rows = np.random.default_rng(1).choice(len(shares), (threads, NUM_ROWS_DRAWN), p=shares / shares.sum())
    matrix = np.zeros((len(shares), padded(config.dim)), np.float32)
    _add(matrix, rows[0][:1])  # compiles
    with ThreadPoolExecutor(threads) as pool:
        seconds = best(lambda: list(pool.map(lambda each: _add(matrix, each), rows)))
    return 2 * 4 * matrix.shape[1] * rows.size / seconds


def best(work: Callable[[], object], times: int = 7) -> float:
    """The fewest seconds that `work` took, which is what the machine can do."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def training_speed(corpus: Corpus, config: Word2VecConfig) -> float:
    """Words per second of an epoch, as the last Progress reports them."""
    rates = [0.0]
    train(corpus, config, on_progress=lambda event: rates.append(event.rate))
    return rates[-1]


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What a word needs, and the speeds of each run for each number of threads."""
    text = folder / "wiki.txt"
    write_wiki_lines(text, max_words=options.words)
    corpus = Corpus.build([text], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=5)
    numbers = sorted({*range(1, min(4, options.threads) + 1), *range(4, options.threads + 1, 4)})
    speeds: dict[str, dict[str, list[float]]] = {}
    for run in range(options.runs + 1):
        for threads in numbers:
            config = Word2VecConfig(
                dim=options.dim, window=options.window, epochs=1, threads=threads, deterministic=False
            )
            words = training_speed(corpus, config)
            if run == 0:  # compiles
                continue
            found = speeds.setdefault(str(threads), {"words": [], "product": [], "copy": [], "rows": []})
            found["words"].append(words)
            found["product"].append(product_speed(threads))
            found["copy"].append(copy_speed(threads))
            found["rows"].append(rows_speed(threads, corpus, config))
    word = needs(corpus, config)
    return {"needs": word, "standing": standing(speeds, word), "speeds": speeds}


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn")
    parser.add_argument("--threads", type=int, default=available_cores(), help="largest number of threads")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--window", type=int, default=5)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options)
    title = f"skip-gram, d {options.dim}, window {options.window}, under the roof; {options.runs} runs"
    deliver(options, title, table(measured), measured=measured)


def standing(
    speeds: dict[str, dict[str, list[float]]], word: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Medians for each number of threads: words, and operations and bytes of the kernel and of the roof."""
    found = {}
    for threads, each in speeds.items():
        medians = {name: statistics.median(runs) for name, runs in each.items()}
        operations, size = (medians["words"] * word[name] for name in ("operations", "bytes"))
        found[threads] = {**medians, "operations": operations, "bytes": size}
    return found


def table(measured: dict[str, Any]) -> str:
    """What a word needs, then a line for each number of threads."""
    word = measured["needs"]
    lines = f"a word: kept {word['kept']:.3f}, context {word['context']:.2f}, "
    lines += f"{word['operations']:,.0f} operations, {word['bytes']:,.0f} bytes\n"
    lines += f"{'threads':8}{'words/s':>12}{'GFLOP/s':>9}{'product':>9}{'share':>7}"
    lines += f"{'GB/s':>7}{'copy':>7}{'share':>7}{'rows':>7}{'share':>7}\n"
    for threads, each in measured["standing"].items():
        lines += f"{threads:8}{each['words']:12,.0f}{each['operations'] / 1e9:9.1f}"
        lines += f"{each['product'] / 1e9:9.1f}{each['operations'] / each['product']:7.0%}"
        lines += f"{each['bytes'] / 1e9:7.1f}{each['copy'] / 1e9:7.1f}{each['bytes'] / each['copy']:7.0%}"
        lines += f"{each['rows'] / 1e9:7.1f}{each['bytes'] / each['rows']:7.0%}\n"
    return lines


if __name__ == "__main__":
    main()
