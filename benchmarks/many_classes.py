"""NB-SVM with many classes beside linear classifiers on TF-IDF: accuracy, calibration error, time.

The texts are paragraphs of Wikipedia that mention words of one category of Almuhareb and Poesio (2006) and
of no other; the label is the category, and its words are taken out of the text, so that what is told is what
a text is about. 21 classes, the largest 40 times the smallest. A fifth is for judging. The peers are
scikit-learn's LinearSVC and logistic regression on its TfidfVectorizer, with the same tokens.

    python benchmarks/many_classes.py [--texts 8000] [--seeds 1 2 3] [--set beta=1]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from reporting import machine_line
from scipy.special import softmax
from sentiment import setting
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from wiki import data_directory

from wordlab.sentiment import BaselineConfig, LabelledTexts, stratified_split, train_baseline
from wordlab.sentiment.judging.metrics import target_positions
from wordlab.sentiment.judging.reliability import reliability
from wordlab.text import Tokenizer

_MIN_WORDS = 20

Trained = tuple[Callable[[tuple[str, ...]], np.ndarray], float]
"""The probabilities of texts by a model, and the seconds that it was trained for."""


def categorised(number: int) -> LabelledTexts:
    """The first `number` paragraphs that mention one category, without its words."""
    data = data_directory()
    categories: dict[str, set[str]] = {}
    with (data / "word-categorization/ap.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            categories.setdefault(row["word"].lower(), set()).add(row["category"])
    known = {word: found for word, found in categories.items() if word and len(found) == 1}
    texts, labels = [], []
    with gzip.open(data / "wiki-raw.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            words = re.findall(r"\w+", line)
            found = set().union(*(known.get(word.lower(), ()) for word in words))
            if len(words) >= _MIN_WORDS and len(found) == 1:
                texts.append(" ".join(word for word in words if word.lower() not in known))
                labels.append(found.pop())
            if len(texts) == number:
                break
    return LabelledTexts(tuple(texts), tuple(labels), "paragraphs by category")


def baseline(name: str, training: LabelledTexts, settings: dict[str, Any]) -> Trained:
    """A baseline of wordlab."""
    start = time.perf_counter()
    model = train_baseline(training.texts, training.labels, BaselineConfig(model=name, **settings))
    return model.predict_proba, time.perf_counter() - start


def peer(model: Any, training: LabelledTexts) -> Trained:
    """A linear classifier of scikit-learn on TF-IDF; the probabilities of scores are their softmax."""
    words = TfidfVectorizer(
        tokenizer=Tokenizer("word"), token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True,
        dtype=np.float32,
    )  # fmt: skip
    start = time.perf_counter()
    pipeline = make_pipeline(words, model).fit(training.texts, training.labels)
    seconds = time.perf_counter() - start
    if hasattr(model, "predict_proba"):
        return pipeline.predict_proba, seconds
    return lambda texts: softmax(pipeline.decision_function(texts), axis=1), seconds


def main() -> None:
    """Print a line for each model: means over the seeds, which choose the texts to judge on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=8_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--set", type=setting, action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    data = categorised(options.texts)
    kinds: dict[str, Callable[[LabelledTexts], Trained]] = {
        "NB-SVM": lambda training: baseline("nbsvm", training, dict(options.set)),
        "TF-IDF": lambda training: baseline("tfidf", training, {}),
        "LinearSVC on TF-IDF": lambda training: peer(LinearSVC(random_state=1), training),
        "logistic regression on TF-IDF": lambda training: peer(
            LogisticRegression(C=10, max_iter=2_000), training
        ),
    }
    for name, kind in kinds.items():
        found = []
        for seed in options.seeds:
            training, test = stratified_split(data, 0.2, seed=seed)
            probabilities_of, seconds = kind(training)
            probabilities = probabilities_of(test.texts)
            targets = target_positions(test.labels, training.classes)
            right = float(np.mean(probabilities.argmax(axis=1) == targets))
            found.append((right, reliability(targets, probabilities).error, seconds))
        accuracies, errors, times = zip(*found, strict=True)
        sys.stdout.write(
            f"{name}: accuracy {statistics.mean(accuracies):.4f} ({min(accuracies):.4f} to "
            f"{max(accuracies):.4f}), calibration error {statistics.mean(errors):.3f}, "
            f"{statistics.mean(times):.1f} s; {len(data):,} texts, {len(data.classes)} classes\n"
        )
        sys.stdout.flush()
    sys.stdout.write(machine_line() + "\n")


if __name__ == "__main__":
    main()
