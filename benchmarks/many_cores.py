"""Training on one, two, four, ... cores: racing threads, shards, and gensim on as many.

    WORDLAB_DATA=DIRECTORY python benchmarks/many_cores.py --threads 1 2 4 8 16
    WORDLAB_DATA=DIRECTORY python benchmarks/many_cores.py --model cbow --threads 1 8 --peer-threads 8

All train on wiki-17M with the defaults, in turn, with kernels compiled before. "default" has the shards that
the corpus gets by itself; "shards N" has N of them, on a quarter as many threads to twice as many, of which
half only draw. Runs of equal shards must have equal bytes on any number of threads, or the benchmark fails.
gensim (`corpus_file`) takes minutes on few threads, so it runs on `--peer-threads` only. Words per second
count all words read.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from gensim.models import KeyedVectors
from reporting import add_json_option, deliver, ratio
from training import compile_kernel, spoken, train_gensim, train_wordlab
from wiki import write_wiki_lines

from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig

GENSIM, RACING, DEFAULT = "gensim", "racing", "default"
Speeds = dict[str, dict[int, list[float]]]
"""Words a second of each run, by what trains and by the number of threads."""


def kinds(options: argparse.Namespace) -> dict[str, tuple[Word2VecConfig, list[int]]]:
    """What trains, how, and on which numbers of threads."""
    fields = {name: getattr(options, name) for name in ("model", "loss", "epochs")}
    found = {
        GENSIM: (Word2VecConfig(**fields), options.peer_threads),
        RACING: (Word2VecConfig(**fields, deterministic=False), options.threads),
        DEFAULT: (Word2VecConfig(**fields), options.threads),
    }
    for shards in options.shards:
        of_use = [threads for threads in options.threads if shards <= 4 * threads <= 8 * shards]
        found[f"shards {shards}"] = (Word2VecConfig(**fields, shards=shards), of_use)
    return found


def digest(vectors: KeyedVectors) -> str:
    """What tells one result from another."""
    return hashlib.sha256(vectors.vectors.tobytes()).hexdigest()


def measure(folder: Path, options: argparse.Namespace) -> Speeds:
    """The speeds of all runs, in turn."""
    text = folder / "wiki.txt"
    num_words = write_wiki_lines(text, max_words=options.words)
    corpus = Corpus.build([text], folder / "corpus", tokenizer=Tokenizer("whitespace"), min_count=5)
    trained = kinds(options)
    for config, _ in trained.values():
        compile_kernel(config, corpus)
    speeds: Speeds = {name: defaultdict(list) for name in trained}
    bytes_of: dict[str, set[str]] = defaultdict(set)
    for run in range(options.runs):
        for threads in options.threads:
            for name, (plain, of_use) in trained.items():
                if threads not in of_use or (run and threads == 1):  # the longest, and the steadiest
                    continue
                config = replace(plain, threads=threads)
                if name == GENSIM:
                    seconds, vectors = train_gensim(text, config, "corpus_file")
                else:
                    seconds, vectors = train_wordlab(corpus, config)
                    bytes_of[name].add(digest(vectors))
                speeds[name][threads].append(num_words * options.epochs / seconds)
    for name, found in bytes_of.items():
        if name != RACING and len(found) > 1:
            sys.exit(f"{name}: expected the same bytes on any number of threads, found {len(found)} results")
    return speeds


def table(speeds: Speeds, options: argparse.Namespace) -> str:
    """A line for each that trains, a column for each number of threads: medians, and how often the first."""
    lines = f"{'words/s, threads':>18}" + "".join(f"{threads:>20}" for threads in options.threads) + "\n"
    for name, by_threads in speeds.items():
        lines += f"{name:>18}"
        base = speeds[DEFAULT if name.startswith("shards") else name].get(options.threads[0])
        for threads in options.threads:
            runs = by_threads.get(threads)
            if not runs:
                lines += f"{'':>20}"
                continue
            times = f" ({statistics.median(runs) / statistics.median(base):.1f})" if base else ""
            lines += f"{statistics.median(runs):13,.0f}{times:>7}"
        lines += "\n"
    return lines


def main() -> None:
    """Run all in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--loss", choices=["negative", "hierarchical"], default="negative")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--shards", type=int, nargs="*", default=[8, 16, 32])
    parser.add_argument("--peer-threads", type=int, nargs="*", default=[16])
    parser.add_argument("--runs", type=int, default=3, help="runs of each in turn; one on a single thread")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = measure(Path(folder), options)
    what = spoken(options)
    ratios = [
        ratio(f"{what}, {name}, {threads} threads", "gensim corpus_file", theirs, ours[threads], "words/s")
        for threads, theirs in speeds[GENSIM].items()
        for name, ours in speeds.items()
        if name != GENSIM and threads in ours and len(ours[threads]) == len(theirs)
    ]
    title = f"cores, {what}, epochs {options.epochs}, {options.runs} runs in turn"
    lines = "".join(f"{each.what}: {each.times:.1f} times gensim's\n" for each in ratios)
    deliver(options, title, table(speeds, options) + lines, ratios=ratios, measured=speeds)


if __name__ == "__main__":
    main()
