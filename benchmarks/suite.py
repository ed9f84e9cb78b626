"""Run the benchmarks of speed one after another, and write benchmarks/results/.

    WORDLAB_DATA=DIRECTORY python benchmarks/suite.py
    WORDLAB_DATA=DIRECTORY python benchmarks/suite.py --full --only shapes start

Without `--full`, texts are shorter and runs fewer, so that it all takes a part of the time. Each
benchmark writes a JSON file; then summary.py makes the page and the pictures from all of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from summary import RESULTS

SUITE = {
    "training_skipgram": ("training.py", "", "--epochs 1 --no-quality"),
    "training_cbow": ("training.py --model cbow", "", "--epochs 2 --no-quality"),
    "training_skipgram_hierarchical": (
        "training.py --loss hierarchical", "", "--epochs 1 --runs 2 --no-quality",
    ),
    "training_cbow_hierarchical": (
        "training.py --loss hierarchical --model cbow", "", "--epochs 2 --runs 2 --no-quality",
    ),
    "shapes": ("shapes.py", "", "--words 2000000"),
    "whole_process": ("whole_process.py", "--words 17000000", "--words 2000000 --runs 2"),
    "subwords_skipgram": ("subwords.py", "", "--words 1000000 --seeds 1"),
    "subwords_cbow": ("subwords.py --model cbow", "", "--words 1000000 --seeds 1"),
    "linear_imdb": ("linear.py", "", "--seeds 1"),
    "linear_tweets": ("linear.py --data tweets", "", "--seeds 1"),
    "glove_training": ("glove_training.py", "", "--words 2000000 --runs 1 --epochs 5"),
    "whole_process_subwords": ("whole_process.py --subwords", "--words 17000000", "--words 1000000 --runs 1"),
    "start": ("start.py", "", "--runs 3"),
    "roofline": ("roofline.py", "", "--runs 3"),
    "kernel_parts": ("kernel_parts.py", "", "--words 2000000"),
    "kernel_parts_default": ("kernel_parts.py --default --threads 2", "", "--words 2000000"),
    "corpus_build": ("corpus_build.py", "", "--repeats 3"),
    "phrases": ("phrases.py", "", "--runs 1 --words 4000000"),
    "analogies": ("analogies.py", "", "--runs 1"),
    "evaluation": ("evaluation.py", "", "--runs 1 --sample 50"),
    "nearest": ("nearest.py", "", "--runs 3"),
    "serving": ("serving.py", "", "--runs 2 --seconds 1"),
    "serving_soak": ("serving.py", "--soak 10m", "--soak 30s"),
    "read_glove": ("read_glove.py", "", "--runs 1"),
    "open_vectors": ("open_vectors.py", "", "--runs 3"),
}  # fmt: skip
"""For each name its script, and the arguments for a full and for a quick run."""


def main() -> None:
    """Run the chosen benchmarks, then summarise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="whole texts and more runs")
    parser.add_argument("--only", nargs="+", choices=SUITE, default=list(SUITE), metavar="NAME")
    options = parser.parse_args()
    here = Path(__file__).parent
    for name in options.only:
        script, full, quick = SUITE[name]
        words = [*script.split(), *(full if options.full else quick).split()]
        sys.stdout.write(f"\n$ python benchmarks/{' '.join(words)}\n")
        sys.stdout.flush()
        started = time.perf_counter()
        command = [sys.executable, str(here / words[0]), *words[1:], "--json", str(RESULTS / f"{name}.json")]
        done = subprocess.run(command)
        if done.returncode:
            sys.exit(f"Error: {words[0]} ended with {done.returncode}; --only NAME ... resumes from there")
        sys.stdout.write(f"took {time.perf_counter() - started:.0f} s\n")
    subprocess.run([sys.executable, str(here / "summary.py")], check=True)


if __name__ == "__main__":
    main()
