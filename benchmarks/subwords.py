"""Subword vectors: fastText, gensim's FastText and wordlab in turn, with the quality of all.

    WORDLAB_DATA=DIRECTORY python benchmarks/subwords.py --seeds 1 2 3
    WORDLAB_DATA=DIRECTORY python benchmarks/subwords.py --model cbow --peers fasttext

All train on wiki-17M with d 100, window 5, 5 negatives, n-grams of 3 to 6 characters and 2,000,000 buckets,
each run with a seed of its own. Words per second count all words read, including those that subsampling
drops. The time excludes scanning the vocabulary (fastText and gensim) and building the corpus (wordlab). The
peers have their own defaults for what is not named here, as far as they can be equal: fastText's rate and
noise exponent are given to nobody else.

Quality is gensim's code on the vectors: Spearman's rho on WordSim-353 and SimLex-999, Google's analogies in
all and by kind; and "rare", rho on the pairs of these two sets that hold one of the words that were left out
of the text, whose vectors are then made of n-grams alone.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from fasttext.FastText import _build_args, _FastText, fasttext, unsupervised_default
from gensim.models import FastText, KeyedVectors
from gensim.test.utils import datapath
from reporting import add_json_option, deliver, ratio, verdicts
from scipy.stats import spearmanr
from training import compile_kernel
from wiki import write_wiki_lines

from wordlab.text import Corpus, Tokenizer
from wordlab.training import SubwordConfig, train

NUM_ANALOGY_WORDS = 30_000
LEAST = {"skipgram": (10, 15), "cbow": (5, 5)}
"""The promised multiples of fastText's speed, by default and racing."""
HELD_OUT = 17  # one word in so many of the test sets is left out of the text


def rated_pairs() -> list[tuple[str, str, float]]:
    """The pairs of WordSim-353 and SimLex-999 with their ratings, each set scaled to 1."""
    pairs = []
    for name in ("wordsim353.tsv", "simlex999.txt"):
        for line in Path(datapath(name)).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                one, other, rating = line.split("\t")[:3]
                pairs.append((one.lower(), other.lower(), float(rating) / 10))
    return pairs


def held_out_words() -> set[str]:
    """Words of the test sets, spread evenly over the alphabet."""
    words = sorted({word for one, other, _ in rated_pairs() for word in (one, other)})
    return set(words[::HELD_OUT])


def quality(vectors: KeyedVectors, held_out: set[str]) -> dict[str, float]:
    """What the vectors are worth."""
    score, sections = vectors.evaluate_word_analogies(
        datapath("questions-words.txt"), restrict_vocab=NUM_ANALOGY_WORDS
    )
    kinds = {"semantic": [0, 0], "syntactic": [0, 0]}
    for section in sections[:-1]:
        kind = kinds["syntactic" if section["section"].startswith("gram") else "semantic"]
        kind[0] += len(section["correct"])
        kind[1] += len(section["correct"]) + len(section["incorrect"])
    pairs = [pair for pair in rated_pairs() if held_out & set(pair[:2])]
    cosines = [float(vectors.similarity(one, other)) for one, other, _ in pairs]
    return {
        "WordSim-353": float(vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))[1][0]),
        "SimLex-999": float(vectors.evaluate_word_pairs(datapath("simlex999.txt"))[1][0]),
        "Google": float(score),
        **{kind: right / max(1, asked) for kind, (right, asked) in kinds.items()},
        "rare": float(spearmanr(cosines, [rating for *_, rating in pairs])[0]),
    }


def train_fasttext(text: Path, config: SubwordConfig, directory: Path) -> tuple[float, KeyedVectors]:
    """Seconds of training, and the vectors, by fastText, with the time of its scan taken off."""
    options = {
        **unsupervised_default, "input": str(text), "model": config.model, "dim": config.dim,
        "ws": config.window, "neg": config.negative, "minn": config.min_ngram, "maxn": config.max_ngram,
        "bucket": config.buckets, "minCount": 5, "thread": config.threads, "verbose": 0,
    }  # fmt: skip
    scanned = run_fasttext({**options, "epoch": 0}, config.seed)[0]
    seconds, model = run_fasttext({**options, "epoch": config.epochs}, config.seed)
    seconds -= scanned
    path = directory / "fasttext.bin"
    model.save_model(str(path))
    return seconds, keyed_of(path)


def run_fasttext(options: dict[str, Any], seed: int) -> tuple[float, Any]:
    """Seconds, and the model; `train_unsupervised`, which does the same, takes no seed."""
    args = _build_args(options, list(options))
    args.seed = seed
    model = _FastText(args=args)
    started = time.perf_counter()
    fasttext.train(model.f, args)
    seconds = time.perf_counter() - started
    model.set_args(model.f.getArgs())
    return seconds, model


