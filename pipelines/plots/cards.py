"""The pictures of model cards, each on light and on dark ground."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE, GREY
from pipelines.plots.diagnosis import draw_diagnosis
from pipelines.plots.fonts import label
from pipelines.plots.sentiment import draw_confusion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.cards.document import Card
    from wordlab.cards.page import DrawnPicture
    from wordlab.embeddings.card.scores import CardScore

_DARK = dict.fromkeys(
    ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color", "legend.labelcolor"),
    "#e6e9eb",
)
_CLEAR = {"figure.facecolor": "none", "axes.facecolor": "none", "svg.hashsalt": "wordlab"}


def draw_pictures(card: Card) -> dict[str, DrawnPicture]:
    """The pictures of `card` as SVG, by their names. Equal cards give equal bytes."""
    from wordlab.cards.page import DrawnPicture

    return {
        picture.name: DrawnPicture(
            light=_svg(_DRAW[picture.name], picture.data, {}),
            dark=_svg(_DRAW[picture.name], picture.data, _DARK),
        )
        for picture in card.pictures
    }


def draw_scores(scores: Sequence[CardScore]) -> Figure:
    """A dot for each score with its interval, in the order of the card."""
    from matplotlib.figure import Figure

    from wordlab.embeddings.card.scores import MEASURES

    known = [(score, score.value, score.interval) for score in scores if score.value is not None]
    figure = Figure(figsize=(8, 1 + 0.4 * max(1, len(known))), layout="constrained")
    axes = figure.add_subplot()
    for place, (_, value, interval) in enumerate(known):
        if interval is not None:
            axes.plot(list(interval), [place, place], color=GREY, linewidth=3, solid_capstyle="butt")
        axes.plot([value], [place], "o", color=BLUE)
        style: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 8}
        axes.annotate(f"{value:.3f}", (value, place), xytext=(0, 6), **style)
    names = [f"{label(score.test)}, {MEASURES[score.measure]}" for score, _, _ in known]
    axes.set_yticks(range(len(known)), labels=names, parse_math=False)
    axes.set_ylim(len(known) - 0.5, -0.7)
    axes.set_xlim(min([0.0, *(low for _, _, interval in known if interval for low in interval)]), 1)
    axes.grid(axis="x", alpha=0.3)
    axes.set_xlabel("score, with its 95% interval")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


_DRAW: dict[str, Callable[[Any], Figure]] = {
    "scores": draw_scores,
    "diagnosis": draw_diagnosis,
    "confusion": lambda judged: draw_confusion(judged.scores, judged.title),
}
"""How each picture is drawn, by the names that builders of cards use."""


def _svg(draw: Callable[[Any], Figure], data: Any, colours: dict[str, str]) -> bytes:
    import matplotlib

    stream = io.BytesIO()
    settings: dict[Any, str] = {**_CLEAR, **colours}
    with matplotlib.rc_context(settings):
        draw(data).savefig(stream, format="svg", dpi=150, metadata={"Date": None})
    return stream.getvalue()
