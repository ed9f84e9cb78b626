"""One table of all text classifiers on a data set: accuracy, time to train, texts a second, size.

    python benchmarks/text_models.py --data mr
    python benchmarks/text_models.py --data imdb --models linear nbsvm
    python benchmarks/text_models.py --data mr --commands

Each row is what two commands make, typed as anyone would: `wordlab sentiment train`, timed as a whole
process with what it loads, and predicting the test texts. "Processor" is what all threads used together: on a
busy machine it says more than the clock. Texts a second are those of `predict`, in a process that has loaded
the model and predicted before. `--commands` prints the commands and trains nothing.

IMDb's epochs are chosen by training reviews of other films, SST-2's by its development sentences; MR is the
first of ten folds, Waimai's test texts are a fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reporting import ROOT, add_json_option, deliver
from reviews import DATASETS, load, load_validation
from sentiment import SETTINGS, other_films, own_vectors
from wiki import data_directory

from wordlab.sentiment import ClassifierConfig, LabelledTexts

NETWORKS = ("textcnn", "birnn")
MODELS = ("linear", "tfidf", "nbsvm", "mean-vectors", "paragraph-vectors", *NETWORKS)
HEAD = "| model | accuracy | train | processor | texts/s | size |\n| --- | --- | --- | --- | --- | --- |\n"
PREDICT = """
import json, sys, time
from wordlab.sentiment import load_classifier, read_labelled
model, test = load_classifier(sys.argv[1]), read_labelled(sys.argv[2])
model.predict_proba(test.texts[:100])
start = time.perf_counter()
told = model.predict(test.texts)
seconds = time.perf_counter() - start
right = sum(a == b for a, b in zip(told, test.labels, strict=True))
print(json.dumps({"accuracy": right / len(test), "texts_per_second": len(test) / seconds}))
"""


def main() -> None:
    """Train and judge each model once, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", choices=DATASETS, default="mr")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=None, help="all, unless named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", action="store_true", help="print the commands only")
    parser.add_argument("--cache", default=None, help="directory to keep trained vectors in")
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        texts = write_texts(options.data, folder)
        rows = []
        for model in options.models or MODELS:
            command = command_of(model, options.data, options.seed)
            if options.commands:
                sys.stdout.write(shlex.join(["wordlab", *command]) + "\n")
                continue
            dim = dim_of(model, options.data)
            if f"vectors-{dim}/" in command and not (folder / f"vectors-{dim}").exists():
                cache = Path(options.cache or folder)
                cache.mkdir(parents=True, exist_ok=True)
                own_vectors(options.data, texts, cache, dim=dim).save(folder / f"vectors-{dim}")
            rows.append({"model": model, **run(command, folder)})
            sys.stderr.write(line(rows[-1]))  # some take minutes
    if not options.commands:
        deliver(options, options.data, HEAD + "".join(map(line, rows)), measured={"rows": rows})


def write_texts(dataset: str, folder: Path) -> LabelledTexts:
    """Write the texts that the commands read; those to train on are returned.

    Networks train on part.jsonl, without the texts that choose their epoch, where these are not a share.
    """
    training, test = load(dataset)
    found = {"train": training, "test": test}
    if dataset == "imdb":
        found["part"], found["validation"] = other_films(training, 0.1)
        (folder / "unlabelled.txt.gz").symlink_to(data_directory().resolve() / "imdb/unsup.txt.gz")
    elif dataset == "sst2":
        found["part"], found["validation"] = training, load_validation(dataset)[1]
    for name, texts in found.items():
        rows = zip(texts.labels, texts.texts, strict=True)
        lines = (json.dumps({"label": label, "text": text}) + "\n" for label, text in rows)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return training


def dim_of(model: str, dataset: str) -> int:
    """The dimensions of the vectors that `model` has on `dataset`."""
    return int(SETTINGS.get((dataset, model), {}).get("dim", ClassifierConfig.dim))


def command_of(model: str, dataset: str, seed: int) -> list[str]:
    """What is typed after `wordlab` to train `model` on `dataset`."""
    has_validation = dataset in ("imdb", "sst2") and model in NETWORKS
    command = ["sentiment", "train", "part.jsonl" if has_validation else "train.jsonl", "--model", model]
    command += ["--validation", "validation.jsonl"] if has_validation else []
    if dataset == "waimai" and model == "linear":
        command += ["--max-ngram", "5"]
    elif dataset == "waimai":
        command += ["--tokenizer", "jieba"]
    elif dataset in ("mr", "sst2") and model in ("tfidf", "nbsvm"):
        command += ["--tokenizer", "whitespace", "--lowercase"]
    if dataset == "imdb" and model in ("paragraph-vectors", *NETWORKS):
        command += ["--unlabelled", "unlabelled.txt.gz"]
    elif model == "mean-vectors" or model in NETWORKS:
        command += ["--vectors", f"vectors-{dim_of(model, dataset)}/"]
    if model in NETWORKS:
        for name, value in SETTINGS[dataset, model].items():
            command += [f"--{name.replace('_', '-')}", str(value)]
    return [*command, "--seed", str(seed), "-o", f"{model}/"]


def run(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """Times of one training, and what its model is worth."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    before, start = _processor_seconds(), time.perf_counter()
    _run([sys.executable, "-m", "pipelines.cli", *command, "--quiet"], folder, environment)
    seconds, processor = time.perf_counter() - start, _processor_seconds() - before
    output = folder / command[-1]
    told = _run([sys.executable, "-c", PREDICT, str(output), "test.jsonl"], folder, environment)
    return {
        "command": shlex.join(["wordlab", *command]),
        "seconds": seconds,
        "processor_seconds": processor,
        "megabytes": sum(file.stat().st_size for file in output.iterdir()) / 1e6,
        **json.loads(told),
    }


def line(row: Mapping[str, Any]) -> str:
    """A row of the table."""
    return (
        f"| {row['model']} | {row['accuracy']:.4f} | {row['seconds']:.0f} s | "
        f"{row['processor_seconds']:.0f} s | {row['texts_per_second']:,.0f} | {row['megabytes']:.1f} MB |\n"
    )


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
