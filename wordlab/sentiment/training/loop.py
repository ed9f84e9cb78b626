"""One plain loop that trains any of the networks."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np

from wordlab import artifact
from wordlab.devices import check_device, own_torch_state, seed_torch
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import TrainingError
from wordlab.extras import need
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.labelled import class_shares
from wordlab.sentiment.features.encoding import sorted_batches, training_batches
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.judging.held_out import HeldOut
from wordlab.sentiment.models.classifier import Classifier, encoded_probabilities
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.history import History
from wordlab.sentiment.models.network import Network, build_network, meta_network
from wordlab.sentiment.training.memory import check_memory
from wordlab.sentiment.training.preparation import (
    EncodedExamples,
    Labels,
    TrainingData,
    find_targets,
    prepare,
)
from wordlab.sentiment.training.state import TrainingState
from wordlab.sentiment.training.step import take_step
from wordlab.text.tokenizers import Tokenizer

with need("torch"):
    import torch
    from torch import Tensor, nn

_EVALUATION_TOKENS = 16_384  # in a batch, padding included
_EXPLODED = 10.0  # times the loss of guessing; a network that is sure of much that is wrong stays far below


def train(
    texts: Sequence[str],
    labels: Labels,
    config: ClassifierConfig | None = None,
    *,
    classes: Sequence[str] | None = None,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    validation: tuple[Sequence[str], Labels] | None = None,
    device: str = "cpu",
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    on_progress: OnProgress | None = None,
) -> Classifier:
    """A classifier that has learnt `labels` from `texts`.

    Labels are strings or, with `classes`, positions in these, which then name the classifier's classes in
    this order. `tokenizer` defaults to the one that `vectors` record, else "word". `validation`, texts and
    labels, replaces the share that the config holds out. The state after each epoch is kept in the
    directory `checkpoint`, if given; with `resume`, training continues from there to the same result, bit
    for bit, as without the interruption. On a GPU products are computed in bfloat16.

    On the CPU equal data, configs (threads included) and seeds give equal bytes.

    Raises CorpusError for texts of fewer than two classes or without words, ConfigError for options that
    make no sense, OutputExistsError for a checkpoint that exists and is not to be resumed, ArtifactError
    for one of other data or another config, ResourceError where there is too little memory, and
    TrainingError if the loss is not a finite number or far above that of guessing.
    """
    config = config or ClassifierConfig()
    check_device(device)
    if checkpoint is not None:
        artifact.check_output(checkpoint, overwrite=resume, rewritten=True)
    data = prepare(
        texts, labels, config, vectors=vectors, tokenizer=tokenizer, validation=validation, classes=classes
    )
    matrix, pretrained = torch.from_numpy(data.words.matrix), vectors is not None
    with own_torch_state(config.threads, device):
        if device == "cpu":
            num_ids, dim = matrix.shape
            check_memory(meta_network(config, num_ids, dim, len(data.classes), pretrained=pretrained))
        seed_torch(config.seed, 0, device)
        network = build_network(config, matrix, len(data.classes), pretrained=pretrained).to(device)
        state = TrainingState(network, config, data, None if checkpoint is None else os.fspath(checkpoint))
        if resume:
            state.restore()
        _run_epochs(state, data, config, device, on_progress)
        _check_result(state.history, config, len(data.classes))
        network = state.best_network().cpu()
        network.words.extend(torch.from_numpy(data.words.extra))
    network.requires_grad_(False).eval()
    classifier = Classifier(
        config, data.encoder, data.classes, network, state.history, coverage=data.words.coverage
    )
    classifier.seen, classifier.tally = SeenTexts.of(texts), data.tally
    if data.validation is not None:
        probabilities = encoded_probabilities(network, data.validation.encoded, threads=config.threads)
        classifier.held_out = HeldOut.of(
            probabilities.argmax(axis=1), data.validation.targets, range(len(data.classes))
        )
    targets, _ = find_targets(texts, labels, classes)  # those held out as well
    classifier.class_shares = class_shares(targets.tolist(), range(len(data.classes)))
    return classifier


def _run_epochs(
    state: TrainingState,
    data: TrainingData,
    config: ClassifierConfig,
    device: str,
    on_progress: OnProgress | None,
) -> None:
    total = config.epochs * len(data.training)
    reporter = Reporter(on_progress, "train classifier", "texts", total)
    weights = class_weights(data, config, device)
    while not state.history.is_over(config.epochs, config.patience):
        epoch = state.history.num_epochs + 1
        started = time.perf_counter()
        seed_torch(config.seed, epoch, device)
        loss, accuracy = _train_epoch(state, data.training, config, weights, device, reporter)
        held_out = None
        if data.validation is not None:
            held_out = evaluate_network(state.judged, data.validation, device=device, weights=weights)
            _check_finite(held_out[0], epoch, config)
        state.end_epoch(loss, accuracy, held_out, time.perf_counter() - started)
    reporter.report(total, **_metrics(state.history, state.history.num_epochs, state.history.losses[-1]))


def _train_epoch(
    state: TrainingState,
    examples: EncodedExamples,
    config: ClassifierConfig,
    weights: Tensor | None,
    device: str,
    reporter: Reporter,
) -> tuple[float, float]:
    """Train on each text once; the mean loss and the accuracy, each as it was at its step."""
    epoch = state.history.num_epochs + 1
    done, total_loss, num_right = 0, 0.0, 0
    state.network.train()
    lengths = examples.encoded.lengths
    for rows in training_batches(lengths, config.batch_size, seed=config.seed, epoch=epoch):
        logits, targets = _logits(state.network, examples, rows, device)  # (batch, num_classes), (batch,)
        loss = nn.functional.cross_entropy(logits, targets, weight=weights)  # ()
        value = loss.item()
        _check_finite(value, epoch, config)
        state.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        take_step(state.network, state.optimizer, config)
        state.count_step()
        done += len(rows)
        total_loss += value * len(rows)
        num_right += int((logits.argmax(dim=1) == targets).sum())
        if reporter.due:
            metrics = _metrics(state.history, epoch, total_loss / done)
            reporter.report((epoch - 1) * len(examples) + done, **metrics)
    return total_loss / done, num_right / done


def _check_finite(loss: float, epoch: int, config: ClassifierConfig) -> None:
    if not np.isfinite(loss):
        raise TrainingError(
            f"epoch {epoch}: the loss is not a finite number; try a learning_rate "
            f"smaller than {config.learning_rate:g}"
        )


def _check_result(history: History, config: ClassifierConfig, num_classes: int) -> None:
    """Raise TrainingError where training has exploded, which later losses may hide from `_check_finite`."""
    if history.times_guessing(num_classes) > _EXPLODED:
        raise TrainingError(
            f"epoch {history.best_epoch}: the loss is {history.kept_loss:,.3g}, that of guessing "
            f"{np.log(num_classes):.3g}; try a learning_rate smaller than {config.learning_rate:g}"
        )


def _metrics(history: History, epoch: int, loss: float) -> dict[str, float]:
    """What a report of progress says of training so far, in `epoch`, counted from 1."""
    metrics = {"epoch": float(epoch), "loss": loss}
    if history.validation_accuracies:
        metrics["accuracy"] = history.validation_accuracies[-1]
    return metrics


@torch.no_grad()
def evaluate_network(
    network: Network, examples: EncodedExamples, *, device: str = "cpu", weights: Tensor | None = None
) -> tuple[float, float]:
    """The mean loss and the accuracy of `network` on `examples`, nothing dropped."""
    network.eval()
    total_loss, num_right = 0.0, 0
    for rows in sorted_batches(examples.encoded.lengths, _EVALUATION_TOKENS):
        logits, targets = _logits(network, examples, rows, device)
        total_loss += nn.functional.cross_entropy(logits, targets, weight=weights).item() * len(rows)
        num_right += int((logits.argmax(dim=1) == targets).sum())
    return total_loss / len(examples), num_right / len(examples)


def class_weights(data: TrainingData, config: ClassifierConfig, device: str) -> Tensor | None:
    """The weight of each class in the loss, num_texts / (num_classes * count); None for equal weights."""
    if config.class_weights == "none":
        return None
    counts = np.bincount(data.training.targets, minlength=len(data.classes))
    weights = len(data.training) / (len(counts) * np.maximum(counts, 1))
    return torch.from_numpy(weights.astype(np.float32)).to(device)


def _logits(
    network: Network, examples: EncodedExamples, rows: np.ndarray, device: str
) -> tuple[Tensor, Tensor]:
    ids = torch.from_numpy(examples.encoded.batch(rows)).to(device)  # (batch, longest)
    lengths = torch.from_numpy(examples.encoded.lengths[rows]).to(device)  # (batch,)
    targets = torch.from_numpy(examples.targets[rows]).to(device)  # (batch,)
    with torch.autocast("cuda", dtype=torch.bfloat16, enabled=device.startswith("cuda")):
        logits = network(ids, lengths)
    return logits.float(), targets
