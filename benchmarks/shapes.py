"""Skip-gram in other shapes: dimensions 50 to 300 and windows 2 to 10, gensim's corpus_file in turn.

    WORDLAB_DATA=DIRECTORY python benchmarks/shapes.py --words 3000000 --runs 3

One epoch on the first words of wiki-17M. The time covers what training.py's covers, except compiling: each
kernel is compiled before the first turn, as on a machine that has trained in this shape before.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from reporting import Ratio, add_json_option, deliver, ratio, verdicts
from training import compile_kernel, train_gensim, train_wordlab
from wiki import write_wiki_lines

from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig

SHAPES = ((50, 5), (100, 5), (200, 5), (300, 5), (100, 2), (100, 10))
LEAST = 5


def build(folder: Path, max_words: int) -> tuple[Path, int, Corpus]:
    """The text in lines, its number of words, and its corpus."""
    text = folder / f"wiki-{max_words}.txt"
    num_words = write_wiki_lines(text, max_words=max_words)
    corpus = Corpus.build(
        [text], folder / f"corpus-{max_words}", tokenizer=Tokenizer("whitespace"), min_count=5
    )
    return text, num_words, corpus


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Words per second of each in each shape, run in turn."""
    text, num_words, corpus = build(folder, options.words)
    speeds: dict[str, dict[str, list[float]]] = {}
    for dim, window in SHAPES:
        speeds[f"d {dim}, window {window}"] = {"gensim": [], "wordlab": []}
    for seed in range(options.runs + 1):
        for dim, window in SHAPES:
            config = Word2VecConfig(
                dim=dim, window=window, epochs=1, learning_rate=0.025, threads=options.threads, seed=seed
            )
            if seed == 0:
                compile_kernel(config, corpus)
                continue
            found = speeds[f"d {dim}, window {window}"]
            found["gensim"].append(num_words / train_gensim(text, config, "corpus_file")[0])
            found["wordlab"].append(num_words / train_wordlab(corpus, config)[0])
    return speeds


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=8_000_000, help="first words of the text")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn, with seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=2)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = measure(Path(folder), options)
    ratios = [
        ratio(f"skip-gram, {shape}", "gensim corpus_file", each["gensim"], each["wordlab"], "words/s", LEAST)
        for shape, each in speeds.items()
    ]
    title = f"skip-gram, {options.words:,} words, 1 epoch, {options.threads} threads, "
    title += f"{options.runs} runs in turn"
    deliver(options, title, table(speeds, ratios), ratios=ratios, measured=speeds)


def table(speeds: dict[str, dict[str, list[float]]], ratios: list[Ratio]) -> str:
    """Medians and ratios of all shapes, and whether each ratio is reached."""
    lines = f"{'words/s':20}{'gensim':>12}{'wordlab':>12}{'ratio':>8}\n"
    for (shape, each), found in zip(speeds.items(), ratios, strict=True):
        gensim, wordlab = (statistics.median(each[name]) for name in ("gensim", "wordlab"))
        lines += f"{shape:20}{gensim:12,.0f}{wordlab:12,.0f}{found.times:8.1f}\n"
    return lines + verdicts(ratios)


if __name__ == "__main__":
    main()
