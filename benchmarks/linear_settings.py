"""The accuracy of the linear classifier by its settings, on held-out training texts or on test texts.

    WORDLAB_DATA=DIRECTORY python benchmarks/linear_settings.py --data mr --set max_ngram=5
    WORDLAB_DATA=DIRECTORY python benchmarks/linear_settings.py --data imdb --test

Settings are chosen on held-out texts: a fifth of IMDb's, SST-2's development sentences, a tenth of
the others. Test texts serve for the last figure only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import reviews
from reporting import add_json_option, deliver

from pipelines.tweets import distinct_tweets
from wordlab.sentiment import LabelledTexts, LinearConfig, evaluate, stratified_split, train_linear

TWEETS = "tweets"


def load(name: str, *, test: bool) -> tuple[LabelledTexts, LabelledTexts]:
    """Texts to train on, and texts to judge on."""
    if name != TWEETS:
        return reviews.load(name) if test else reviews.load_validation(name)
    training, judging = stratified_split(distinct_tweets(), 0.2, seed=1)
    return (training, judging) if test else stratified_split(training, 0.1, seed=1)


def main() -> None:
    """Train with each seed, print accuracy and calibration error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", choices=(*reviews.DATASETS, TWEETS), required=True)
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="of LinearConfig")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--test", action="store_true", help="judge on the test texts")
    add_json_option(parser)
    options = parser.parse_args()
    pairs = [pair.partition("=") for pair in options.set]
    settings = {name: json.loads(value) if value[0] in "0123456789" else value for name, _, value in pairs}
    training, judging = load(options.data, test=options.test)
    found = []
    for seed in options.seeds:
        start = time.perf_counter()
        model = train_linear(training.texts, training.labels, LinearConfig(seed=seed, **settings))
        seconds = time.perf_counter() - start
        judged = evaluate(model, judging)
        found.append(
            {"seed": seed, "accuracy": judged.scores.accuracy, "calibration": judged.reliability.error,
             "seconds": seconds}
        )  # fmt: skip
    scores = [each["accuracy"] for each in found]
    table = (
        f"{options.data}, {' '.join(options.set) or 'defaults'}: accuracy {statistics.mean(scores):.4f} "
        f"({min(scores):.4f} to {max(scores):.4f}), calibration error "
        f"{statistics.mean(each['calibration'] for each in found):.3f}, "
        f"{statistics.median(each['seconds'] for each in found):.1f} s to train\n"
    )
    deliver(options, "linear classifier by settings", table, measured={"runs": found})


if __name__ == "__main__":
    main()
