"""What training in rounds costs in quality, for several lengths of a round and several seeds.

    WORDLAB_DATA=DIRECTORY python benchmarks/rounds.py --lengths 1 16 32 64 128 --seeds 1 2 3 4 5
    WORDLAB_DATA=DIRECTORY python benchmarks/rounds.py --model cbow --lengths 1 64
    WORDLAB_DATA=DIRECTORY python benchmarks/rounds.py --loss hierarchical --lengths 1 5

A round of one window is plain stochastic gradient descent. The number of threads changes no byte, so one
is enough. All runs train on wiki-17M with the defaults; a length at which training diverges is reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from reporting import machine_line
from wiki import write_wiki_lines

from wordlab.embeddings.evaluation.suite import evaluate
from wordlab.errors import TrainingError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train
from wordlab.training.objectives.word2vec import kernel

MEASURES = ("loss", "WordSim-353", "SimLex-999", "Google")


def scores(corpus: Corpus, config: Word2VecConfig) -> dict[str, float]:
    """The loss of the last epoch and the scores of the vectors."""
    vectors = train(corpus, config)
    found = evaluate(vectors, restrict_vocab=30_000)
    words, lex = (similarity.spearman for similarity in found.similarities[:2])
    values = (vectors.details["losses"][-1], words, lex, found.analogies[0].total.accuracy)
    return dict(zip(MEASURES, values, strict=True))


def main() -> None:
    """Train for each length and seed, then print means and spreads."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--loss", choices=["negative", "hierarchical"], default="negative")
    parser.add_argument("--lengths", type=int, nargs="+", default=[1, 64], help="windows of a round")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    options = parser.parse_args()
    sys.stdout.write(f"{machine_line()}\n{'length':>8}{'seeds':>7}")
    sys.stdout.write("".join(f"{name + ' (spread)':>28}" for name in MEASURES) + "\n")
    runs: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory, "wiki.txt")
        write_wiki_lines(text, max_words=options.words)
        corpus = Corpus.build(
            [text], Path(directory, "corpus"), tokenizer=Tokenizer("whitespace"), min_count=5
        )
        for length in options.lengths:
            kernel.round_length = lambda *_, length=length: length  # type: ignore[assignment, misc]
            try:
                runs[str(length)] = [
                    scores(
                        corpus,
                        Word2VecConfig(
                            model=options.model, loss=options.loss, threads=options.threads, seed=seed
                        ),
                    )
                    for seed in options.seeds
                ]
            except TrainingError as error:
                sys.stdout.write(f"{length:8}  {error}\n")
                continue
            sys.stdout.write(f"{length:8}{len(options.seeds):7}")
            for name in MEASURES:
                found = [run[name] for run in runs[str(length)]]
                sys.stdout.write(f"{statistics.mean(found):12.4f} ({min(found):.3f} to {max(found):.3f})")
            sys.stdout.write("\n")
            sys.stdout.flush()
    sys.stdout.write(json.dumps(runs) + "\n")


if __name__ == "__main__":
    main()
