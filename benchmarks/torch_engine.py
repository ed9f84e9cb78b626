"""The torch engine and the compiled trainer in turn on the same corpus: words/s, loss and WordSim-353.

    python benchmarks/torch_engine.py --model skipgram --epochs 50
    python benchmarks/torch_engine.py --device cuda --batch-size 256

The corpus is two texts that come with gensim, 350,000 words. Words per second count all words read,
including those that subsampling drops; a warm-up before the first turn keeps compiling and loading out
of both figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gensim.test.utils import datapath
from reporting import machine, machine_line

from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, train

TEXTS = ("lee_background.cor", "head500.noblanks.cor")


def measure(
    run: Callable[[Word2VecConfig], WordVectors], config: Word2VecConfig, num_tokens: int
) -> dict[str, float]:
    """Words per second, loss of the last epoch, and Spearman's rho on WordSim-353."""
    started = time.perf_counter()
    vectors = run(config)
    seconds = time.perf_counter() - started
    rho = vectors.to_gensim().evaluate_word_pairs(datapath("wordsim353.tsv"))[1][0]
    return {
        "words_per_second": num_tokens * config.epochs / seconds,
        "loss": vectors.details["losses"][-1],
        "WordSim-353": float(rho),
    }


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn, with seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--subsample", type=float, default=1e-3)
    parser.add_argument("--learning-rate", type=float, default=None)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--optimizer", choices=["sgd", "sparse_adam"], default="sgd")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, list[dict[str, float]]] = {"compiled": [], "torch": []}
    with tempfile.TemporaryDirectory() as directory:
        corpus = Corpus.build([datapath(text) for text in TEXTS], Path(directory, "corpus"), min_count=5)

        def run_torch(config: Word2VecConfig) -> WordVectors:
            # Only torch gets the learning rate from the options, because SparseAdam needs one of its own.
            config = replace(config, learning_rate=options.learning_rate or config.learning_rate)
            return train(
                corpus,
                config,
                engine="torch",
                device=options.device,
                optimizer=options.optimizer,
                batch_size=options.batch_size,
            )

        engines = {"compiled": lambda config: train(corpus, config), "torch": run_torch}
        for seed in range(options.runs + 1):
            config = Word2VecConfig(
                model=options.model, dim=options.dim, subsample=options.subsample,
                epochs=options.epochs if seed else 1, threads=options.threads, seed=seed,
            )  # fmt: skip
            for name, run in engines.items():
                result = measure(run, config, corpus.num_tokens)
                if seed:  # seed 0 is the warm-up
                    results[name].append(result)
    report(results, options)


def report(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    """Print medians, spreads and the ratio."""
    ratio = statistics.median(
        compiled["words_per_second"] / torch["words_per_second"]
        for compiled, torch in zip(results["compiled"], results["torch"], strict=True)
    )
    if options.json:
        summary: dict[str, Any] = {"machine": machine(), "options": vars(options), "ratio": ratio}
        json.dump({**summary, **results}, sys.stdout, indent=2)
        return
    write = sys.stdout.write
    write(f"{options.model}, d {options.dim}, {options.epochs} epochs, {options.threads} threads, ")
    write(f"{options.runs} runs in turn; torch: {options.device}, {options.optimizer}, ")
    write(f"batches of {options.batch_size} windows\n{machine_line()}\n")
    for name, runs in results.items():
        write(f"{name:10}")
        for key, form in (("words_per_second", ",.0f"), ("loss", ".3f"), ("WordSim-353", ".3f")):
            values = sorted(run[key] for run in runs)
            write(f"{key} {statistics.median(values):{form}} ({values[0]:{form}} .. {values[-1]:{form}})  ")
        write("\n")
    write(f"compiled / torch in words/s, median over runs: {ratio:.1f}\n")


if __name__ == "__main__":
    main()
