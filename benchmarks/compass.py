"""How well words whose use changed are found: by a compass, or by two trainings and a rotation.

    WORDLAB_DATA=DIRECTORY python benchmarks/compass.py --words 4000000 --seeds 1 2 3

The lines of wiki-17M are dealt out at random to two parts, so that each word means the same in both. In the
second, some words are then written in the place of others as frequent: a receiver stands for a share of what
its donor means, beside what it means itself. `embeddings shift` is to find the receivers among all words. The
score is their share of the first 200 words that it lists: 0.01 by chance.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from reporting import add_json_option, deliver
from wiki import write_wiki_lines

from wordlab.embeddings import WordVectors
from wordlab.embeddings.alignment import shifted_words
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train

NUM_CHANGED, FEWEST, MOST_FREQUENT = 200, 50, 200
SHARES = 0.3, 1.0  # of a donor's occurrences, from and to


@dataclass(frozen=True)
class Parts:
    """Two parts of a text; in the second `receivers` stand for `donors`, too."""

    first: list[list[str]]
    second: list[list[str]]
    donors: set[str]
    receivers: set[str]


def deal(lines: Sequence[list[str]], rng: np.random.Generator) -> Parts:
    """The lines in two parts, and the changes of the second."""
    order = rng.permutation(len(lines))
    first, second = ([lines[i] for i in part] for part in (order[::2], order[1::2]))
    counts = [Counter(word for line in part for word in line) for part in (first, second)]
    words = [word for word, _ in (counts[0] + counts[1]).most_common()]
    words = [word for word in words if min(count[word] for count in counts) >= FEWEST][MOST_FREQUENT:]
    places = np.sort(rng.choice(len(words) // 2, NUM_CHANGED, replace=False)) * 2
    pairs = {words[place]: words[place + 1] for place in places}  # neighbours in frequency
    share = {word: rng.uniform(*SHARES) for word in pairs}
    changed = [
        [pairs[word] if word in pairs and rng.random() < share[word] else word for word in line]
        for line in second
    ]
    return Parts(first, changed, set(pairs), set(pairs.values()))


def corpus_of(lines: Iterable[list[str]]) -> Corpus:
    """A corpus of all words that occur five times."""
    return Corpus.from_lines(map(" ".join, lines), tokenizer=Tokenizer("whitespace"), min_count=5)


def precision(first: WordVectors, second: WordVectors, parts: Parts) -> float:
    """The share of receivers among as many words that head the list; donors, now rarer, are left out."""
    shifts = shifted_words(first, second, most=5 * NUM_CHANGED).shifts
    listed = [shift.word for shift in shifts if shift.word not in parts.donors][:NUM_CHANGED]
    return sum(word in parts.receivers for word in listed) / NUM_CHANGED


def run(lines: Sequence[list[str]], config: Word2VecConfig) -> dict[str, float]:
    """The precision of each way."""
    parts = deal(lines, np.random.default_rng(config.seed))
    corpora = [corpus_of(part) for part in (parts.first, parts.second)]
    apart = [train(corpus, config) for corpus in corpora]
    compass = train(corpus_of([*parts.first, *parts.second]), config)
    guided = [train(corpus, replace(config, compass=True), start=compass) for corpus in corpora]
    return {"rotation": precision(*apart, parts), "compass": precision(*guided, parts)}


def main() -> None:
    """Deal, train and rank for each seed, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--words", type=int, default=None, help="only the first words of the text")
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "wiki.txt"
        write_wiki_lines(text, max_words=options.words)
        lines = [line.split() for line in text.read_text(encoding="utf-8").splitlines()]
    runs = [run(lines, Word2VecConfig(model=options.model, seed=seed)) for seed in options.seeds]
    table = f"{'':12}{'precision (spread)':>28}\n"
    for name in runs[0]:
        values = [each[name] for each in runs]
        table += f"{name:12}{statistics.median(values):12.3f} ({min(values):.3f} .. {max(values):.3f})\n"
    title = f"{NUM_CHANGED} words whose use changed, among the first {NUM_CHANGED} listed; "
    title += f"{options.model}, {len(runs)} seeds"
    deliver(options, title, table, measured={"runs": runs})


if __name__ == "__main__":
    main()
