"""One plain loop that trains any of the networks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from wordlab import artifact
from wordlab.devices import check_device
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import TrainingError
from wordlab.progress import REPORT_INTERVAL, OnProgress, Progress
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.networks import Network, build_network, own_torch_state, seed_torch
from wordlab.sentiment.training.batches import sorted_batches, training_batches
from wordlab.sentiment.training.optimizers import make_step
from wordlab.sentiment.training.preparation import Labelled, Part, Prepared, prepare
from wordlab.sentiment.training.run import Run
from wordlab.text.tokenizers import Tokenizer

_EVALUATION_TOKENS = 16_384  # in a batch, padding included


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    config: ClassifierConfig | None = None,
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    validation: Labelled | None = None,
    device: str = "cpu",
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    on_progress: OnProgress | None = None,
) -> Classifier:
    """A classifier that has learnt `labels` from `texts`.

    `tokenizer` defaults to the one that `vectors` record, else "word". `validation`, texts and labels,
    takes the place of the share that the config holds out. The state after each epoch is kept in the
    directory `checkpoint`, if one is named; with `resume`, training goes on from there to the same
    result, bit for bit, as if it had not been interrupted. On a GPU products are computed in bfloat16.

    On the CPU equal data, configs (threads included) and seeds give equal bytes.

    Raises CorpusError for texts of fewer than two classes or without words, ConfigError for options that
    make no sense, OutputExistsError for a checkpoint that is there if it is not to be resumed, ArtifactError
    for one of other data or another config, and TrainingError if the loss is no longer a finite number.
    """
    config = config or ClassifierConfig()
    check_device(device)
    if checkpoint is not None:
        artifact.check_output(checkpoint, overwrite=resume)
    prepared = prepare(texts, labels, config, vectors=vectors, tokenizer=tokenizer, validation=validation)
    with own_torch_state(config.threads, device):
        seed_torch(config.seed, 0, device)
        matrix = torch.from_numpy(prepared.words.matrix)
        network = build_network(config, matrix, len(prepared.classes), pretrained=vectors is not None)
        run = Run(network.to(device), config, prepared, None if checkpoint is None else os.fspath(checkpoint))
        if resume:
            run.restore()
        _run_epochs(run, prepared, config, device, on_progress)
        network = run.best_network().cpu()
        network.words.extend(torch.from_numpy(prepared.words.extra))
    network.requires_grad_(False).eval()
    return Classifier(
        config, prepared.encoder, prepared.classes, network, run.history, coverage=prepared.words.coverage
    )


def _run_epochs(
    run: Run, prepared: Prepared, config: ClassifierConfig, device: str, on_progress: OnProgress | None
) -> None:
    report = _reporter(run, len(prepared.training), config, on_progress)
    weights = class_weights(prepared, config, device)
    while not run.history.is_over(config.epochs, config.patience):
        epoch = run.history.num_epochs + 1
        started = time.perf_counter()
        seed_torch(config.seed, epoch, device)
        loss, accuracy = _train_epoch(run, prepared.training, config, weights, device, report)
        held_out = None
        if prepared.validation is not None:
            held_out = evaluate_network(run.judged, prepared.validation, device=device, weights=weights)
        run.end_epoch(loss, accuracy, held_out, time.perf_counter() - started)
    report(config.epochs * len(prepared.training), None)


def _train_epoch(
    run: Run,
    part: Part,
    config: ClassifierConfig,
    weights: Tensor | None,
    device: str,
    report: Callable[[int, float | None], None],
) -> tuple[float, float]:
    """Train on each text once; the mean loss and the accuracy, each as it was at its step."""
    epoch = run.history.num_epochs + 1
    done, total_loss, num_right = 0, 0.0, 0
    run.network.train()
    for rows in training_batches(part.encoded.lengths, config.batch_size, seed=config.seed, epoch=epoch):
        logits, targets = _logits(run.network, part, rows, device)  # (batch, num_classes), (batch,)
        loss = nn.functional.cross_entropy(logits, targets, weight=weights)  # ()
        value = loss.item()
        if not np.isfinite(value):
            raise TrainingError(
                f"epoch {epoch}: the loss is not a finite number; try a smaller learning_rate "
                f"than {config.learning_rate:g}"
            )
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        make_step(run.network, run.optimizer, config)
        run.count_step()
        done += len(rows)
        total_loss += value * len(rows)
        num_right += int((logits.argmax(dim=1) == targets).sum())
        report((epoch - 1) * len(part) + done, total_loss / done)
    return total_loss / done, num_right / done


@torch.no_grad()
def evaluate_network(
    network: Network, part: Part, *, device: str = "cpu", weights: Tensor | None = None
) -> tuple[float, float]:
    """The mean loss and the accuracy of `network` on `part`, nothing dropped."""
    network.eval()
    total_loss, num_right = 0.0, 0
    for rows in sorted_batches(part.encoded.lengths, _EVALUATION_TOKENS):
        logits, targets = _logits(network, part, rows, device)
        total_loss += nn.functional.cross_entropy(logits, targets, weight=weights).item() * len(rows)
        num_right += int((logits.argmax(dim=1) == targets).sum())
    return total_loss / len(part), num_right / len(part)


def class_weights(prepared: Prepared, config: ClassifierConfig, device: str) -> Tensor | None:
    """The weight of each class in the loss, num_texts / (num_classes * count); None for equal weights."""
    if config.class_weights == "none":
        return None
    counts = np.bincount(prepared.training.targets, minlength=len(prepared.classes))
    weights = len(prepared.training) / (len(counts) * np.maximum(counts, 1))
    return torch.from_numpy(weights.astype(np.float32)).to(device)


def _logits(network: Network, part: Part, rows: np.ndarray, device: str) -> tuple[Tensor, Tensor]:
    ids = torch.from_numpy(part.encoded.batch(rows)).to(device)  # (batch, longest)
    lengths = torch.from_numpy(part.encoded.lengths[rows]).to(device)  # (batch,)
    targets = torch.from_numpy(part.targets[rows]).to(device)  # (batch,)
    with torch.autocast("cuda", dtype=torch.bfloat16, enabled=device.startswith("cuda")):
        logits = network(ids, lengths)
    return logits.float(), targets


def _reporter(
    run: Run, num_texts: int, config: ClassifierConfig, on_progress: OnProgress | None
) -> Callable[[int, float | None], None]:
    """A function that takes the texts done and the loss so far, and tells the listener now and then."""
    started, total = time.perf_counter(), config.epochs * num_texts
    next_time = 0.0

    def report(done: int, loss: float | None) -> None:
        nonlocal next_time
        elapsed = time.perf_counter() - started
        if on_progress is None or (elapsed < next_time and loss is not None):
            return
        next_time = elapsed + REPORT_INTERVAL
        history = run.history
        metrics = {"epoch": float(min(history.num_epochs + 1, config.epochs))}
        metrics["loss"] = history.losses[-1] if loss is None else loss
        if history.validation_accuracies:
            metrics["accuracy"] = history.validation_accuracies[-1]
        on_progress(Progress("train classifier", done, total, "texts", elapsed, metrics))

    return report
