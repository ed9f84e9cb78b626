"""How much GloVe makes of pairs that are rare, beside how rare pairs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, GREY

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure


def draw_weighting(edges: np.ndarray, num_pairs: np.ndarray, *, x_max: float, alpha: float) -> Figure:
    """The curve f(x) = min(1, (x / x_max) ** alpha) over a histogram of the counts of pairs.

    `num_pairs` (n,) are the pairs with a count between two of the `edges` (n + 1,), which grow by a factor:
    the axis of counts is logarithmic, and so is that of pairs.
    """
    import numpy as np
    from matplotlib.figure import Figure

    filled = np.flatnonzero(num_pairs)
    low, high = edges[filled[0]], max(edges[filled[-1] + 1], x_max)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.stairs(num_pairs, edges, fill=True, color=GREY, alpha=0.6)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(bottom=0.7)
    axes.set_xlabel("count x of a pair")
    axes.set_ylabel("pairs in each bin (bars)")
    curve = axes.twinx()
    counts = np.geomspace(low, high, 400)
    curve.plot(counts, np.minimum(1, (counts / x_max) ** alpha), color=BLUE, linewidth=2)
    curve.axvline(x_max, color=BLUE, linestyle=":", linewidth=1)
    curve.set_ylim(0, 1.05)
    curve.set_ylabel("weight f(x) (line)", color=BLUE)
    whole = num_pairs[edges[:-1] >= x_max].sum() / num_pairs.sum()
    axes.set_title(f"f(x) with x_max {x_max:g} and alpha {alpha:g}: {whole:.2%} of the pairs weigh 1")
    for each in (axes, curve):
        each.spines["top"].set_visible(False)
    return figure
