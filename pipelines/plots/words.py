"""Words in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox


def draw_words(words: Sequence[str], points: np.ndarray, title: str) -> Figure:
    """Words at their points (num_words, 2), the first ones on top.

    A word whose label would cover that of an earlier one is shown as a dot only, so that all labels
    can be read.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 9), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.scatter(points[:, 0], points[:, 1], s=6, color=BLUE, alpha=0.5, linewidths=0)
    labels = [
        axes.annotate(word, point, xytext=(3, 2), textcoords="offset points", fontsize=8, parse_math=False)
        for word, point in zip(words, points, strict=True)
    ]
    axes.set_xticks([])  # directions and distances of a projection have no unit
    axes.set_yticks([])
    axes.set_title(title)
    renderer: Any = canvas.get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    taken: list[Bbox] = []
    for label in labels:
        box = label.get_window_extent(renderer)
        if box.count_overlaps(taken):
            label.remove()
        else:
            taken.append(box)
    return figure
