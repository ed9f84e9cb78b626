"""Skip-gram with a million words, whose vectors fit into no cache: gensim's corpus_file, wordlab and racing.

    python benchmarks/large_vocabulary.py --runs 2
    python benchmarks/large_vocabulary.py --dims 100 300 --vocabulary 400000

The text is random: every word five times, and twice as many tokens again by Zipf's law, in lines of 1,000.
One epoch; each kernel is compiled before the first turn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from reporting import Ratio, add_json_option, deliver, ratio, verdicts
from training import compile_kernel, train_gensim, train_wordlab
from wiki import WORDS_PER_LINE

from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig

LEAST = 10
LEAST_COUNT = 5
PROGRAMS = ("gensim", "wordlab", "wordlab, racing")


def write_text(path: Path, vocabulary: int) -> int:
    """The number of words of the text that is written to `path`."""
    rng = np.random.default_rng(1)
    by_rank = 1 / np.arange(1, vocabulary + 1)
    frequent = rng.choice(vocabulary, 2 * LEAST_COUNT * vocabulary, p=by_rank / by_rank.sum())
    tokens = np.concatenate([np.tile(np.arange(vocabulary), LEAST_COUNT), frequent])
    rng.shuffle(tokens)
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(tokens), WORDS_PER_LINE):
            file.write(" ".join(f"w{token}" for token in tokens[start : start + WORDS_PER_LINE]) + "\n")
    return len(tokens)


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Words per second of each program for each dimension, run in turn."""
    text = folder / "text.txt"
    num_words = write_text(text, options.vocabulary)
    corpus = Corpus.build([text], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=LEAST_COUNT)
    speeds: dict[str, dict[str, list[float]]] = {
        f"d {dim}": {name: [] for name in PROGRAMS} for dim in options.dims
    }
    for seed in range(1, options.runs + 1):
        for dim in options.dims:
            plain = Word2VecConfig(dim=dim, epochs=1, learning_rate=0.025, threads=options.threads, seed=seed)
            found = speeds[f"d {dim}"]
            found["gensim"].append(num_words / train_gensim(text, plain, "corpus_file")[0])
            for name in PROGRAMS[1:]:
                config = replace(plain, deterministic=name == "wordlab")
                compile_kernel(config, corpus)
                found[name].append(num_words / train_wordlab(corpus, config)[0])
    return speeds


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--vocabulary", type=int, default=1_000_000, help="words of the vocabulary")
    parser.add_argument("--dims", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--runs", type=int, default=2, help="runs of each, in turn, with seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=2)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = measure(Path(folder), options)
    ratios = [
        ratio(f"{shape}, {name}", "gensim corpus_file", each["gensim"], each[name], "words/s", LEAST)
        for shape, each in speeds.items()
        for name in PROGRAMS[1:]
    ]
    title = f"skip-gram, {options.vocabulary:,} words of vocabulary, 1 epoch, {options.threads} threads, "
    title += f"{options.runs} runs in turn"
    deliver(options, title, table(speeds, ratios), ratios=ratios, measured=speeds)


def table(speeds: dict[str, dict[str, list[float]]], ratios: list[Ratio]) -> str:
    """Medians and ratios, and whether each ratio is reached."""
    lines = f"{'words/s':24}{'':12}{'ratio':>8}\n"
    times = iter(ratios)
    for shape, each in speeds.items():
        for name, found in each.items():
            peer = "" if name == "gensim" else f"{next(times).times:8.1f}"
            lines += f"{f'{shape}, {name}':24}{statistics.median(found):12,.0f}{peer}\n"
    return lines + verdicts(ratios)


if __name__ == "__main__":
    main()
