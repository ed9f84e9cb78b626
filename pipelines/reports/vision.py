"""What the commands of `wordlab vision` print."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines import console
from pipelines.plots.curves import draw_curves
from wordlab.vision_theory.vision.batch_norm_study import BatchNormFindings
from wordlab.vision_theory.vision.depth_study import KINDS, DepthFindings
from wordlab.vision_theory.vision.resnet import num_parameters

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.vision_theory.vision.classifier import ImageClassifier, Score
    from wordlab.vision_theory.vision.images import ImageData
    from wordlab.vision_theory.vision.studies import Run

_MOST_CONFUSED = 5


def training_facts(classifier: ImageClassifier) -> dict[str, Any]:
    """What is to say about a trained classifier."""
    history = classifier.history
    return {
        "model": classifier.config.model,
        "num_parameters": num_parameters(classifier.model),
        "data": classifier.data_name,
        "epochs": len(history),
        "train_loss": history.losses[-1],
        "train_accuracy": history.accuracies[-1],
        "test_loss": history.test_losses[-1],
        "test_accuracy": history.test_accuracies[-1],
        "history": {
            "losses": list(history.losses),
            "accuracies": list(history.accuracies),
            "test_losses": list(history.test_losses),
            "test_accuracies": list(history.test_accuracies),
        },
        "config": classifier.config.to_dict(),
    }


def curves(classifier: ImageClassifier) -> Figure:
    """Loss and accuracy by epoch, on training and test images."""
    history = classifier.history
    return draw_curves(
        {
            "loss": {"training": history.losses, "test": history.test_losses},
            "accuracy": {"training": history.accuracies, "test": history.test_accuracies},
        },
        f"{classifier.config.model} on {classifier.data_name}: "
        f"test accuracy {history.test_accuracies[-1]:.2%} after {len(history)} epochs",
    )


def print_trained(facts: dict[str, Any]) -> None:
    """Print what `vision train` made."""
    rate = console.magnitude(facts["images_per_second"])
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "model": f"{facts['model']}, {facts['num_parameters']:,} parameters",
            "training": f"accuracy {facts['train_accuracy']:.2%}, loss {facts['train_loss']:.4f}",
            "test": f"accuracy {facts['test_accuracy']:.2%}, loss {facts['test_loss']:.4f}",
            "epochs": facts["epochs"],
            "picture": facts["plot"],
            "time": f"{console.duration(facts['seconds'])} ({rate} images/s)",
        }
    )


def score_facts(classifier: ImageClassifier, data: ImageData, score: Score) -> dict[str, Any]:
    """What `vision evaluate --json` prints."""
    return {
        "model": classifier.config.model,
        "data": data.name,
        "epochs": len(classifier.history),
        "planned_epochs": classifier.config.epochs,
        "num_images": len(data.test),
        "accuracy": score.accuracy,
        "loss": score.loss,
        "classes": {name: None if math.isnan(r) else r for name, r in score.recalls().items()},
        "confusion": score.confusion.tolist(),
    }


def print_score(facts: dict[str, Any], score: Score) -> None:
    """Print what `vision evaluate` found."""
    unfinished = facts["epochs"] < facts["planned_epochs"]
    console.print_facts(
        {
            "model": facts["model"],
            "epochs": f"{facts['epochs']} of {facts['planned_epochs']}" if unfinished else facts["epochs"],
            "test": console.plural(facts["num_images"], "image"),
            "accuracy": f"{facts['accuracy']:.2%}",
            "loss": f"{facts['loss']:.4f}",
        }
    )
    console.print_heading("Recognised of each class")
    counts = score.confusion.sum(axis=1)
    rows = [
        (name, f"{count:,}", "-" if math.isnan(recall) else f"{recall:.1%}")
        for (name, recall), count in zip(score.recalls().items(), counts, strict=True)
    ]
    console.print_table(("class", "images", "recognised"), rows)
    confused = _confusions(score)
    if confused:
        console.print_heading("Most often confused")
        console.print_table(("class", "taken for", "images"), confused, left=2)


def _confusions(score: Score) -> list[tuple[str, str, str]]:
    """The pairs of true class and wrong answer that occur most often."""
    wrong = score.confusion - np.diag(score.confusion.diagonal())
    order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_CONFUSED]
    pairs = [divmod(int(index), len(score.classes)) for index in order]
    return [
        (score.classes[true], score.classes[answer], f"{wrong[true, answer]:,}")
        for true, answer in pairs
        if wrong[true, answer]
    ]


def print_study(findings: BatchNormFindings | DepthFindings) -> None:
    """Print the table of a study."""
    if isinstance(findings, DepthFindings):
        _print_depth(findings)
    else:
        _print_batch_norm(findings)


def _print_batch_norm(findings: BatchNormFindings) -> None:
    study = findings.study
    console.line(f"Test accuracy of LeNet on {findings.data_name}, {_over(study.seeds, study.epochs)}")
    columns = [(activation, norm) for activation in study.activations for norm in (False, True)]
    names = [f"{activation}{', batch norm' if norm else ''}" for activation, norm in columns]
    rows = [
        (f"{rate:g}", *(_spread_of_runs(findings.of(activation, norm, rate)) for activation, norm in columns))
        for rate in study.learning_rates
    ]
    console.print_table(("learning rate", *names), rows)


def _print_depth(findings: DepthFindings) -> None:
    study = findings.study
    console.line(f"Errors on {findings.data_name}, {_over(study.seeds, study.epochs)}")
    names = {"plain": "plain", "resnet": "residual"}
    columns = [f"{names[kind]}, {part}" for kind in KINDS for part in ("training", "test")]
    rows = [
        (
            depth,
            *(
                _spread(errors(kind, depth))
                for kind in KINDS
                for errors in (findings.train_errors, findings.test_errors)
            ),
        )
        for depth in findings.depths
    ]
    console.print_table(("layers", *columns), rows)


def _over(seeds: int, epochs: int) -> str:
    return f"{console.plural(epochs, 'epoch')}, " + (
        f"mean of {seeds} seeds (least to most)" if seeds > 1 else "one seed"
    )


def _spread_of_runs(runs: list[Run]) -> str:
    diverged = sum(run.diverged is not None for run in runs)
    shown = _spread(np.array([run.test_accuracy for run in runs]))
    if not diverged:
        return shown
    return "diverged" if diverged == len(runs) else f"{shown}, {diverged} diverged"


def _spread(values: np.ndarray) -> str:
    if len(values) == 1:
        return f"{values[0]:.1%}"
    return f"{values.mean():.1%} ({100 * values.min():.1f} to {100 * values.max():.1f})"
