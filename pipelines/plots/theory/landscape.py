"""A function and its critical points: curve and slope, or contours and surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, GREEN, ORANGE, PURPLE, RED
from pipelines.plots.theory.surface import draw_contours, draw_curve, grid, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wordlab.vision_theory.theory.critical_points import CriticalPoint
    from wordlab.vision_theory.theory.functions import Landscape

_MARKS = {
    "minimum": ("o", GREEN),
    "maximum": ("^", RED),
    "saddle point": ("X", ORANGE),
    "degenerate": ("D", PURPLE),
}
_STEEP = 1_000  # between the highest and the lowest value: beyond that, heights are logarithms


def draw_landscape(landscape: Landscape, points: Sequence[CriticalPoint]) -> Figure:
    """Function and derivative, or contours and surface, with the critical points marked by kind."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.8), layout="constrained")
    figure.suptitle(title(landscape), parse_math=False)
    if len(landscape.variables) == 1:
        _draw_line(figure, landscape, points)
    else:
        _draw_plane(figure, landscape, points)
    return figure


def _draw_line(figure: Figure, landscape: Landscape, points: Sequence[CriticalPoint]) -> None:
    import numpy as np

    left, right = figure.subplots(1, 2)
    x, _ = draw_curve(left, landscape, landscape.domain)
    _mark(left, [(p.kind, (p.point[0], p.value)) for p in points])
    right.plot(x, np.ma.masked_invalid(landscape.gradient(x[:, None])[:, 0]), color=BLUE)
    right.axhline(0, color="black", linewidth=0.6)
    _mark(right, [(p.kind, (p.point[0], 0.0)) for p in points], legend=False)
    right.set_xlim(landscape.domain[0])
    right.set_xlabel(landscape.variables[0])
    right.set_title("derivative", fontsize=11)
    right.spines[["top", "right"]].set_visible(False)


def _draw_plane(figure: Figure, landscape: Landscape, points: Sequence[CriticalPoint]) -> None:
    import numpy as np

    left = figure.add_subplot(1, 2, 1)
    draw_contours(left, landscape, landscape.domain)
    _mark(left, [(p.kind, p.point) for p in points])
    right = figure.add_subplot(1, 2, 2, projection="3d")
    x, y, heights = grid(landscape, landscape.domain, size=81)
    if steep := float(heights.max() - heights.min()) > _STEEP:
        heights = np.ma.log10(1 + heights - heights.min())
    right.plot_surface(
        x,
        y,
        heights.filled(float(heights.max())),
        cmap="Blues_r",
        linewidth=0,
        antialiased=False,
        rcount=81,
        ccount=81,
    )
    right.set_xlabel(landscape.variables[0])
    right.set_ylabel(landscape.variables[1])
    right.set_title("log10(1 + f - lowest)" if steep else "f", fontsize=11)
    right.set_box_aspect(None, zoom=0.88)


def _mark(axes: Axes, places: Sequence[tuple[str, tuple[float, ...]]], *, legend: bool = True) -> None:
    for kind, (shape, colour) in _MARKS.items():
        chosen = [place for found, place in places if found == kind]
        if chosen:
            x, y = zip(*chosen, strict=True)
            axes.plot(x, y, shape, color=colour, markersize=8, markeredgecolor="white", label=kind, zorder=3)
    if places and legend:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=4, frameon=False, fontsize=9)
