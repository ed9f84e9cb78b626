"""Accuracy of the baselines on IMDb, MR, SST-2 and Waimai: mean and spread over seeds, time of training.

A seed matters only through MR's folds (ten-fold cross-validation, with an order of folds per seed).
The defaults, the same for all four, were chosen on validation texts (docs/decisions/0024-nbsvm.md);
`--judge validation` looks at no test text. `--vectors` are those of mean-vectors (see sentiment.py).

    python benchmarks/sentiment_baselines.py --data imdb --model nbsvm
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from glove import glove_vectors
from reporting import machine_line
from sentiment import add_shared_options, own_vectors, splits, write_json

from wordlab.embeddings import WordVectors
from wordlab.sentiment import BaselineConfig, LabelledTexts, train_baseline
from wordlab.sentiment.judging.metrics import Scores, score, target_positions
from wordlab.sentiment.judging.reliability import reliability
from wordlab.text import Tokenizer

BASELINES = ("nbsvm", "tfidf", "mean-vectors")


def tokenizer_for(dataset: str) -> Tokenizer:
    """The tokenizer of `dataset`; MR and SST-2 come cut into words, with punctuation that is informative."""
    if dataset == "waimai":
        return Tokenizer("jieba")
    return Tokenizer("whitespace", lowercase=True) if dataset in ("mr", "sst2") else Tokenizer("word")


def vectors_for(options: argparse.Namespace, training: LabelledTexts, cache: Path) -> WordVectors | None:
    """The vectors named by the options; None for models without vectors."""
    if options.model != "mean-vectors":
        return None
    if options.vectors == "own":
        return own_vectors(options.data, training, cache)
    return glove_vectors() if options.vectors == "glove" else WordVectors.load(options.vectors)


def run(options: argparse.Namespace, seed: int, cache: Path) -> dict[str, Any]:
    """Scores on the test texts and seconds of a training (ten for MR)."""
    config = BaselineConfig(model=options.model, seed=seed, **dict(options.set))
    found: list[Scores] = []
    errors: list[float] = []
    seconds = 0.0
    for training, _, test in splits(options.data, seed, options.judge):
        vectors = vectors_for(options, training, cache)
        started = time.perf_counter()
        tokenizer = tokenizer_for(options.data)
        model = train_baseline(training.texts, training.labels, config, vectors=vectors, tokenizer=tokenizer)
        seconds += time.perf_counter() - started
        probabilities = model.predict_proba(test.texts)
        found.append(score(test.labels, probabilities, model.classes))
        errors.append(reliability(target_positions(test.labels, model.classes), probabilities).error)
    return {
        "seed": seed,
        "accuracy": statistics.mean(scores.accuracy for scores in found),
        "interval": found[0].interval if len(found) == 1 else None,
        "macro_f1": statistics.mean(scores.macro_f1 for scores in found),
        "auc": statistics.mean(scores.auc or 0.0 for scores in found),
        "calibration_error": statistics.mean(errors),
        "seconds": seconds,
    }


def main() -> None:
    """Train with each seed, then print a line per seed and the mean, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=BASELINES, default="nbsvm")
    parser.add_argument("--vectors", default="glove", help="glove, own, or a directory of vectors")
    add_shared_options(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        cache = options.cache or Path(directory)
        cache.mkdir(parents=True, exist_ok=True)
        results = [run(options, seed, cache) for seed in options.seeds]
    if options.json:
        write_json(options, results)
        return
    scores = [result["accuracy"] for result in results]
    spread = f"{min(scores):.4f} to {max(scores):.4f}"
    interval = results[0]["interval"]
    told = f", 95% interval {interval[0]:.4f} to {interval[1]:.4f}" if interval else ""
    name = f"{options.data} {options.model}"
    if options.model == "mean-vectors":
        name += f" vectors {options.vectors}"
    sys.stdout.write(
        f"{name} {dict(options.set)}: accuracy {statistics.mean(scores):.4f} ({spread}, {len(scores)} seeds, "
        f"{options.judge}{told}), macro-F1 {results[0]['macro_f1']:.4f}, AUC {results[0]['auc']:.4f}, "
        f"calibration error {statistics.mean(result['calibration_error'] for result in results):.4f}, "
        f"{statistics.mean(result['seconds'] for result in results):.1f} s of training; {machine_line()}\n"
    )


if __name__ == "__main__":
    main()
