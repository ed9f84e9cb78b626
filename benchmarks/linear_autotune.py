"""The linear classifier's search of settings and fastText's autotune, with the same time and texts.

    WORDLAB_DATA=DIRECTORY python benchmarks/linear_autotune.py --data mr --seconds 60

Both get the same training texts, lower-cased and tokenised, of which the same tenth is held out to judge by,
and are then scored on the same test texts, which neither has seen. Both use two threads, and their last
training has the training texts without those that were held out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import reviews
from reporting import add_json_option, deliver

from wordlab.sentiment import AutotuneConfig, LabelledTexts, LinearConfig, autotune, stratified_split
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


def of_wordlab(
    kept: LabelledTexts, held: LabelledTexts, test: LabelledTexts, seconds: int
) -> dict[str, float]:
    """The accuracy of wordlab's best, how long it took, and the number of trials."""
    started = time.perf_counter()
    found = autotune(
        kept.texts, kept.labels, LinearConfig(threads=2), AutotuneConfig(time_limit=seconds),
        validation=Validation(texts=held.texts, labels=held.labels), tokenizer=Tokenizer("whitespace"),
    )  # fmt: skip
    taken = time.perf_counter() - started
    right = [a == b for a, b in zip(found.model.predict(test.texts, threads=2), test.labels, strict=True)]
    print(found.model.config, file=sys.stderr)
    return {"accuracy": float(np.mean(right)), "seconds": taken, "trials": len(found.trials)}


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=("imdb", "mr"), default="mr")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--program", choices=("both", "fasttext", "wordlab"), default="both")
    add_json_option(parser)
    options = parser.parse_args()
    train, test = map(tokenised, reviews.load(options.data))
    kept, held = stratified_split(train, 0.1, seed=1)
    runs = {"fasttext": of_fasttext, "wordlab": of_wordlab}
    wanted = runs if options.program == "both" else {options.program: runs[options.program]}
    measured = {name: run(kept, held, test, options.seconds) for name, run in wanted.items()}
    table = "".join(
        f"{name:10} accuracy {found['accuracy']:.4f}, {found['seconds']:.0f} s"
        + (f", {found['trials']:.0f} trials\n" if "trials" in found else "\n")
        for name, found in measured.items()
    )
    deliver(options, f"search of settings, {options.data}", table, measured=measured)


if __name__ == "__main__":
    main()
