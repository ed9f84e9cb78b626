"""How stable the neighbours of words are, by their frequency."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.embeddings.stability import Stability

_BINS = 24


def draw_stability(found: Stability) -> Figure:
    """The overlap of each word against its rank, and the median of words of like rank."""
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, PercentFormatter

    ranks = np.arange(1, len(found.words) + 1)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    style: dict[str, Any] = {"s": 4, "color": GREY, "alpha": 0.25, "linewidths": 0, "rasterized": True}
    axes.scatter(ranks, found.overlaps, label="a word", **style)
    edges = np.unique(np.geomspace(1, len(ranks) + 1, _BINS + 1).astype(int))
    middles = [np.sqrt(start * (end - 1)) for start, end in pairwise(edges)]
    medians = [np.median(found.overlaps[start - 1 : end - 1]) for start, end in pairwise(edges)]
    axes.plot(middles, medians, color=BLUE, linewidth=2, label="median of words as frequent")
    axes.set_xscale("log")
    axes.set_ylim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("rank by frequency")
    axes.set_ylabel(f"of {found.k} nearest words the same")
    axes.set_title(f"Neighbours that two of {found.num_sets} trainings have in common")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, markerscale=3)
    return figure
