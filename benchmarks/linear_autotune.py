"""The linear classifier's search of settings and fastText's autotune, with the same time and texts.

    WORDLAB_DATA=DIRECTORY python benchmarks/linear_autotune.py --data mr --seconds 60 --folds 3

All get the same training texts, lower-cased and tokenised, and are scored on the same test texts, which none
has seen. fastText needs a file to judge by, a tenth of the training texts, and its last training does without
it. "same file" is wordlab with that file, "wordlab" as its command does it: it holds texts out of all
training texts, several times where they are few, and trains on all of them in the end. "default" has the
default settings and all training texts. Two threads each. A search of fastText that ends with "Encountered
NaN", as some do, has no accuracy, and is left out of the mean.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np
import reviews
from reporting import add_json_option, deliver

from wordlab.sentiment import (
    AutotuneConfig,
    LabelledTexts,
    LinearConfig,
    LinearModel,
    autotune,
    stratified_split,
    train_linear,
)
from wordlab.sentiment.judging.held_out import Validation
from wordlab.text import Tokenizer


def tokenised(data: LabelledTexts) -> LabelledTexts:
    """The texts with single spaces between lower-cased tokens."""
    tokenizer = Tokenizer("word")
    return LabelledTexts(tuple(" ".join(tokenizer(text)) for text in data.texts), data.labels, data.source)


def write(data: LabelledTexts, path: Path) -> None:
    """Write texts as fastText reads them, in an order that is no order of labels."""
    order = np.random.default_rng(0).permutation(len(data)).tolist()
    lines = [f"__label__{data.labels[place]} {data.texts[place]}\n" for place in order]
    path.write_text("".join(lines), encoding="utf-8")


def of_fasttext(
    kept: LabelledTexts, held: LabelledTexts, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The accuracy of fastText's best, and how long it took."""
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        write(kept, Path(folder, "train.txt"))
        write(held, Path(folder, "held.txt"))
        started = time.perf_counter()
        model = fasttext.train_supervised(
            str(Path(folder, "train.txt")), autotuneValidationFile=str(Path(folder, "held.txt")),
            autotuneDuration=seconds, thread=2, verbose=0,
        )  # fmt: skip
        taken = time.perf_counter() - started
    labels, _ = model.predict(list(test.texts))
    right = [found[0] == f"__label__{label}" for found, label in zip(labels, test.labels, strict=True)]
    return {"accuracy": float(np.mean(right)), "seconds": taken}


def of_same_file(
    kept: LabelledTexts, held: LabelledTexts, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The accuracy of wordlab's best by the texts that fastText has, how long it took, and the trials."""
    return searched(kept, Validation(texts=held.texts, labels=held.labels), test, seconds)


def of_wordlab(
    kept: LabelledTexts, held: LabelledTexts, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The same where wordlab chooses what it holds out."""
    everything = LabelledTexts(kept.texts + held.texts, kept.labels + held.labels, kept.source)
    return searched(everything, None, test, seconds)


def searched(
    train: LabelledTexts, validation: Validation | None, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The accuracy of wordlab's best, its score when it was chosen, how long it took, and the trials."""
    started = time.perf_counter()
    found = autotune(
        train.texts, train.labels, LinearConfig(threads=2), AutotuneConfig(time_limit=seconds),
        validation=validation, tokenizer=Tokenizer("whitespace"),
    )  # fmt: skip
    taken = time.perf_counter() - started
    print(found.model.config, file=sys.stderr)
    return {
        "accuracy": right(found.model, test), "seconds": taken, "trials": len(found.trials),
        "held_out": found.trials[found.kept].score or 0.0,
    }  # fmt: skip


def of_default(
    kept: LabelledTexts, held: LabelledTexts, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The accuracy of the default settings."""
    started = time.perf_counter()
    model = train_linear(
        kept.texts + held.texts, kept.labels + held.labels, LinearConfig(threads=2),
        tokenizer=Tokenizer("whitespace"),
    )  # fmt: skip
    return {"accuracy": right(model, test), "seconds": time.perf_counter() - started}


def right(model: LinearModel, test: LabelledTexts) -> float:
    """The share of test texts that are classified right."""
    found = model.predict(test.texts, threads=2)
    return statistics.mean(a == b for a, b in zip(found, test.labels, strict=True))


RUNS = {"fasttext": of_fasttext, "same file": of_same_file, "wordlab": of_wordlab, "default": of_default}


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=("imdb", "mr"), default="mr")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folds", type=int, default=1, help="of MR's ten, whose mean is shown")
    parser.add_argument("--programs", nargs="+", choices=tuple(RUNS), default=list(RUNS))
    add_json_option(parser)
    options = parser.parse_args()
    pairs = [reviews.load("imdb")] if options.data == "imdb" else islice(reviews.folds(), options.folds)
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in options.programs}
    for pair in pairs:
        train, test = map(tokenised, pair)
        kept, held = stratified_split(train, 0.1, seed=1)
        for name in options.programs:
            try:
                measured[name].append(RUNS[name](kept, held, test, options.seconds))
            except RuntimeError as error:  # of fastText
                print(f"{name}: {error}", file=sys.stderr)
                continue
            print(name, measured[name][-1], file=sys.stderr)
    deliver(
        options,
        f"search of settings, {options.data}",
        "".join(line(name, runs) for name, runs in measured.items()),
        measured=measured,
    )


def line(name: str, runs: list[dict[str, float]]) -> str:
    """Mean and spread of the accuracies; means of the rest."""
    if not runs:
        return f"{name:10} no result\n"
    found = [each["accuracy"] for each in runs]
    means = {key: statistics.mean(each[key] for each in runs) for key in runs[0]}
    trials = f", {means['trials']:.0f} trials, {means['held_out']:.4f} held out" if "trials" in means else ""
    spread = f"{min(found):.4f} to {max(found):.4f}, {len(runs)} runs"
    return f"{name:10} accuracy {means['accuracy']:.4f} ({spread}), {means['seconds']:.0f} s{trials}\n"


if __name__ == "__main__":
    main()
