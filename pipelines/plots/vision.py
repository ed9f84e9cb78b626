"""Pictures of training by epoch, and of the studies: rates and distributions, depth and training error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.plots.colours import BLUE, CYCLE, GREY, ORANGE
from pipelines.plots.curves import draw_curves
from wordlab.vision_theory.vision.studies.batch_norm_findings import BatchNormFindings, Distribution
from wordlab.vision_theory.vision.studies.depth_findings import KINDS, DepthFindings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wordlab.vision_theory.vision.classifier import ImageClassifier

_NAMES = {"plain": "plain networks", "resnet": "residual networks"}


def draw_training(classifier: ImageClassifier) -> Figure:
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


def draw_study(findings: BatchNormFindings | DepthFindings) -> Figure:
    """The picture of a study."""
    return draw_depth(findings) if isinstance(findings, DepthFindings) else draw_batch_norm(findings)


def draw_batch_norm(findings: BatchNormFindings) -> Figure:
    """Above: test accuracy by learning rate. Below: the inputs of the last activation, epoch by epoch."""
    from matplotlib.figure import Figure

    study = findings.study
    figure = Figure(figsize=(11, 8), layout="constrained")
    figure.suptitle(f"LeNet on {findings.data_name} with and without batch normalisation")
    rows = 2 if findings.distributions else 1
    upper, *lower = figure.subfigures(rows, 1, squeeze=False)[:, 0]
    panels = upper.subplots(1, len(study.activations), squeeze=False, sharey=True)[0]
    for axes, activation in zip(panels, study.activations, strict=True):
        _draw_rates(axes, findings, activation)
    panels[0].set_ylabel(f"test accuracy after {study.epochs} epochs")
    panels[0].legend(frameon=False, loc="center left")
    if findings.distributions:
        activation, rate = findings.shown
        lower[0].suptitle(
            f"Inputs of the last {activation} at learning rate {rate:g}: "
            "histogram, with the 15th, 50th and 85th percentiles",
            fontsize="medium",
        )
        axes_pair = lower[0].subplots(1, 2, sharey=True)
        for axes, distribution in zip(axes_pair, findings.distributions, strict=True):
            _draw_distribution(axes, distribution)
        axes_pair[0].set_ylabel("input of the activation")
    return figure


def _draw_rates(axes: Axes, findings: BatchNormFindings, activation: str) -> None:
    rates = findings.study.learning_rates
    for norm, colour, name in ((False, ORANGE, "without"), (True, BLUE, "with batch normalisation")):
        accuracies = np.array(
            [[run.test_accuracy for run in findings.of(activation, norm, rate)] for rate in rates]
        )  # (rate, seed)
        axes.plot(rates, accuracies.mean(axis=1), color=colour, label=name)
        for seed in range(accuracies.shape[1]):
            axes.plot(rates, accuracies[:, seed], ".", color=colour, alpha=0.6)
    if num_classes := findings.runs[0].num_classes:
        axes.axhline(1 / num_classes, color=GREY, linestyle=":", label="chance (diverged runs lie here)")
    axes.set_xscale("log")
    axes.set_xticks(rates, labels=[f"{rate:g}" for rate in rates])
    axes.minorticks_off()
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("learning rate")
    axes.set_title(activation)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_distribution(axes: Axes, distribution: Distribution) -> None:
    # Each epoch's fullest bin is darkest: otherwise a narrow distribution would bleach the wide ones.
    shares = distribution.counts / distribution.counts.max(axis=1, keepdims=True)  # (epochs + 1, bins)
    epochs = np.arange(len(shares))
    borders = np.arange(len(shares) + 1) - 0.5
    axes.pcolormesh(borders, distribution.edges, shares.T, cmap="Greys", vmin=0, vmax=1.6)
    for column in distribution.percentiles.T:
        axes.plot(epochs, column, color=BLUE if distribution.batch_norm else ORANGE, linewidth=2)
    axes.set_title("with batch normalisation" if distribution.batch_norm else "without")
    axes.set_xlabel("epoch (0: before training)")
    axes.spines[["top", "right"]].set_visible(False)


def draw_depth(findings: DepthFindings) -> Figure:
    """Training error by epoch for each depth, plain networks beside residual ones."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(11, 4.8), layout="constrained")
    study = findings.study
    figure.suptitle(
        f"Training error on {findings.data_name}: mean and range over {study.seeds} "
        f"{'seed' if study.seeds == 1 else 'seeds'}"
    )
    panels: Any = figure.subplots(1, len(KINDS), sharey=True)
    for axes, kind in zip(panels, KINDS, strict=True):
        for colour, depth in zip(CYCLE, findings.depths, strict=False):
            curves = findings.curves(kind, depth)  # (seed, epoch)
            if not len(curves):
                continue
            epochs = np.arange(1, curves.shape[1] + 1)
            axes.plot(epochs, curves.mean(axis=0), color=colour)
            axes.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.15)
        gone = [depth for depth in findings.depths if not len(findings.curves(kind, depth))]
        axes.set_title(_NAMES[kind] + (f" (diverged: {', '.join(map(str, gone))} layers)" if gone else ""))
        axes.set_xlabel("epoch")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("training error")
    lines = [Line2D([], [], color=colour) for colour, _ in zip(CYCLE, findings.depths, strict=False)]
    panels[-1].legend(lines, [f"{depth} layers" for depth in findings.depths], frameon=False)
    return figure
