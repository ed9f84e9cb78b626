"""Training: gensim's fastest mode (corpus_file) and wordlab in turn, with the quality of both.

    WORDLAB_DATA=DIRECTORY python benchmarks/training.py --model skipgram --runs 3
    WORDLAB_DATA=DIRECTORY python benchmarks/training.py --model cbow --peer-input sentences

Both train 5 epochs on wiki-17M with equal settings, each run with a seed of its own. Words per
second count all words read, including those that subsampling drops, as gensim counts them. The time
excludes scanning the vocabulary (gensim) and building the corpus (wordlab) and includes compiling
wordlab's kernel.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath
from reporting import Limit, add_json_option, deliver, ratio, verdicts
from wiki import write_wiki_lines

from wordlab.embeddings.interop.gensim_options import to_options
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train
from wordlab.training.objectives import checked

NUM_ANALOGY_WORDS = 30_000
QUALITIES = ("WordSim-353", "SimLex-999", "Google")
LEAST = {
    ("skipgram", "negative"): 10,
    ("cbow", "negative"): 4,
    ("skipgram", "hierarchical"): 3,
    ("cbow", "hierarchical"): 3,
}
"""The promised multiple of gensim's speed, for each model and loss."""
MOST = 1.3
"""The most that the same bytes every time may cost, as a multiple of the time of racing threads."""


def quality(vectors: KeyedVectors) -> dict[str, float]:
    """Spearman's rho on two data sets and the accuracy on Google's analogies, all by gensim's code."""
    return {
        "WordSim-353": float(vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))[1][0]),
        "SimLex-999": float(vectors.evaluate_word_pairs(datapath("simlex999.txt"))[1][0]),
        "Google": float(
            vectors.evaluate_word_analogies(
                datapath("questions-words.txt"), restrict_vocab=NUM_ANALOGY_WORDS
            )[0]
        ),
    }


def train_gensim(text: Path, config: Word2VecConfig, peer_input: str) -> tuple[float, KeyedVectors]:
    """Seconds of training, and the vectors, by gensim."""
    model = Word2Vec(
        **to_options(config.to_dict()),
        min_count=5,
        workers=config.threads,
    )
    source = (
        {"corpus_file": str(text)} if peer_input == "corpus_file" else {"corpus_iterable": LineSentence(text)}
    )
    model.build_vocab(**source)
    started = time.perf_counter()
    model.train(
        **source,
        total_words=model.corpus_total_words,
        total_examples=model.corpus_count,
        epochs=config.epochs,
    )
    return time.perf_counter() - started, model.wv


def train_wordlab(corpus: Corpus, config: Word2VecConfig) -> tuple[float, KeyedVectors]:
    """Seconds of training, and the vectors as gensim's KeyedVectors, by wordlab."""
    started = time.perf_counter()
    vectors = train(corpus, config)
    return time.perf_counter() - started, vectors.to_gensim()


def compile_kernel(config: Word2VecConfig, corpus: Corpus) -> None:
    """Have the kernel compiled that training on `corpus` runs, with the number of its shards."""
    _, resolved = checked(corpus, config, None)
    train(Corpus.from_lines(["one two three"] * 9), replace(resolved, epochs=1, subsample=0.0))


def spoken(options: argparse.Namespace) -> str:
    """The model and its loss in words."""
    model = {"skipgram": "skip-gram", "cbow": "CBOW"}[options.model]
    return model if options.loss == "negative" else f"{model}, {options.loss}"


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--loss", choices=["negative", "hierarchical"], default="negative")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn, with seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    parser.add_argument("--peer-input", choices=["corpus_file", "sentences"], default="corpus_file")
    parser.add_argument("--quality", action=argparse.BooleanOptionalAction, default=True)
    add_json_option(parser)
    options = parser.parse_args()
    results: dict[str, list[dict[str, float]]] = {"gensim": [], "wordlab": [], "wordlab, racing": []}
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory, "wiki.txt")
        num_words = write_wiki_lines(text, max_words=options.words)
        corpus = Corpus.build(
            [text], Path(directory, "corpus"), tokenizer=Tokenizer("whitespace"), min_count=5
        )
        for seed in range(1, options.runs + 1):
            config = Word2VecConfig(
                model=options.model, loss=options.loss, dim=options.dim, window=options.window,
                epochs=options.epochs, learning_rate=0.025, threads=options.threads, seed=seed,
            )  # fmt: skip
            runs = {
                "gensim": train_gensim(text, config, options.peer_input),
                "wordlab": train_wordlab(corpus, config),
                "wordlab, racing": train_wordlab(corpus, replace(config, deterministic=False)),
            }
            for name, (seconds, vectors) in runs.items():
                speed = num_words * options.epochs / seconds
                scores = quality(vectors) if options.quality else {}
                results[name].append({"seed": seed, "words_per_second": speed, **scores})
    report(results, options)


def report(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    """Print medians, spreads and the ratio, or JSON."""
    speeds = {name: [run["words_per_second"] for run in runs] for name, runs in results.items()}
    model = spoken(options)
    least = LEAST[options.model, options.loss]
    peer = f"gensim {options.peer_input}"
    found = ratio(model, peer, speeds["gensim"], speeds["wordlab"], "words/s", least)
    racing = statistics.median(
        alone / together for alone, together in zip(speeds["wordlab, racing"], speeds["wordlab"], strict=True)
    )
    cost = Limit(f"time by default, {model}", racing, MOST, "of racing")
    measures = QUALITIES if options.quality else ()
    table = f"{'':16}{'words/s':>12}" + "".join(f"{name + ' (spread)':>26}" for name in measures) + "\n"
    for name, runs in results.items():
        table += f"{name:16}{statistics.median(speeds[name]):12,.0f}"
        for measure in measures:
            values = [run[measure] for run in runs]
            table += f"{statistics.median(values):12.3f} ({min(values):.3f} .. {max(values):.3f})"
        table += "\n"
    title = (
        f"{model}, d {options.dim}, window {options.window}, epochs {options.epochs}, "
        f"{options.threads} threads, {options.runs} runs in turn"
    )
    deliver(
        options, title, table + verdicts([found], [cost]), ratios=[found], limits=[cost], measured=results
    )


if __name__ == "__main__":
    main()
