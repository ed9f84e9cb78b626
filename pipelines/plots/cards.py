"""The pictures of model cards, each on light and on dark ground."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.plots.colours import BLUE, GREY
from pipelines.plots.diagnosis import draw_diagnosis
from pipelines.plots.fonts import DEFAULT, families_for, label
from pipelines.plots.sentiment import draw_confusion
from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.cards.document import Card
    from wordlab.cards.page import DrawnPicture
    from wordlab.embeddings.card.scores import CardScore
    from wordlab.sentiment.card.judged import Judged

_DARK = dict.fromkeys(
    ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color", "legend.labelcolor"),
    "#e6e9eb",
)
_CLEAR = {"figure.facecolor": "none", "axes.facecolor": "none", "svg.hashsalt": "wordlab"}


def draw_pictures(card: Card) -> dict[str, DrawnPicture]:
    """The pictures of `card` as SVG, by their names. Equal cards give equal bytes."""
    from wordlab.cards.page import DrawnPicture

    found = {}
    for picture in card.pictures:
        drawing = _DRAWINGS[picture.name]
        found[picture.name] = DrawnPicture(
            light=_svg(drawing, picture.data, {}), dark=_svg(drawing, picture.data, _DARK)
        )
    return found


def draw_scores(scores: Sequence[CardScore]) -> Figure:
    """A dot for each score with its interval, in the order of the card."""
    from matplotlib.figure import Figure

    from wordlab.embeddings.evaluation.kinds import MEASURES

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


def draw_judged(judged: Judged) -> Figure:
    """The confusion matrix, under what it is of."""
    if judged.scores is None:
        raise ValueError("expected a confusion to draw, found none")
    return draw_confusion(judged.scores, label(judged.title).replace("$", r"\$"))


class _Drawing(NamedTuple):
    """How a picture is drawn, and which texts of its data it shows, so that there are fonts for them."""

    draw: Callable[[Any], Figure]
    texts: Callable[[Any], Iterable[str]]


_DRAWINGS = {
    "scores": _Drawing(draw_scores, lambda scores: [score.test for score in scores]),
    "diagnosis": _Drawing(draw_diagnosis, lambda _: []),
    "confusion": _Drawing(draw_judged, lambda judged: [judged.title, *judged.scores.classes]),
}
"""The pictures by the names that builders of cards use."""


def _svg(drawing: _Drawing, data: Any, colours: dict[str, str]) -> bytes:
    import matplotlib

    settings: dict[Any, Any] = {**_CLEAR, **colours, "font.family": _families(drawing.texts(data))}
    stream = io.BytesIO()
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the card has the words in tables, too
        drawing.draw(data).savefig(stream, format="svg", dpi=150, metadata={"Date": None})
    return stream.getvalue()


def _families(texts: Iterable[str]) -> list[str]:
    """Fonts that have all characters of `texts`; the default one if no installed ones have."""
    try:
        return families_for(texts)
    except ConfigError:
        return [DEFAULT]
