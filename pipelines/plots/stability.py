"""How stable the neighbours of words are, by their frequency."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.embeddings.stability import Stability

_BINS = 24
_FEWEST = 20  # words that make a median


def draw_stability(found: Stability) -> Figure:
    """The overlap of each word against its rank, and what is usual for words of like rank."""
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, PercentFormatter

    ranks = np.arange(1, len(found.words) + 1)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    edges = [0, *np.unique(np.geomspace(_FEWEST, len(ranks), _BINS).astype(int)).tolist()]
    parts = [(start, end) for start, end in pairwise(edges) if end - start >= min(_FEWEST, len(ranks))]
    middles = [np.sqrt((start + 1) * end) for start, end in parts]
    low, median, high = np.array(
        [np.quantile(found.overlaps[start:end], [0.1, 0.5, 0.9]) for start, end in parts]
    ).T
    step = 2 / (
        found.num_sets * (found.num_sets - 1) * found.k
    )  # between two values that an overlap can have
    spread = np.random.default_rng(1).uniform(-step / 2, step / 2, len(ranks))
    style: dict[str, Any] = {"s": 3, "color": GREY, "alpha": 0.3, "linewidths": 0, "rasterized": True}
    axes.scatter(ranks, found.overlaps + spread, label="a word", **style)
    axes.fill_between(middles, low, high, color=BLUE, alpha=0.2, linewidth=0, label="eight words in ten")
    axes.plot(middles, median, color=BLUE, linewidth=2, label="median of words as frequent")
    axes.set_xscale("log")
    axes.set_ylim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("rank by frequency")
    axes.set_ylabel(f"of {found.k} nearest words the same")
    axes.set_title(f"Neighbours that two trainings have in common, of {found.num_sets} with different seeds")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, markerscale=3)
    return figure
