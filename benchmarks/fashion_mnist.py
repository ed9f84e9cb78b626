"""A small residual network on Fashion-MNIST: test accuracy and seconds, epoch by epoch.

    python benchmarks/fashion_mnist.py
    python benchmarks/fashion_mnist.py --data some/directory --epochs 3 --seed 2 --json

The aim is a test accuracy of 0.91 within 20 minutes on two cores. The directory holds the four idx
files; Debian's package dataset-fashion-mnist provides them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.image_sources import load_images
from wordlab.vision_theory.vision.training import Training, train

DEBIAN = "/usr/share/datasets/fashion-mnist"


def main() -> None:
    """Train once, then print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default=DEBIAN)
    parser.add_argument("--model", default="resnet20")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=VisionConfig().threads)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = VisionConfig(
        model=options.model, epochs=options.epochs, batch_size=options.batch_size, flip=True,
        weight_decay=5e-4, threads=options.threads, seed=options.seed,
    )  # fmt: skip
    data = load_images(options.data)
    started, computed = time.perf_counter(), time.process_time()
    epochs: list[dict[str, float]] = []

    def record(training: Training) -> None:
        epochs.append(
            {
                "train_loss": training.history.losses[-1],
                "test_accuracy": training.history.test_accuracies[-1],
                "seconds": time.perf_counter() - started,
                "cpu_seconds": time.process_time() - computed,
            }
        )
        print(f"epoch {len(epochs)}: {epochs[-1]['test_accuracy']:.4f}", file=sys.stderr)

    train(data, config, on_epoch=record)
    if options.json:
        print(json.dumps({"load": os.getloadavg(), "config": config.to_dict(), "epochs": epochs}, indent=2))
        return
    print(f"{options.model} on {data.name}, {options.threads} threads, seed {options.seed}")
    print(f"{'epoch':>5} {'training loss':>14} {'test accuracy':>14} {'seconds':>8} {'of CPU':>7}")
    for number, row in enumerate(epochs, 1):
        print(
            f"{number:5} {row['train_loss']:14.4f} {row['test_accuracy']:14.4f} "
            f"{row['seconds']:8.0f} {row['cpu_seconds']:7.0f}"
        )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
