"""Time and memory of a diagnosis of 400,000 vectors of 300 dimensions.

    python benchmarks/diagnosis.py
    python benchmarks/diagnosis.py --words 400000 --dim 300 --runs 3

The vectors are drawn, with a common part and shrinking variances as trained ones have; words are letters and
numbers. Each run is a process of its own, which maps the saved vectors as the command does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.diagnosis import diagnose
from wordlab.resources import held_memory
from wordlab.text import Vocabulary


def make(num_words: int, dim: int, path: Path) -> None:
    """Save drawn vectors."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(num_words, dim)).astype(np.float32)
    matrix *= np.geomspace(1, 0.2, dim, dtype=np.float32)
    matrix += 0.2 * rng.normal(size=dim).astype(np.float32)
    words = [f"word{number}" if number % 10 else f"{number}" for number in range(num_words)]
    WordVectors(Vocabulary(words, np.arange(num_words, 0, -1)), matrix).save(path)


def measure(path: Path) -> None:
    """Print what one diagnosis takes, as JSON; memory is what the process holds beside mapped files."""
    vectors = WordVectors.load(path, verify=False)
    float(vectors.matrix.sum())  # so that the file is in the system's cache
    before, done, most = held_memory(), threading.Event(), 0

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, held_memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun, worked = time.perf_counter(), time.process_time()
    diagnose(vectors)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    done.set()
    watcher.join()
    facts = {"seconds": seconds, "cpu_seconds": cpu, "megabytes": (most - before) / 1e6}
    print(json.dumps({name: round(value, 1) for name, value in facts.items()}))


def main() -> None:
    """Make the vectors, and measure in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        measure(options.measure)
        return
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "vectors"
        make(options.words, options.dim, path)
        for _ in range(options.runs):
            command = [sys.executable, __file__, "--measure", str(path)]
            print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()
