"""Scores of one set of vectors or of several, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.plots import fonts
from pipelines.plots.colours import CYCLE, GREY
from wordlab.embeddings.evaluation.kinds import measure_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.embeddings.evaluation.judging import TestScore

Interval = tuple[float, float]
ScoreRow = tuple[str, Sequence[float | None], Sequence[Interval | None]]
"""What was scored, and the score and interval of each set, None where it has none."""

_SPREAD = 0.6  # of a row's height, over which the points of several sets are spread
_LONGEST = 40  # characters of a label
_MARKERS = "osD^"  # another one for each time that the colours begin anew


def rows_of(scores: Sequence[TestScore]) -> list[ScoreRow]:
    """The rows of the scores of one set."""
    return [
        (f"{score.test}, {measure_name(score.measure)}", [score.value], [score.interval]) for score in scores
    ]


def draw_scores(
    rows: Sequence[ScoreRow], names: Sequence[str], title: str, *, families: Sequence[str] | None = None
) -> Figure:
    """A row for each score, from above, and in it a point and its interval for each set, in its colour.

    `names` are those of the sets; with one there is no legend. `families` are the fonts of all names; without
    them they are looked for, and ConfigError is raised if none has a letter of one.
    """
    from matplotlib.figure import Figure

    families = families or fonts.families_for([*names, *(label for label, *_ in rows), title])
    height = 1.4 + len(rows) * (0.32 + 0.1 * len(names))
    figure = Figure(figsize=(8, min(height, 60)), layout="constrained")
    axes = figure.add_subplot()
    step = _SPREAD / max(1, len(names) - 1)
    for number, name in enumerate(names):
        offset = 0 if len(names) == 1 else number * step - _SPREAD / 2
        drawn = [
            (value, place + offset, _errors(value, interval))
            for place, (_, values, intervals) in enumerate(rows)
            for value, interval in [(values[number], intervals[number])]
            if value is not None
        ]
        if drawn:
            xs, ys, errors = zip(*drawn, strict=True)
            again, colour = divmod(number, len(CYCLE))
            axes.errorbar(
                xs, ys, xerr=list(zip(*errors, strict=True)), fmt=_MARKERS[again % len(_MARKERS)],
                color=CYCLE[colour], markersize=5.5, capsize=3, linewidth=1.4, label=fonts.label(name),
            )  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)  # the first row is at the top
    ends = [end for *_, intervals in rows for found in intervals if found for end in found]
    ends += [value for _, values, _ in rows for value in values if value is not None]
    axes.set_xlim(min(0.0, min(ends, default=0.0) - 0.03), 1.02)
    axes.set_yticks(range(len(rows)), [fonts.label(_short(label)) for label, *_ in rows])
    for text in axes.get_yticklabels():
        text.set_fontfamily(list(families))
        text.set_parse_math(False)
    for place in range(1, len(rows)):
        axes.axhline(place - 0.5, color=GREY, alpha=0.35, linewidth=0.6)
    axes.set_xlabel("score, a correlation or a share, with its 95% interval")
    axes.set_title(fonts.label(title), fontfamily=list(families), parse_math=False)
    axes.grid(axis="x", color=GREY, alpha=0.35, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if len(names) > 1:
        legend = figure.legend(loc="outside lower center", ncols=min(4, len(names)), frameon=False)
        for text in legend.get_texts():
            text.set_fontfamily(list(families))
            text.set_parse_math(False)
    return figure


def _errors(value: float, interval: Interval | None) -> tuple[float, float]:
    """How far the interval reaches to the left and to the right; 0 where there is none."""
    low, high = interval or (value, value)
    return max(0.0, value - low), max(0.0, high - value)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
