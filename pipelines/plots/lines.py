"""Line lengths before and after subsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.text.subsampling_effect import SubsamplingReport


def draw_line_lengths(report: SubsamplingReport) -> Figure:
    """A histogram of line lengths before and after subsampling.

    The bins widen with the length, so the axis of lengths is logarithmic; it shows the lengths that occur.
    Empty lines have a bar of their own at 0.
    """
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    # The bin of length 0 reaches from 0.5 to 1, because a logarithmic axis has no 0.
    edges = np.concatenate(([0.5], report.length_edges[1:]))
    filled = np.flatnonzero(report.lines_before + report.lines_after)
    shown = edges[filled[0] : filled[-1] + 2]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    before = f"before: {report.num_tokens:,} tokens"
    axes.stairs(report.lines_before, edges, fill=True, color=GREY, alpha=0.6, label=before)
    after = f"after: {report.num_kept:,} tokens"
    axes.stairs(report.lines_after, edges, color=BLUE, linewidth=2, label=after)
    axes.set_xscale("log")
    axes.set_xlim(shown[0], shown[-1])
    ticks = _ticks(shown[shown >= 1].astype(int).tolist())
    zero = {0.7: "0"} if shown[0] < 1 else {}
    axes.set_xticks([*zero, *ticks], labels=[*zero.values(), *(f"{tick:,}" for tick in ticks)])
    axes.minorticks_off()
    axes.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("tokens in a line (bins widen with the length)")
    axes.set_ylabel("lines in each bin")
    how = f"threshold {report.threshold:g} ({report.form})"
    axes.set_title(f"Subsampling with {how} keeps {report.share_kept:.1%} of the tokens")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def _ticks(edges: list[int]) -> list[int]:
    """The numbers 1, 2, 5, 10, 20, 50 ... between the edges, or powers of ten if they are too many.

    Where fewer than four lie there, the edges themselves.
    """
    ticks = [10**power * step for power in range(len(str(edges[-1]))) for step in (1, 2, 5)]
    ticks = [tick for tick in ticks if edges[0] <= tick <= edges[-1]]
    if len(ticks) < 4:
        return edges
    return ticks if len(ticks) <= 13 else [tick for tick in ticks if str(tick).startswith("1")]
