"""What a diagnosis of vectors looks like: lengths by frequency, variance by component, hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wordlab.embeddings.diagnosis.diagnosing import Diagnosis
    from wordlab.embeddings.diagnosis.hubs import Hubs
    from wordlab.embeddings.diagnosis.isotropy import Isotropy
    from wordlab.embeddings.diagnosis.norms import Norms

_BINS = 40
_DOTS = 20_000  # words that are drawn, evenly over the ranks' logarithm


def draw_diagnosis(found: Diagnosis) -> Figure:
    """Three panels; without hubs, which need two words, two."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.8), layout="constrained")
    panels: Any = figure.subplots(1, 2 if found.hubs is None else 3)
    _draw_norms(panels[0], found.norms)
    _draw_shares(panels[1], found.isotropy)
    if found.hubs is not None:
        _draw_hubs(panels[2], found.hubs)
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _draw_norms(axes: Axes, norms: Norms) -> None:
    import numpy as np
    from matplotlib.ticker import FuncFormatter

    num = len(norms.lengths)
    ranks = np.unique(np.geomspace(1, num, min(num, _DOTS)).astype(int))
    style: dict[str, Any] = {"s": 3, "color": GREY, "alpha": 0.3, "linewidths": 0, "rasterized": True}
    axes.scatter(ranks, norms.lengths[ranks - 1], label="a word", **style)
    middles = [np.sqrt(band.first * band.last) for band in norms.bands]
    axes.plot(
        middles, [band.median for band in norms.bands], color=BLUE, marker="o", markersize=4,
        label="median of a band",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(FuncFormatter(_rank))
    axes.set_xlabel("rank by frequency")
    axes.set_ylabel("length of the vector")
    shown = "" if norms.correlation is None else f", correlation {norms.correlation:+.2f}"
    axes.set_title(f"Length by frequency{shown}", fontsize="medium")
    axes.legend(frameon=False, markerscale=2)


def _rank(value: float, _: object) -> str:
    """A rank that leaves its neighbours room."""
    return f"{value / 1000:g}k" if value >= 1_000 else f"{value:g}"


def _draw_shares(axes: Axes, isotropy: Isotropy) -> None:
    import numpy as np
    from matplotlib.ticker import PercentFormatter

    numbers = np.arange(1, len(isotropy.shares) + 1)
    axes.bar(numbers, isotropy.shares, width=1, color=BLUE)
    axes.axhline(1 / len(numbers), color=ORANGE, linestyle="--", label="all dimensions alike")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("principal component")
    axes.set_ylabel("share of the variance")
    shown = "" if isotropy.iso_score is None else f", IsoScore {isotropy.iso_score:.2f}"
    axes.set_title(f"Variance by component{shown}", fontsize="medium")
    axes.legend(frameon=False)


def _draw_hubs(axes: Axes, hubs: Hubs) -> None:
    import numpy as np
    from matplotlib.ticker import FuncFormatter

    most = int(hubs.occurrences.max())
    width = -(-(most + 1) // _BINS)  # whole numbers, as many in each bar
    edges = np.arange(0, most + width + 1, width) - 0.5
    axes.hist(hubs.occurrences, bins=edges.tolist(), color=BLUE)
    axes.axvline(hubs.k, color=ORANGE, linestyle="--", label="mean")
    axes.set_yscale("log")  # a few hubs would not be seen
    axes.set_xlim(left=-0.5)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(f"of how many words among the {hubs.k} nearest")
    axes.set_ylabel("words")
    shown = "" if hubs.skewness is None else f", skewness {hubs.skewness:.1f}"
    axes.set_title(f"Hubs{shown}", fontsize="medium")
    axes.legend(frameon=False)
