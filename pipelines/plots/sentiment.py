"""Pictures of how classifiers do: confusion matrix, reliability curve, comparison of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, CYCLE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.sentiment.judging.metrics import Scores
    from wordlab.sentiment.judging.reliability import Reliability

_MAX_NUMBERED = 20  # classes; with more, the numbers would be illegible


def draw_confusion(scores: Scores, title: str) -> Figure:
    """A matrix of shares of each true class (its row), with the number of texts in each field."""
    from matplotlib.figure import Figure

    classes, shares = scores.classes, scores.confusion_shares
    side = max(4.0, 2.2 + 0.8 * min(len(classes), _MAX_NUMBERED))
    figure = Figure(figsize=(side + 1, side), layout="compressed")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(classes)), labels=classes, rotation=45 if len(classes) > 3 else 0)
    axes.set_yticks(range(len(classes)), labels=classes)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title(title, parse_math=False)
    if len(classes) <= _MAX_NUMBERED:
        for row, column in product(range(len(classes)), repeat=2):
            share = shares[row][column]
            colour = "white" if share > 0.5 else "black"
            shown = f"{scores.confusion[row][column]:,}\n{share:.1%}"
            axes.text(column, row, shown, ha="center", va="center", color=colour, fontsize=9)
    figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)
    return figure


def draw_reliability(curves: Mapping[str, Reliability], title: str) -> Figure:
    """Accuracy by confidence for each named curve, above the share of texts at each confidence."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    above.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="perfectly calibrated")
    for colour, (name, curve) in zip(CYCLE, curves.items(), strict=False):
        label = f"{name}: calibration error {curve.error:.3f}"
        above.plot(curve.confidence, curve.accuracy, color=colour, marker="o", markersize=4, label=label)
        edges = [low for low, _ in curve.edges]
        widths = [high - low for low, high in curve.edges]
        below.bar(edges, curve.shares, widths, align="edge", color=colour, alpha=0.5, edgecolor="white")
    above.set_ylabel("accuracy")
    above.set_ylim(0, 1.02)
    above.set_title(title)
    above.legend(frameon=False, loc="upper left")
    below.set_ylabel("share of texts")
    below.set_xlabel("probability of the predicted class")
    below.set_xlim(0, 1)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_comparison(
    names: Sequence[str], accuracies: Sequence[float], intervals: Sequence[tuple[float, float]], title: str
) -> Figure:
    """A dot for each model's accuracy, and a line for its interval, the first model on top.

    Dots, not bars: bars must begin at 0, and then all models would look alike.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(7.5, 1.4 + 0.55 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(names))
    lows = [accuracy - low for accuracy, (low, _) in zip(accuracies, intervals, strict=True)]
    highs = [high - accuracy for accuracy, (_, high) in zip(accuracies, intervals, strict=True)]
    axes.errorbar(
        accuracies, places, xerr=[lows, highs], fmt="o", color=BLUE, ecolor=GREY, elinewidth=2, capsize=4
    )
    for place, accuracy, (_, high) in zip(places, accuracies, intervals, strict=True):
        axes.annotate(
            f"{accuracy:.1%}", (high, place), xytext=(5, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(places, labels=names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.margins(x=0.15)
    axes.grid(axis="x", alpha=0.3)
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("accuracy, with its 95% interval")
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
