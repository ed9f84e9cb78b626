"""Residual networks on scikit-learn's digits: test accuracy and seconds of each seed, default settings.

    python benchmarks/digits.py
    python benchmarks/digits.py --model resnet20 --seeds 5 --json

The aim is a test accuracy of 0.985 in under two minutes on two cores. The 360 test images are a fixed
stratified fifth; one test image is worth 0.003.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time

from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.image_sources import load_images
from wordlab.vision_theory.vision.training import train


def main() -> None:
    """Train with each seed, then print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--epochs", type=int, default=VisionConfig().epochs)
    parser.add_argument("--seeds", type=int, default=5, help="train with the seeds 1, 2, ...")
    parser.add_argument("--threads", type=int, default=VisionConfig().threads)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    data = load_images("digits")
    runs = []
    for seed in range(1, options.seeds + 1):
        config = VisionConfig(
            model=options.model, epochs=options.epochs, threads=options.threads, seed=seed
        )  # fmt: skip
        started, computed = time.perf_counter(), time.process_time()
        history = train(data, config).history
        runs.append(
            {
                "seed": seed,
                "test_accuracy": history.test_accuracies[-1],
                "seconds": time.perf_counter() - started,
                "cpu_seconds": time.process_time() - computed,
            }
        )
        print(f"seed {seed}: {runs[-1]['test_accuracy']:.4f}, {runs[-1]['seconds']:.0f} s", file=sys.stderr)
    if options.json:
        print(json.dumps({"load": os.getloadavg(), "config": config.to_dict(), "runs": runs}, indent=2))
        return
    accuracies = [run["test_accuracy"] for run in runs]
    seconds = [run["seconds"] for run in runs]
    print(f"{options.model} on digits, {options.epochs} epochs, {options.threads} threads, {len(runs)} seeds")
    print(f"test accuracy {statistics.mean(accuracies):.4f} ({min(accuracies):.4f} to {max(accuracies):.4f})")
    print(f"seconds       {statistics.median(seconds):.0f} ({min(seconds):.0f} to {max(seconds):.0f})")
    print(f"load          {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
