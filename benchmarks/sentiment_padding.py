"""Seconds of a training epoch on IMDb: a plain loop that pads all texts to 500, and wordlab's.

The plain loop is the course's (d2l, section 16.3): every text cut or padded to 500 words, batches in
random order, `nn.Conv1d` and a maximum, Adam. Both use the same words, vectors, two channels, kernels,
batch size, learning rate and number of epochs, and are judged on the same test texts. The runs
alternate; each epoch counts on its own, and medians are printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from reporting import machine_line
from reviews import load
from sentiment import own_vectors
from torch import nn

from wordlab.embeddings import WordVectors
from wordlab.sentiment import Classifier, ClassifierConfig, LabelledTexts, train
from wordlab.sentiment.features.encoding import Encoder

NUM_TOKENS = 500


class PlainTextCNN(nn.Module):
    """The course's listing, with the maximum that its text describes."""

    def __init__(self, matrix: torch.Tensor, widths: tuple[int, ...], num_channels: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(matrix.clone(), freeze=False)
        self.constant_embedding = nn.Embedding.from_pretrained(matrix.clone())
        self.convs = nn.ModuleList(nn.Conv1d(2 * matrix.shape[1], num_channels, width) for width in widths)
        self.pool = nn.AdaptiveMaxPool1d(1)
        self.dropout = nn.Dropout(0.5)
        self.decoder = nn.Linear(len(widths) * num_channels, 2)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """The logits (batch, 2) of `ids` (batch, 500)."""
        vectors = torch.cat([self.embedding(ids), self.constant_embedding(ids)], dim=2).permute(0, 2, 1)
        found = [torch.relu(self.pool(conv(vectors))).squeeze(2) for conv in self.convs]
        return self.decoder(self.dropout(torch.cat(found, dim=1)))


def padded(encoder: Encoder, part: LabelledTexts) -> tuple[torch.Tensor, torch.Tensor]:
    """All texts in one tensor (num_texts, 500), and their classes (num_texts,)."""
    encoded = encoder.encode(part.texts)
    targets = torch.tensor([int(label == part.classes[1]) for label in part.labels])
    ids = encoded.batch(np.arange(len(encoded)))[:, :NUM_TOKENS]
    return torch.from_numpy(np.pad(ids, ((0, 0), (0, NUM_TOKENS - ids.shape[1])))), targets


def run_plain(
    encoder: Encoder,
    matrix: torch.Tensor,
    config: ClassifierConfig,
    data: tuple[LabelledTexts, LabelledTexts],
) -> tuple[list[float], float]:
    """Seconds of each epoch, and the accuracy on the test texts."""
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    (ids, targets), (test_ids, test_targets) = (padded(encoder, part) for part in data)
    model = PlainTextCNN(matrix, config.kernel_widths, config.num_channels[0])
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=config.learning_rate)
    seconds = []
    for _ in range(config.epochs):
        started = time.perf_counter()
        model.train()
        for rows in torch.randperm(len(ids)).split(config.batch_size):
            loss = nn.functional.cross_entropy(model(ids[rows]), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds.append(time.perf_counter() - started)
    model.eval()
    with torch.inference_mode():
        told = torch.cat([model(part).argmax(dim=1) for part in test_ids.split(256)])
    return seconds, float((told == test_targets).float().mean())


def run_wordlab(
    vectors: WordVectors, config: ClassifierConfig, data: tuple[LabelledTexts, LabelledTexts]
) -> tuple[Classifier, list[float], float]:
    """The classifier, seconds of each epoch, and the accuracy on the test texts."""
    training, test = data
    classifier = train(training.texts, training.labels, config, vectors=vectors)
    told = classifier.predict(test.texts, threads=config.threads)
    right = sum(a == b for a, b in zip(told, test.labels, strict=True))
    return classifier, classifier.history.seconds, right / len(test)


def main() -> None:
    """Run in turn, then print medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1, help="runs of each, with seeds 1, 2, ...")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--texts", type=int, default=25_000, help="training texts, and test texts")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--vectors", default=None, help="directory of vectors (default: train them first)")
    options = parser.parse_args()
    step = 25_000 // options.texts
    training, test = (part.take(range(0, len(part), step)) for part in load("imdb"))
    if options.vectors is not None:
        vectors = WordVectors.load(options.vectors)
    else:
        with tempfile.TemporaryDirectory() as directory:
            vectors = own_vectors("imdb", training, Path(directory))
    seconds: dict[str, list[float]] = {"plain": [], "wordlab": []}
    accuracies: dict[str, list[float]] = {"plain": [], "wordlab": []}
    for seed in range(1, options.runs + 1):
        config = ClassifierConfig(
            epochs=options.epochs, max_tokens=NUM_TOKENS, validation=0.0, extra_words=0, weight_decay=0.0,
            clip_norm=0.0, threads=options.threads, seed=seed,
        )  # fmt: skip
        classifier, found, accuracy = run_wordlab(vectors, config, (training, test))
        seconds["wordlab"] += found
        accuracies["wordlab"].append(accuracy)
        matrix = classifier.network.words.static
        found, accuracy = run_plain(classifier.encoder, matrix, config, (training, test))
        seconds["plain"] += found
        accuracies["plain"].append(accuracy)
    write = sys.stdout.write
    write(
        f"{len(training):,} reviews, {options.epochs} epochs, {options.threads} threads; {machine_line()}\n"
    )
    for name in ("plain", "wordlab"):
        told = ", ".join(f"{accuracy:.4f}" for accuracy in accuracies[name])
        write(f"{name:8} {statistics.median(seconds[name]):8.1f} s per epoch, accuracy {told}\n")
    ratio = statistics.median(seconds["plain"]) / statistics.median(seconds["wordlab"])
    write(f"ratio {ratio:.1f}\n")


if __name__ == "__main__":
    main()
