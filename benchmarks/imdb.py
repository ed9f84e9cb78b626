"""IMDb by paragraph vectors and n-grams, with unlabelled reviews: the inductive and the transductive figure.

Inductive: the vectors learn from the training and the unlabelled reviews; test reviews are encoded
afterwards, with everything as it is. Transductive: the test reviews, without their labels, are among the
unlabelled texts as well, and are encoded in the same way. Both are what these commands make:

    wordlab sentiment train train.tsv --model paragraph-vectors --unlabelled unsup.txt.gz -o inductive/
    wordlab sentiment train train.tsv --model paragraph-vectors --unlabelled unsup.txt.gz \\
        --unlabelled test.txt -o transductive/

Settings are chosen by `--judge validation`: a fifth of the training reviews, of other films, takes the place
of the test reviews, and no test review is read.

    python benchmarks/imdb.py
    python benchmarks/imdb.py --judge validation --set dim=200
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from reporting import add_json_option, deliver
from reviews import load
from sentiment import other_films, setting
from wiki import data_directory

from wordlab.sentiment import LabelledTexts, ParagraphConfig, read_labelled, read_texts, train_paragraphs
from wordlab.sentiment.judging.metrics import score

_VALIDATION_SHARE = 0.2


def main() -> None:
    """Train and judge once for each seed and way, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--judge", choices=("test", "validation"), default="test")
    parser.add_argument(
        "--ways", nargs="+", choices=("inductive", "transductive"), default=["inductive", "transductive"]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument(
        "--without-unlabelled", action="store_true", help="leave out the 50,000 unlabelled reviews"
    )
    parser.add_argument(
        "--set", action="append", type=setting, default=[], metavar="NAME=VALUE",
        help="a field of ParagraphConfig",
    )  # fmt: skip
    add_json_option(parser)
    options = parser.parse_args()
    train, test = _texts(options.judge)
    results = []
    for seed in options.seeds:
        for way in options.ways:
            result = run(
                train, test, way, seed, dict(options.set), with_unlabelled=not options.without_unlabelled
            )
            results.append(result)
            sys.stderr.write(_line(result))  # each takes minutes
    title = f"IMDb, {len(train):,} labelled reviews, judged by {len(test):,} ({options.judge})"
    deliver(options, title, "".join(map(_line, results)), measured={"results": results})


def _line(result: dict[str, Any]) -> str:
    low, high = result["interval"]
    return (
        f"{result['way']:13} seed {result['seed']}: accuracy {result['accuracy']:.4f} "
        f"(95% {low:.4f} to {high:.4f}), AUC {result['auc']:.4f}, {result['train_seconds']:.0f} s to train, "
        f"{result['predict_seconds']:.0f} s to predict, {result['num_grams']:,} runs of words, "
        f"at most {result['peak_gb']:.1f} GB so far\n"
    )


def _texts(judge: str) -> tuple[LabelledTexts, LabelledTexts]:
    """The reviews to learn from and those to be judged by."""
    if judge == "test":
        return load("imdb")
    return other_films(read_labelled(data_directory() / "imdb/train.tsv.gz"), _VALIDATION_SHARE)


def run(
    train: LabelledTexts,
    test: LabelledTexts,
    way: str,
    seed: int,
    settings: dict[str, Any],
    *,
    with_unlabelled: bool,
) -> dict[str, Any]:
    """One training, judged."""
    unlabelled: Iterable[str] = _unlabelled() if with_unlabelled else ()
    if way == "transductive":
        unlabelled = chain(unlabelled, test.texts)
    start = time.perf_counter()
    model = train_paragraphs(
        train.texts, train.labels, ParagraphConfig(**{**settings, "seed": seed}), unlabelled=unlabelled
    )
    trained = time.perf_counter()
    probabilities = model.predict_proba(test.texts)
    predicted = time.perf_counter()
    scores = score(test.labels, probabilities, model.classes)
    return {
        "way": way,
        "seed": seed,
        "accuracy": scores.accuracy,
        "interval": scores.interval,
        "auc": scores.auc,
        "train_seconds": trained - start,
        "predict_seconds": predicted - trained,
        "num_grams": len(model.vocabulary),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "losses": model.losses,
        "config": model.config.to_dict(),
    }


def _unlabelled() -> Iterator[str]:
    yield from read_texts(data_directory() / "imdb/unsup.txt.gz")


if __name__ == "__main__":
    main()
