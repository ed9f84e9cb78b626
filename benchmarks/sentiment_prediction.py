"""Reviews a second that a TextCNN classifies, tokenising included, and where the time goes.

The classifier is trained for one epoch on a part of IMDb's training reviews, since its quality makes no
difference to its speed. `Classifier.predict_proba` is timed on the 25,000 test reviews as strings.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from reporting import machine_line
from reviews import load

from wordlab.devices import own_torch_state
from wordlab.embeddings import WordVectors
from wordlab.sentiment import ClassifierConfig, train
from wordlab.sentiment.models.classifier import encoded_probabilities


def main() -> None:
    """Time classifying all test reviews, tokenising alone and the network alone, several times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--texts", type=int, default=25_000)
    parser.add_argument("--vectors", default=None, help="directory of vectors (default: random ones)")
    options = parser.parse_args()
    training, test = load("imdb")
    vectors = None if options.vectors is None else WordVectors.load(options.vectors)
    config = ClassifierConfig(epochs=1, validation=0.0, threads=options.threads)
    part = training.take(range(0, len(training), 10))
    classifier = train(part.texts, part.labels, config, vectors=vectors)
    texts = test.texts[: options.texts]
    speeds: dict[str, list[float]] = {"all together": [], "tokenising": [], "network": []}
    for _ in range(options.runs):
        started = time.perf_counter()
        classifier.predict_proba(texts, threads=options.threads)
        speeds["all together"].append(len(texts) / (time.perf_counter() - started))
        started = time.perf_counter()
        encoded = classifier.encoder.encode(texts, threads=options.threads)
        speeds["tokenising"].append(len(texts) / (time.perf_counter() - started))
        started = time.perf_counter()
        with own_torch_state(options.threads):
            encoded_probabilities(classifier.network, encoded)
        speeds["network"].append(len(texts) / (time.perf_counter() - started))
    sys.stdout.write(
        f"{len(texts):,} reviews, {options.threads} threads, {options.runs} runs; {machine_line()}\n"
    )
    for name, found in speeds.items():
        spread = f"{min(found):,.0f} to {max(found):,.0f}"
        sys.stdout.write(f"{name:14}{statistics.median(found):8,.0f} reviews/s ({spread})\n")


if __name__ == "__main__":
    main()
