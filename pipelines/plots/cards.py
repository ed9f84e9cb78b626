"""The pictures of model cards, each on light and on dark ground."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.plots.diagnosis import draw_diagnosis
from pipelines.plots.fonts import DEFAULT, families_for, label
from pipelines.plots.scores import draw_scores, rows_of
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


def draw_card_scores(scores: Sequence[CardScore]) -> Figure:
    """A point for each score with its interval, in the order of the card."""
    rows = rows_of(scores)
    return draw_scores(rows, [""], "", families=_families(label for label, *_ in rows))


def draw_judged(judged: Judged) -> Figure:
    """The confusion matrix, under what it is of."""
    if judged.scores is None:
        raise ValueError("expected a confusion to draw, found none")
    return draw_confusion(judged.scores, label(judged.title))


class _Drawing(NamedTuple):
    """How a picture is drawn, and texts of its data for which the default font may not do."""

    draw: Callable[[Any], Figure]
    texts: Callable[[Any], Iterable[str]]


_DRAWINGS = {
    "scores": _Drawing(draw_card_scores, lambda _: []),
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
