"""What the commands of `wordlab vision` print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines import console
from pipelines.reports.losses import loss_notes
from wordlab.vision_theory.vision.studies.batch_norm_findings import BatchNormFindings
from wordlab.vision_theory.vision.studies.depth_findings import KINDS, DepthFindings

if TYPE_CHECKING:
    from wordlab.vision_theory.vision.classifier import ImageClassifier
    from wordlab.vision_theory.vision.images import ImageData
    from wordlab.vision_theory.vision.scores import Score
    from wordlab.vision_theory.vision.studies.runs import TrainingRun

_MAX_CONFUSED = 5
_KIND_NAMES = {"plain": "plain", "resnet": "residual"}


def training_facts(classifier: ImageClassifier) -> dict[str, Any]:
    """The facts about a trained classifier that `vision train` reports."""
    history = classifier.history
    return {
        "model": classifier.config.model,
        "num_parameters": classifier.num_parameters,
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


def training_notes(classifier: ImageClassifier) -> list[str]:
    """A sentence if the training loss ends far above that of guessing."""
    hint = f"; a --learning-rate smaller than {classifier.config.learning_rate:g} may help"
    return loss_notes("the training loss", classifier.history.losses[-1], len(classifier.classes), hint)


def print_trained(facts: dict[str, Any]) -> None:
    """Print what `vision train` made."""
    rate = facts["images_per_second"]  # 0 where nothing was left to train
    speed = f" ({console.magnitude(rate)} images/s)" if rate else ""
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "model": f"{facts['model']}, {facts['num_parameters']:,} parameters",
            "training": f"accuracy {facts['train_accuracy']:.2%}, loss {facts['train_loss']:.4f}",
            "test": f"accuracy {facts['test_accuracy']:.2%}, loss {facts['test_loss']:.4f}",
            "epochs": facts["epochs"],
            "picture": facts["plot"],
            "time": f"{console.duration(facts['seconds'])}{speed}",
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
    rows = [
        (name, f"{count:,}", "-" if math.isnan(recall) else f"{recall:.1%}")
        for (name, recall), count in zip(score.recalls().items(), score.num_images, strict=True)
    ]
    console.print_table(("class", "images", "recognised"), rows)
    confused = score.most_confused(_MAX_CONFUSED)
    if confused:
        console.print_heading("Most often confused")
        rows = [(true, answer, f"{number:,}") for true, answer, number in confused]
        console.print_table(("class", "taken for", "images"), rows, left=2)


def study_remarks(findings: BatchNormFindings | DepthFindings) -> list[str]:
    """What a study shows, in sentences."""
    if isinstance(findings, DepthFindings):
        return [_depth_remark(findings, kind) for kind in KINDS]
    remarks = [_rates_remark(findings, activation) for activation in findings.study.activations]
    return remarks + ([_distributions_remark(findings)] if findings.distributions else [])


def _rates_remark(findings: BatchNormFindings, activation: str) -> str:
    plain, normalised = (findings.learnt_at(activation, batch_norm) for batch_norm in (False, True))
    only = [rate for rate in normalised if rate not in plain]
    return (
        f"With {activation}, LeNet learns at {_rates(plain)} without batch normalisation, and at "
        f"{_rates(normalised)} with it"
        + (f": {_listed(only)} {'need' if len(only) > 1 else 'needs'} it." if plain and only else ".")
    )


def _distributions_remark(findings: BatchNormFindings) -> str:
    plain, normalised = (distribution.variation() for distribution in findings.distributions)
    activation, rate = findings.shown
    return (
        f"With {activation} at learning rate {rate:g}, the spread of the last activation's inputs (15th to "
        f"85th percentile) varies during training by a factor of {plain:.2g} without batch normalisation, "
        f"and of {normalised:.2g} with it."
    )


def _rates(rates: Sequence[float]) -> str:
    if not rates:
        return "no learning rate"
    return f"learning rate{'s' if len(rates) > 1 else ''} {_listed(rates)}"


def _listed(rates: Sequence[float]) -> str:
    *others, last = (f"{rate:g}" for rate in rates)
    return f"{', '.join(others)} and {last}" if others else last


def _depth_remark(findings: DepthFindings, kind: str) -> str:
    shallow, deep = findings.depths[0], findings.depths[-1]
    before, after = findings.train_errors(kind, shallow), findings.train_errors(kind, deep)
    diverged = findings.num_diverged(kind)
    return (
        f"From {shallow} to {deep} layers the training error of {_KIND_NAMES[kind]} networks went from "
        f"{before.mean():.2%} to {after.mean():.2%}: worse with depth in {findings.num_worse(kind)} of "
        f"{console.plural(len(before), 'run')}"
        + (f" ({diverged} of all runs diverged, which counts as answers by chance)." if diverged else ".")
    )


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
    columns = [f"{_KIND_NAMES[kind]}, {part}" for kind in KINDS for part in ("training", "test")]
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
        f"mean of {seeds} seeds (lowest to highest)" if seeds > 1 else "one seed"
    )


def _spread_of_runs(runs: list[TrainingRun]) -> str:
    diverged = sum(run.diverged is not None for run in runs)
    shown = _spread(np.array([run.test_accuracy for run in runs]))
    if not diverged:
        return shown
    return "diverged" if diverged == len(runs) else f"{shown}, {diverged} diverged"


def _spread(values: np.ndarray) -> str:
    if len(values) == 1:
        return f"{values[0]:.1%}"
    return f"{values.mean():.1%} ({100 * values.min():.1f} to {100 * values.max():.1f})"
