"""How training went: loss and accuracy by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.plots.colours import CYCLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_curves(
    panels: Mapping[str, Mapping[str, Sequence[float]]], title: str, *, best: int | None = None
) -> Figure:
    """A figure with a panel for each quantity, side by side, and a line for each series by epoch.

    `panels` maps a quantity ("loss", "accuracy") to its series ("training", "validation") of one value
    an epoch; `best` is the epoch, counted from 1, whose weights were kept.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(5 * len(panels), 4), layout="constrained")
    figure.suptitle(title)
    for axes, (quantity, series) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        for colour, (name, values) in zip(CYCLE, series.items(), strict=False):
            epochs = range(1, len(values) + 1)
            axes.plot(epochs, values, color=colour, marker="o", markersize=3, label=name)
        if best is not None:
            axes.axvline(best, color=CYCLE[-1], linestyle=":", label="kept")
        axes.set_xlabel("epoch")
        axes.set_ylabel(quantity)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return figure
