"""Draw words in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from pipelines.plots import fonts
from pipelines.plots.colours import BLUE

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

_FEW = 60  # words leave room for larger letters and dots
# Where a label may stand beside its dot, in points, and which of its corners is there.
_OFFSETS = ((3, 2, "left", "bottom"), (-3, 2, "right", "bottom"), (3, -2, "left", "top"),
           (-3, -2, "right", "top"))  # fmt: skip


def draw_words(
    words: Sequence[str], points: np.ndarray, title: str, *, families: Sequence[str] = (fonts.DEFAULT,)
) -> Figure:
    """Words at their points (num_words, 2), each in the first of the font families that can write it.

    A word whose label would cover an earlier one is shown as a dot only, so that all labels can be
    read.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 9), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    few = len(words) <= _FEW
    axes.scatter(points[:, 0], points[:, 1], s=24 if few else 6, color=BLUE, alpha=0.5, linewidths=0)
    axes.margins(0.08)  # room for the labels of the outermost words
    size = 12 if few else 8
    labels = [
        axes.annotate(
            fonts.label(word), point, xytext=(0, 0), textcoords="offset points", fontsize=size,
            fontfamily=list(families), parse_math=False,
        )
        for word, point in zip(words, points, strict=True)
    ]  # fmt: skip
    axes.set_xticks([])  # directions and distances in the layout have no unit
    axes.set_yticks([])
    axes.set_title(title, parse_math=False)
    renderer: Any = canvas.get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    frame = axes.get_window_extent(renderer)
    taken: list[Bbox] = []
    for label in labels:
        box = _place(label, taken, frame, renderer)
        if box is None:
            label.remove()
        else:
            taken.append(box)
    return figure


def _place(label: Annotation, taken: Sequence[Bbox], frame: Bbox, renderer: Any) -> Bbox | None:
    """The box of the label where it covers no other, inside the frame if it can be; None if nowhere."""
    for inside, (x, y, horizontal, vertical) in product((True, False), _OFFSETS):
        label.xyann = (x, y)
        label.set(horizontalalignment=horizontal, verticalalignment=vertical)
        box = label.get_window_extent(renderer)
        is_inside = frame.x0 < box.x0 and box.x1 < frame.x1
        if (is_inside or not inside) and not box.count_overlaps(taken):
            return box
    return None
