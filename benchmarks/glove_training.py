"""GloVe: Stanford's algorithm as a plain numba loop and wordlab in turn, with the quality of both.

    WORDLAB_DATA=DIRECTORY python benchmarks/glove_training.py --runs 3
    WORDLAB_DATA=DIRECTORY python benchmarks/glove_training.py --runs 1 --epochs 5 --words 2000000

Both train on the pairs of wiki-17M (window 10, both sides, 1/d; 44.2 million) with d 100, x_max 100, alpha
0.75 and a rate of 0.05, each run with a seed of its own. The loop does what glove.c does, in float64: all
pairs shuffled once, cut into as many parts as there are threads, and each thread updates the same vectors
without waiting (Hogwild). It is given the pairs in memory and shuffled; its epochs alone are timed.

Of wordlab, counting (corpus to saved table), arranging the pairs in blocks, and the epochs are timed. The C
programs were not run here: their figures were recorded with the same text and settings on two cores of a
machine of this kind, 22.9 s for counting, 15.9 s for shuffling, and 38 s for an epoch.

Quality is gensim's code on w + c: Spearman's rho on WordSim-353 and SimLex-999, and Google's analogies among
the 30,000 most frequent words.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numba
import numpy as np
from reporting import Limit, add_json_option, deliver, ratio, verdicts
from timing import timed
from training import QUALITIES, quality
from wiki import write_wiki_lines

from wordlab.embeddings import WordVectors
from wordlab.progress import Progress
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Cooccurrences, GloveConfig, train
from wordlab.training.objectives.glove.pairs import arranged

RECORDED = {"counting and shuffling": 22.9 + 15.9, "an epoch": 38.0}
"""Seconds of the C programs."""
LEAST_COUNTING, LEAST_EPOCH = 4.0, 3.0
"""The promised multiples of their speed, and of the loop's."""
WORST = 0.02
"""What the quality may be below the loop's, in the median over seeds: less than two seeds differ by."""


@numba.njit(parallel=True, fastmath=True)
def loop_epoch(words, contexts, counts, vectors, biases, squares, bias_squares, x_max, alpha, rate):
    """One epoch of glove.c, in float64; returns the mean loss."""
    num_threads = numba.get_num_threads()
    losses = np.zeros(num_threads)
    dim = vectors.shape[1]
    for thread in numba.prange(num_threads):
        loss = 0.0
        for n in range(thread * len(words) // num_threads, (thread + 1) * len(words) // num_threads):
            i, j = words[n], contexts[n]
            difference = biases[i] + biases[j] - np.log(counts[n])
            for d in range(dim):
                difference += vectors[i, d] * vectors[j, d]
            weighted = difference if counts[n] > x_max else (counts[n] / x_max) ** alpha * difference
            loss += 0.5 * weighted * difference
            for d in range(dim):
                a = min(max(weighted * vectors[j, d], -100.0), 100.0) * rate
                b = min(max(weighted * vectors[i, d], -100.0), 100.0) * rate
                vectors[i, d] -= a / np.sqrt(squares[i, d])
                vectors[j, d] -= b / np.sqrt(squares[j, d])
                squares[i, d] += a * a
                squares[j, d] += b * b
            biases[i] -= weighted / np.sqrt(bias_squares[i])
            biases[j] -= weighted / np.sqrt(bias_squares[j])
            bias_squares[i] += weighted * weighted
            bias_squares[j] += weighted * weighted
        losses[thread] = loss
    return losses.sum() / max(1, len(words))


def train_loop(table: Cooccurrences, config: GloveConfig) -> dict[str, Any]:
    """Seconds of an epoch, the losses, and the vectors, by the plain loop."""
    numba.set_num_threads(min(config.threads, numba.config.NUMBA_NUM_THREADS))
    generator, num_words = np.random.default_rng(config.seed), len(table.vocabulary)
    order = generator.permutation(table.num_pairs)
    words = np.repeat(np.arange(num_words, dtype=np.int32), np.diff(table.row_offsets))[order]
    contexts = np.array(table.context_ids)[order] + np.int32(num_words)
    counts = np.array(table.values)[order].astype(np.float64)
    vectors = (generator.random((2 * num_words, config.dim)) - 0.5) / config.dim
    biases = (generator.random(2 * num_words) - 0.5) / config.dim
    state = vectors, biases, np.ones_like(vectors), np.ones_like(biases)
    loop_epoch(words[:0], contexts[:0], counts[:0], *state, config.x_max, config.alpha, config.learning_rate)
    seconds, losses = [], []
    for _ in range(config.epochs):
        taken, loss = timed(
            lambda: loop_epoch(
                words, contexts, counts, *state, config.x_max, config.alpha, config.learning_rate
            )
        )
        seconds.append(taken)
        losses.append(float(loss))
    summed = (vectors[:num_words] + vectors[num_words:]).astype(np.float32)
    return {"epoch": statistics.median(seconds), "losses": losses, "vectors": summed}


def train_wordlab(table: Cooccurrences, config: GloveConfig) -> dict[str, Any]:
    """Seconds of an epoch, the losses, and the vectors, by wordlab."""
    last: dict[str, Progress] = {}
    vectors = train(table, config, on_progress=lambda event: last.__setitem__(event.task, event))
    losses = vectors.details["losses"]
    return {"epoch": last["train"].elapsed / len(losses), "losses": losses, "vectors": vectors.matrix}


def arrange(table: Cooccurrences, config: GloveConfig) -> None:
    """Deal the pairs to blocks, and leave them."""
    with arranged(table, config):
        pass


def measure(folder: Path, options: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """What each run of each program took, and what its vectors are worth."""
    write_wiki_lines(folder / "wiki.txt", max_words=options.words)
    corpus = Corpus.build(
        [folder / "wiki.txt"], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=5
    )
    config = GloveConfig(dim=options.dim, epochs=options.epochs, threads=options.threads)
    warm = Corpus.from_lines(["one two three"] * 9)
    train(warm, replace(config, epochs=1))  # compiles
    results: dict[str, list[dict[str, Any]]] = {"counting": [], "plain loop": [], "wordlab": []}
    if options.racing:
        results["wordlab, racing"] = []
    for seed in range(1, options.runs + 1):
        settings = replace(config, seed=seed)
        counting, table = timed(
            lambda: Cooccurrences.count(
                corpus, folder / "counts", config.counting, threads=options.threads, overwrite=True
            )
        )
        arranging, _ = timed(lambda table=table, settings=settings: arrange(table, settings))
        found = {"seed": seed, "counting": counting, "arranging": arranging, "num_pairs": table.num_pairs}
        results["counting"].append(found)
        runs = {
            "plain loop": train_loop,
            "wordlab": train_wordlab,
            "wordlab, racing": lambda table, config: train_wordlab(
                table, replace(config, deterministic=False)
            ),
        }
        for name, run in runs.items():
            if name in results:
                one = run(table, settings)
                keyed = WordVectors(table.vocabulary, one.pop("vectors")).to_gensim()
                scores = quality(keyed) if options.quality else {}
                results[name].append({"seed": seed, **one, **scores})
    return results


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn, with seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=GloveConfig.epochs)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--racing", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--quality", action=argparse.BooleanOptionalAction, default=True)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), options)
    report(results, options)


