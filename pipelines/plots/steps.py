"""The steps of a pipeline and what they hand on, as a picture or in Mermaid's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MERMAID = ".mmd"
_WIDTH, _HEIGHT = 2.3, 0.7  # inches of a box
_ACROSS, _DOWN = 3.1, 1.05  # inches from one box to the next
_LETTERS = 26  # that fit into a box


def draw_steps(
    layers: Sequence[Sequence[str]], uses: Mapping[str, Sequence[str]], captions: Mapping[str, str]
) -> Figure:
    """A figure with a box for each step, with its caption, and an arrow from each step to those that use it.

    `layers` stand from left to right; each step uses steps of earlier ones only.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    layers = _later(layers, uses)
    places = _places(layers, uses)
    tallest = max(map(len, layers))
    figure = Figure(figsize=(_ACROSS * len(layers), _DOWN * tallest))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _ACROSS * len(layers))
    axes.set_ylim(-_DOWN * tallest, 0)
    axes.set_axis_off()
    for name, (x, y) in places.items():
        for used in uses[name]:
            left, height = places[used]
            axes.annotate(
                "", (x - _WIDTH / 2, y), (left + _WIDTH / 2, height),
                arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 1, "shrinkB": 1, "linewidth": 1.2},
                zorder=1,
            )  # fmt: skip
        box = FancyBboxPatch(
            (x - _WIDTH / 2, y - _HEIGHT / 2), _WIDTH, _HEIGHT, boxstyle="round,pad=0,rounding_size=0.1",
            facecolor="white", edgecolor=BLUE, zorder=2,
        )  # fmt: skip
        axes.add_patch(box)
        centred: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 3}
        axes.text(x, y + 0.13, _cut(name), weight="bold", size=9, **centred)
        axes.text(x, y - 0.15, _cut(captions[name]), color="#57606a", size=7.5, **centred)
    return figure


def mermaid(uses: Mapping[str, Sequence[str]], captions: Mapping[str, str]) -> str:
    """The same as a graph in Mermaid's language, which GitHub and many editors draw."""
    numbers = {name: f"step{number}" for number, name in enumerate(uses)}
    boxes = [f'  {numbers[name]}["{name}<br>{captions[name]}"]' for name in uses]
    arrows = [f"  {numbers[used]} --> {numbers[name]}" for name in uses for used in uses[name]]
    return "\n".join(["graph LR", *boxes, *arrows, ""])


def _later(layers: Sequence[Sequence[str]], uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The layers with each step moved right, to just before the first that uses it: arrows are short."""
    columns = {name: number for number, layer in enumerate(layers) for name in layer}
    for layer in reversed(layers):
        for name in layer:
            users = [columns[user] for user in uses if name in uses[user]]
            columns[name] = min(users, default=columns[name] + 1) - 1
    return [[name for name in columns if columns[name] == number] for number in range(len(layers))]


def _places(
    layers: Sequence[Sequence[str]], uses: Mapping[str, Sequence[str]]
) -> dict[str, tuple[float, float]]:
    """The centre of each box; steps stand near those that they use, so that arrows cross less."""
    places: dict[str, tuple[float, float]] = {}
    tallest = max(map(len, layers))
    for column, layer in enumerate(layers):
        heights = {
            name: sum(places[used][1] for used in uses[name]) / max(1, len(uses[name])) for name in layer
        }
        first = -(tallest - len(layer)) * _DOWN / 2
        for row, name in enumerate(sorted(layer, key=lambda name: -heights[name])):
            places[name] = (column + 0.5) * _ACROSS, first - (row + 0.5) * _DOWN
    return places


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
