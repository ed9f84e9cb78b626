"""Texts a second that are encoded: reading a file, tokenising, pooling and writing, against a plain loop.

The texts are 16 words each of wiki-17M, a text a line. wordlab writes an artefact; the peer is what users of
gensim write: for each line the mean of its words' rows in KeyedVectors, kept in a list. Runs take turns.

    python benchmarks/encode.py --texts 200000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from itertools import islice
from pathlib import Path

import numpy as np
from glove import glove_vectors
from reporting import Ratio, add_json_option, deliver, ratio, verdicts
from timing import timed
from wiki import write_wiki_lines

from wordlab.embeddings import WordVectors
from wordlab.sentiment import EncodingConfig, encode_documents, read_documents
from wordlab.text import Tokenizer

WORDS = 16
AIM = 100_000  # texts a second on two threads


def write_texts(path: Path, num_texts: int, directory: Path) -> None:
    """Write `num_texts` lines of 16 words."""
    write_wiki_lines(directory / "wiki.txt", max_words=num_texts * WORDS)
    words = iter((directory / "wiki.txt").read_text(encoding="utf-8").split())
    with path.open("w", encoding="utf-8") as file:
        while line := list(islice(words, WORDS)):
            file.write(" ".join(line) + "\n")


def peer(path: Path, keyed: object) -> np.ndarray:
    """The means by a plain loop over gensim's KeyedVectors."""
    rows = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            known = [word for word in line.split() if word in keyed]  # type: ignore[operator]
            rows.append(keyed[known].mean(axis=0) if known else np.zeros(50))  # type: ignore[index]
    return np.array(rows)


def encoded(
    path: Path, vectors: WordVectors, output: Path, pooling: str, tokenizer: str, threads: int
) -> float:
    """Seconds from the file of texts to the artefact."""
    return timed(
        lambda: encode_documents(
            read_documents(path), vectors, output, EncodingConfig(pooling=pooling),
            tokenizer=Tokenizer(tokenizer), threads=threads, overwrite=True,
        )
    )[0]  # fmt: skip


def main() -> None:
    """Time each pooling and tokenizer, then print a line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=200_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--vectors", default=None, help="directory of vectors (default: glove.6B.50d)")
    add_json_option(parser)
    options = parser.parse_args()
    vectors = glove_vectors() if options.vectors is None else WordVectors.load(options.vectors)
    keyed = vectors.to_gensim()
    speeds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        path = directory / "texts.txt"
        write_texts(path, options.texts, directory)
        for _ in range(options.runs):
            seconds, expected = timed(lambda: peer(path, keyed))
            speeds.setdefault("gensim, mean", []).append(options.texts / seconds)
            for tokenizer in ("whitespace", "word"):
                for pooling in ("mean", "sif", "usif"):
                    seconds = encoded(path, vectors, directory / "docs", pooling, tokenizer, options.threads)
                    speeds.setdefault(f"{pooling}, {tokenizer}", []).append(options.texts / seconds)
                    if (pooling, tokenizer) == ("mean", "whitespace"):
                        found = np.load(directory / "docs" / "vectors.npy")
                        np.testing.assert_allclose(found, expected, atol=1e-4)
    theirs = speeds.pop("gensim, mean")
    ratios: list[Ratio] = [ratio(what, "gensim", theirs, ours, "texts/s") for what, ours in speeds.items()]
    rows = [f"{'gensim, mean':20}{statistics.median(theirs):>10,.0f} texts/s\n"]
    for what, ours in speeds.items():
        spread = f"{min(ours):,.0f} to {max(ours):,.0f}"
        reached = "reached" if statistics.median(ours) >= AIM else f"below {AIM:,}"
        rows.append(f"{what:20}{statistics.median(ours):>10,.0f} texts/s ({spread}; {reached})\n")
    title = f"{options.texts:,} texts of {WORDS} words, {vectors}, {options.threads} threads"
    deliver(options, title, "".join(rows) + verdicts(ratios), ratios=ratios)


if __name__ == "__main__":
    main()
