"""Accuracy of the classifiers on IMDb, MR, SST-2 and Waimai: mean and spread over seeds, time of training.

`--vectors own` first trains skip-gram vectors: on IMDb's 75,000 training and unlabelled reviews for the
three sets of film reviews, on the training texts alone for Waimai. They are kept in `--cache`, if given.
MR is judged by ten-fold cross-validation, with an order of folds per seed; the others have one test set.
A tenth of the training texts chooses the epoch (SST-2: its development set); no test text chooses anything.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from glove import glove_vectors
from reporting import machine, machine_line
from reviews import DATASETS, folds, load, load_validation
from wiki import data_directory

from wordlab.embeddings import WordVectors, side_by_side
from wordlab.sentiment import Classifier, ClassifierConfig, LabelledTexts, train
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig
from wordlab.training import train as train_vectors

SETTINGS: dict[tuple[str, str], dict[str, Any]] = {
    ("imdb", "textcnn"): {
        "epochs": 10, "dim": 300, "channels": "static", "word_dropout": 0.2, "averaging": 0.995,
    },
    ("imdb", "birnn"): {"epochs": 6, "dim": 300, "channels": "static", "states": "max", "averaging": 0.99},
    ("mr", "textcnn"): {"epochs": 10, "dim": 300, "averaging": 0.99},
    ("mr", "birnn"): {"epochs": 10, "dim": 300, "averaging": 0.99},
    ("sst2", "textcnn"): {"epochs": 10, "dim": 300, "averaging": 0.99},
    ("sst2", "birnn"): {"epochs": 10, "dim": 300, "averaging": 0.99},
    ("waimai", "textcnn"): {"epochs": 10, "averaging": 0.99},
    ("waimai", "birnn"): {"epochs": 10, "averaging": 0.99},
}  # fmt: skip
VECTOR_SETTINGS: dict[str, dict[str, Any]] = {
    "reviews": {"epochs": 10},
    "waimai": {"epochs": 30, "subsample": 1e-3},
}


def own_vectors(
    dataset: str, training: LabelledTexts, cache: Path, *, dim: int = ClassifierConfig.dim
) -> WordVectors:
    """Vectors trained by wordlab, taken from the cache if it has them."""
    kind = "waimai" if dataset == "waimai" else "reviews"
    saved = cache / f"vectors-{kind}{len(training) if kind == 'waimai' else ''}-{dim}d"
    if saved.exists():
        return WordVectors.load(saved)
    text = cache / f"{kind}.txt"
    lines = iter(training.texts) if kind == "waimai" else _all_reviews()
    with text.open("w", encoding="utf-8") as file:
        file.writelines(line.replace("\n", " ") + "\n" for line in lines)
    corpus = Corpus.build(
        [text],
        cache / f"corpus-{saved.name}",
        tokenizer=Tokenizer("jieba" if kind == "waimai" else "word"),
        min_count=2 if kind == "waimai" else 5,
    )
    vectors = train_vectors(corpus, Word2VecConfig(dim=dim, **VECTOR_SETTINGS[kind]))
    vectors.save(saved)
    return vectors


def _all_reviews() -> Iterator[str]:
    """IMDb's 75,000 training and unlabelled reviews, none of them a test review."""
    yield from load("imdb")[0].texts
    with gzip.open(data_directory() / "imdb/unsup.txt.gz", "rt", encoding="utf-8", newline="\n") as file:
        yield from file


def tokenizer_for(dataset: str, vectors: str) -> Tokenizer | None:
    """The tokenizer of `dataset`: GloVe's for MR and SST-2; None stands for the vectors' own."""
    if dataset == "waimai":
        return Tokenizer("jieba")
    if vectors == "glove" and dataset in ("mr", "sst2"):
        return Tokenizer("whitespace", lowercase=True)
    return None if vectors == "own" else Tokenizer("word")


def accuracy(classifier: Classifier, test: LabelledTexts) -> float:
    """The share of texts that are classified correctly."""
    told = classifier.predict(test.texts, threads=classifier.config.threads)
    return sum(a == b for a, b in zip(told, test.labels, strict=True)) / len(test)


def other_films(reviews: LabelledTexts, share: float) -> tuple[LabelledTexts, LabelledTexts]:
    """IMDb's reviews without, and with only, the last `share` of each class.

    The reviews of a film stand together, and the test reviews are of other films. A random held-out part
    would reward a model for knowing names.
    """
    kept: list[int] = []
    held_out: list[int] = []
    for label in reviews.classes:
        rows = [row for row, found in enumerate(reviews.labels) if found == label]
        cut = round(len(rows) * (1 - share))
        kept += rows[:cut]
        held_out += rows[cut:]
    return reviews.take(kept), reviews.take(held_out)


