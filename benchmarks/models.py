"""The models on one text: how long they train, how large they are, what they score, and their neighbours.

    python benchmarks/models.py articles.txt.gz
    python benchmarks/models.py articles.txt.gz --min-count 5 --words king paris philosofer

TEXT is whatever `corpus build` reads. Each model is trained with its own defaults, seed 1, on all cores, once
its kernel is compiled. "size" is what the saved vectors take on disk with all that further training needs;
"vectors alone" is a float32 for each number. Similarity has 95% bootstrap intervals over the pairs, analogies
(3CosAdd) Wilson's over the questions; lost pairs and questions hold a word without a vector.

The tables are Markdown: docs/explanation/models.md shows them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from reporting import add_json_option, deliver
from scipy.stats import binomtest
from timing import timed

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate
from wordlab.errors import UnknownWordError
from wordlab.text import Corpus
from wordlab.training import GloveConfig, SubwordConfig, Word2VecConfig, train

MODELS: dict[str, Any] = {
    "skip-gram": Word2VecConfig(),
    "CBOW": Word2VecConfig(model="cbow"),
    "skip-gram, subwords": SubwordConfig(),
    "GloVe": GloveConfig(),
}
NUM_NEIGHBOURS = 4
_COLUMNS = ("model", "seconds", "size", "vectors alone", "WordSim-353", "SimLex-999", "Google", "lost")
_RARE = [" ".join(f"w{number}" for number in range(line, line + 100)) for line in range(0, 10_000, 100)]
"""A short text of which subsampling leaves everything."""


def measure(corpus: Corpus, config: Any, words: list[str], folder: Path) -> dict[str, Any]:
    """Seconds, sizes, scores and neighbours of a model, as plain values."""
    train(Corpus.from_lines(_RARE), config)  # compiles
    seconds, vectors = timed(lambda: train(corpus, config))
    vectors.save(folder)
    found = evaluate(vectors)
    google = next(result.total for result in found.analogies if result.method == "3cosadd")
    interval = binomtest(google.num_correct, max(1, google.num_used)).proportion_ci(method="wilson")
    return {
        "seconds": seconds,
        "bytes": sum(path.stat().st_size for path in folder.iterdir()),
        "bytes_alone": vectors.matrix.nbytes,
        "losses": vectors.details["losses"],
        "similarities": [result.to_dict() for result in found.similarities],
        "google": google.to_dict() | {"interval": [float(interval.low), float(interval.high)]},
        "neighbours": {word: neighbours(vectors, word) for word in words},
    }


def neighbours(vectors: WordVectors, word: str) -> list[str]:
    """The words nearest to `word`; none if it has no vector."""
    try:
        return [neighbour.word for neighbour in vectors.nearest(word, k=NUM_NEIGHBOURS)]
    except UnknownWordError:
        return []


def main() -> None:
    """Train all, then print tables or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", help="what `corpus build` reads")
    parser.add_argument("--min-count", type=int, default=5)
    parser.add_argument("--words", nargs="+", default=["king", "paris", "philosofer"], metavar="WORD")
    add_json_option(parser)
    options = parser.parse_args()
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus.build([options.text], Path(folder, "corpus"), min_count=options.min_count)
        for number, (name, config) in enumerate(MODELS.items()):
            measured[name] = measure(corpus, config, options.words, Path(folder, f"vectors-{number}"))
    title = f"{corpus.num_tokens:,} tokens, {len(corpus.vocabulary):,} words, 100 dimensions"
    deliver(options, title, scores(measured) + "\n" + near(measured, options.words), measured=measured)


def scores(measured: dict[str, Any]) -> str:
    """A Markdown table with a row for each model."""
    rows = []
    for name, one in measured.items():
        google = one["google"]
        similar = [f"{each['spearman']:.3f} ({_range(each['interval'])})" for each in one["similarities"]]
        lost = [f"{each['num_lost']:,}" for each in (*one["similarities"], google)]
        sizes = [f"{one[size] / 1e6:.0f} MB" for size in ("bytes", "bytes_alone")]
        answered = f"{google['accuracy']:.3f} ({_range(google['interval'])})"
        rows.append((name, f"{one['seconds']:.1f}", *sizes, *similar, answered, ", ".join(lost)))
    return _table(_COLUMNS, rows)


def near(measured: dict[str, Any], words: list[str]) -> str:
    """A Markdown table of neighbours, with a column for each model."""
    rows = [
        (word, *(", ".join(one["neighbours"][word]) or "-" for one in measured.values())) for word in words
    ]
    return _table(("nearest to", *measured), rows)


def _range(interval: list[float]) -> str:
    return " to ".join(f"{end:.3f}" for end in interval)


def _table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (heading, ("---",) * len(heading), *rows))


if __name__ == "__main__":
    main()