def report(results: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> None:
    """Print medians, spreads, ratios and what was promised, or JSON."""
    counted = [run["counting"] + run["arranging"] for run in results["counting"]]
    epochs = {name: [run["epoch"] for run in runs] for name, runs in results.items() if name != "counting"}
    ratios = [ratio("an epoch", "plain loop", epochs["plain loop"], epochs["wordlab"], "s", LEAST_EPOCH)]
    if options.words is None and options.dim == 100:
        for what, ours, least in (
            ("counting and shuffling", counted, LEAST_COUNTING),
            ("an epoch", epochs["wordlab"], LEAST_EPOCH),
        ):
            recorded = [RECORDED[what]] * len(ours)
            ratios.append(ratio(what, "glove.c, recorded", recorded, ours, "s", least))
    measures = QUALITIES if options.quality else ()
    limits = [
        Limit(
            f"{name} lost",
            _median(results["plain loop"], name) - _median(results["wordlab"], name),
            WORST,
            "",
        )
        for name in measures
    ]
    table = f"{results['counting'][0]['num_pairs']:,} pairs; counting and arranging "
    table += f"{statistics.median(counted):.1f} s ({min(counted):.1f} .. {max(counted):.1f})\n"
    table += f"{'':16}{'s/epoch':>9}{'last loss':>12}" + "".join(f"{name:>26}" for name in measures) + "\n"
    for name, times in epochs.items():
        losses = statistics.median(run["losses"][-1] for run in results[name])
        table += f"{name:16}{statistics.median(times):9.2f}{losses:12.5f}"
        for measure in measures:
            values = [run[measure] for run in results[name]]
            table += f"{statistics.median(values):12.3f} ({min(values):.3f} .. {max(values):.3f})"
        table += "\n"
    title = (
        f"GloVe, d {options.dim}, window 10, epochs {options.epochs}, {options.threads} threads, "
        f"{options.runs} runs in turn"
    )
    deliver(options, title, table + verdicts(ratios, limits), ratios=ratios, limits=limits, measured=results)


def _median(runs: list[dict[str, Any]], measure: str) -> float:
    return statistics.median(run[measure] for run in runs)


if __name__ == "__main__":
    main()