def splits(
    dataset: str, seed: int, judge: str
) -> Iterator[tuple[LabelledTexts, LabelledTexts | None, LabelledTexts]]:
    """Texts to train on, to choose the epoch by (None: a share of the first), and to judge by."""
    if judge == "validation":  # for choosing settings, without a look at test texts
        if dataset == "imdb":
            training, held_out = other_films(load(dataset)[0], 0.2)
            yield *other_films(training, 0.1), held_out
        else:
            training, held_out = load_validation(dataset)
            yield training, None, held_out
    elif dataset == "mr":
        for training, test in folds(seed):
            yield training, None, test
    elif dataset == "sst2":
        training, test = load(dataset)
        yield training, load_validation(dataset)[1], test
    elif dataset == "imdb":
        training, test = load(dataset)
        yield *other_films(training, 0.1), test
    else:
        training, test = load(dataset)
        yield training, None, test


def run(options: argparse.Namespace, seed: int, cache: Path) -> dict[str, Any]:
    """Accuracy on the test texts, seconds and epochs of a training (ten for MR) with one seed."""
    fields = {**SETTINGS[options.data, options.model], **dict(options.set), "threads": options.threads}
    config = ClassifierConfig(model=options.model, seed=seed, **fields)
    scores, seconds, epochs, coverages = [], 0.0, [], []
    for training, held_out, test in splits(options.data, seed, options.judge):
        vectors = None
        if options.vectors == "own":
            vectors = own_vectors(options.data, training, cache, dim=config.dim)
        elif options.vectors == "both":
            own = own_vectors(options.data, training, cache, dim=config.dim)
            vectors = side_by_side([own, glove_vectors()])
        elif options.vectors == "glove":
            vectors = glove_vectors()
        elif options.vectors != "none":
            vectors = WordVectors.load(options.vectors)
        started = time.perf_counter()
        classifier = train(
            training.texts,
            training.labels,
            config,
            vectors=vectors,
            tokenizer=tokenizer_for(options.data, options.vectors),
            validation=None if held_out is None else (held_out.texts, held_out.labels),
            device=options.device,
        )
        seconds += time.perf_counter() - started
        scores.append(accuracy(classifier, test))
        epochs.append(classifier.history.best_epoch)
        coverages.append(0.0 if classifier.coverage is None else classifier.coverage.tokens)
    return {
        "seed": seed,
        "accuracy": statistics.mean(scores),
        "seconds": seconds,
        "epochs": statistics.mean(epochs),
        "coverage": statistics.mean(coverages),
        "validation": classifier.history.validation_accuracies,
    }


def setting(text: str) -> tuple[str, Any]:
    """The name and the value in NAME=VALUE; the value is read as JSON where it is valid JSON."""
    name, _, value = text.partition("=")
    try:
        found = json.loads(value)
    except ValueError:
        found = value
    return name, tuple(found) if isinstance(found, list) else found


def add_shared_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that networks and baselines share."""
    parser.add_argument("--data", choices=DATASETS, default="imdb")
    parser.add_argument("--seeds", type=lambda text: [int(s) for s in text.split(",")], default=[1])
    parser.add_argument("--set", type=setting, action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument("--judge", choices=["test", "validation"], default="test")
    parser.add_argument("--cache", type=Path, default=None, help="directory to keep trained vectors in")
    parser.add_argument("--json", action="store_true")


def write_json(options: argparse.Namespace, results: list[dict[str, Any]]) -> None:
    """Write the options, the machine and the result of each seed as one JSON object."""
    told = {**vars(options), "cache": None, "machine": machine()}
    json.dump({"options": told, "runs": results}, sys.stdout, indent=2)


def main() -> None:
    """Train with each seed, then print a line per seed and the mean, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=["textcnn", "birnn"], default="textcnn")
    parser.add_argument("--vectors", default="own", help="glove, own, both, none, or a directory")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="where torch trains: cpu, cuda ...")
    add_shared_options(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        cache = options.cache or Path(directory)
        cache.mkdir(parents=True, exist_ok=True)
        results = []
        for seed in options.seeds:
            results.append(run(options, seed, cache))
            if not options.json:
                write_line(results[-1])
    if options.json:
        write_json(options, results)
        return
    scores = [result["accuracy"] for result in results]
    spread = f"{min(scores):.4f} to {max(scores):.4f}"
    sys.stdout.write(
        f"{options.data} {options.model} vectors {options.vectors} {dict(options.set)}: accuracy "
        f"{statistics.mean(scores):.4f} ({spread}, {len(scores)} seeds, {options.judge}); {machine_line()}\n"
    )


def write_line(result: dict[str, Any]) -> None:
    """Print a line about one seed."""
    told = ", ".join(f"{value:.4f}" for value in result["validation"])
    sys.stdout.write(
        f"seed {result['seed']}: accuracy {result['accuracy']:.4f}, {result['seconds']:.0f} s of training, "
        f"best epoch {result['epochs']:.1f}, coverage {result['coverage']:.4f}, validation {told}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
