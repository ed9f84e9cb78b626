"""What shards bring in speed and cost in quality, for several numbers of them and several seeds.

    WORDLAB_DATA=DIRECTORY python benchmarks/shards.py --shards 1 2 4 8 --seeds 1 2 3
    WORDLAB_DATA=DIRECTORY python benchmarks/shards.py --model cbow --loss hierarchical --threads 8

One shard is plain stochastic gradient descent, window by window. "racing" are threads that train without
waiting, which have none. All train on wiki-17M with the defaults, in turn, each run with the kernel compiled
before. Words per second count all words read. The number of threads changes no byte of shards: with one it is
the quality alone that is worth a look.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from reporting import add_json_option, deliver
from training import compile_kernel, spoken
from wiki import write_wiki_lines

from wordlab.embeddings.evaluation.suite import evaluate
from wordlab.errors import TrainingError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train

NUM_ANALOGY_WORDS = 30_000
MEASURES = ("loss", "WordSim-353", "SimLex-999", "Google")
RACING = "racing"


def run(corpus: Corpus, config: Word2VecConfig) -> dict[str, float]:
    """Words per second, the loss of the last epoch and the scores of the vectors."""
    started = time.perf_counter()
    vectors = train(corpus, config)
    seconds = time.perf_counter() - started
    found = evaluate(vectors, restrict_vocab=NUM_ANALOGY_WORDS)
    words, lex = (similarity.spearman for similarity in found.similarities[:2])
    values = (vectors.details["losses"][-1], words, lex, found.analogies[0].total.accuracy)
    speed = corpus.num_tokens * config.epochs / seconds
    return {"words_per_second": speed, **dict(zip(MEASURES, values, strict=True))}


def measure(folder: Path, options: argparse.Namespace) -> tuple[dict[str, list[dict[str, float]]], list[str]]:
    """The runs of each number of shards, and what went wrong, in turn."""
    text = folder / "wiki.txt"
    write_wiki_lines(text, max_words=options.words)
    corpus = Corpus.build([text], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=5)
    fields = {
        name: getattr(options, name) for name in ("model", "loss", "epochs", "threads", "learning_rate")
    }
    configs = {str(number): Word2VecConfig(**fields, shards=number) for number in options.shards}
    if options.racing:
        configs[RACING] = Word2VecConfig(**fields, deterministic=False)
    for config in configs.values():
        compile_kernel(config, corpus)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in configs}
    failures = []
    for seed in options.seeds:
        for name, config in configs.items():
            try:
                results[name].append({"seed": seed, **run(corpus, replace(config, seed=seed))})
            except TrainingError as error:
                failures.append(f"{name}, seed {seed}: {error}")
    return results, failures


def table(results: dict[str, list[dict[str, float]]], failures: list[str]) -> str:
    """A line for each number of shards: medians and spreads over seeds."""
    lines = f"{'shards':>8}{'words/s':>12}" + "".join(f"{name + ' (spread)':>28}" for name in MEASURES) + "\n"
    for name, runs in results.items():
        if not runs:
            continue
        lines += f"{name:>8}{statistics.median(each['words_per_second'] for each in runs):12,.0f}"
        for quality in MEASURES:
            values = [each[quality] for each in runs]
            lines += f"{statistics.median(values):12.4f} ({min(values):.3f} .. {max(values):.3f})"
        lines += "\n"
    return lines + "".join(f"{failure}\n" for failure in failures)


def main() -> None:
    """Train for each number of shards and seed in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--loss", choices=["negative", "hierarchical"], default="negative")
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4, 8], help="numbers of shards")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--learning-rate", type=float, default=None, help="the same for all, not the default")
    parser.add_argument("--racing", action=argparse.BooleanOptionalAction, default=True)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results, failures = measure(Path(folder), options)
    title = f"shards, {spoken(options)}, epochs {options.epochs}, {options.threads} threads, "
    title += f"{len(options.seeds)} seeds in turn"
    deliver(options, title, table(results, failures), measured={"runs": results, "failures": failures})


if __name__ == "__main__":
    main()