def keyed_of(path: Path) -> KeyedVectors:
    """The vectors of a .bin as gensim's, with the end of the line left out."""
    from wordlab.embeddings.formats import read_vectors

    return read_vectors(path).to_gensim()


def train_gensim(text: Path, config: SubwordConfig) -> tuple[float, KeyedVectors]:
    """Seconds of training, and the vectors, by gensim."""
    model = FastText(
        vector_size=config.dim, window=config.window, negative=config.negative, sg=config.model == "skipgram",
        min_n=config.min_ngram, max_n=config.max_ngram, bucket=config.buckets, min_count=5, sample=1e-4,
        workers=config.threads, seed=config.seed,
    )  # fmt: skip
    model.build_vocab(corpus_file=str(text))
    started = time.perf_counter()
    model.train(
        corpus_file=str(text), total_words=model.corpus_total_words, total_examples=model.corpus_count,
        epochs=config.epochs,
    )  # fmt: skip
    return time.perf_counter() - started, model.wv


def train_wordlab(corpus: Corpus, config: SubwordConfig) -> tuple[float, KeyedVectors]:
    """Seconds of training, and the vectors as gensim's, by wordlab."""
    started = time.perf_counter()
    vectors = train(corpus, config)
    return time.perf_counter() - started, vectors.to_gensim()


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="one run of each for each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--peers", nargs="*", choices=["fasttext", "gensim"], default=["fasttext", "gensim"])
    parser.add_argument("--learning-rate", type=float, default=None, help="wordlab's")
    parser.add_argument("--ns-exponent", type=float, default=SubwordConfig.ns_exponent, help="wordlab's")
    parser.add_argument("--position-weights", action="store_true", help="wordlab's")
    add_json_option(parser)
    options = parser.parse_args()
    results: dict[str, list[dict[str, float]]] = {}
    held_out = held_out_words()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "wiki.txt")
        write_wiki_lines(text, max_words=options.words)
        num_words = leave_out(text, held_out)
        corpus = Corpus.build([text], Path(folder, "corpus"), tokenizer=Tokenizer("whitespace"), min_count=5)
        for seed in options.seeds:
            config = SubwordConfig(
                model=options.model, epochs=options.epochs, threads=options.threads, seed=seed,
                learning_rate=options.learning_rate, ns_exponent=options.ns_exponent,
                position_weights=options.position_weights,
            )  # fmt: skip
            for each in (config, replace(config, deterministic=False)):
                compile_kernel(each, corpus)
            runs = {
                "fasttext": lambda config=config: train_fasttext(text, config, Path(folder)),
                "gensim": lambda config=config: train_gensim(text, config),
                "wordlab": lambda config=config: train_wordlab(corpus, config),
                "wordlab, racing": lambda config=config: train_wordlab(
                    corpus, replace(config, deterministic=False)
                ),
            }
            for name, run in runs.items():
                if name in options.peers or name.startswith("wordlab"):
                    seconds, vectors = run()
                    speed = num_words * options.epochs / seconds
                    found = {"seed": seed, "words_per_second": speed, **quality(vectors, held_out)}
                    results.setdefault(name, []).append(found)
    report(results, options)


def leave_out(text: Path, words: set[str]) -> int:
    """Take `words` out of the text; returns the number of words that are left."""
    lines = [
        [word for word in line.split() if word not in words]
        for line in text.read_text(encoding="utf-8").splitlines()
    ]
    text.write_text("".join(" ".join(line) + "\n" for line in lines), encoding="utf-8")
    return sum(map(len, lines))


def report(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    """Print medians, spreads and the ratios, or JSON."""
    speeds = {name: [run["words_per_second"] for run in runs] for name, runs in results.items()}
    least = LEAST[options.model]
    ratios = [
        ratio(
            f"{options.model}, {mode}",
            peer,
            speeds[peer],
            speeds[name],
            "words/s",
            most if peer == "fasttext" else None,
        )
        for peer in options.peers
        for mode, name, most in (("default", "wordlab", least[0]), ("racing", "wordlab, racing", least[1]))
    ]
    measures = [name for name in results["wordlab"][0] if name not in ("seed", "words_per_second")]
    table = f"{'':16}{'words/s':>12}" + "".join(f"{name:>24}" for name in measures) + "\n"
    for name, runs in results.items():
        table += f"{name:16}{statistics.median(speeds[name]):12,.0f}"
        for measure in measures:
            values = np.array([run[measure] for run in runs])
            table += f"{np.median(values):10.3f} ({values.min():.3f}..{values.max():.3f})"
        table += "\n"
    title = (
        f"{options.model}, epochs {options.epochs}, {options.threads} threads, seeds {options.seeds} in turn"
    )
    deliver(options, title, table + verdicts(ratios, []), ratios=ratios, limits=[], measured=results)


if __name__ == "__main__":
    main()
