"""Paths of descents, still or moving: a panel for each learning rate, and the value by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.plots.colours import CYCLE, RED
from pipelines.plots.theory.surface import Ends, draw_contours, draw_curve, title

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from wordlab.vision_theory.theory.descent import Descent
    from wordlab.vision_theory.theory.functions import Landscape

_MAX_FRAMES = 60
_FARTHEST = 2.0  # half-widths of the domain to which a picture is widened for a path


class Paths:
    """The picture of some descents; `show_frame` cuts them off after a number of steps."""

    def __init__(self, landscape: Landscape, runs: Mapping[float, Descent], optimiser: str) -> None:
        import numpy as np
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        panels = len(runs) + 1
        columns = panels if panels <= 4 else 3
        rows = -(-panels // columns)
        self.figure = Figure(figsize=(4.0 * columns, 3.6 * rows + 0.4), layout="constrained")
        FigureCanvasAgg(self.figure)
        self.figure.suptitle(f"{title(landscape)}, by {optimiser}", parse_math=False)
        axes = self.figure.subplots(rows, columns, squeeze=False).ravel()
        longest = max(run.num_steps for run in runs.values())
        self._frames = np.unique(np.linspace(0, longest, min(longest + 1, _MAX_FRAMES)).round().astype(int))
        self._lines = []
        for panel, (colour, (rate, run)) in zip(axes, _coloured(runs), strict=False):
            path = _path(panel, landscape, run)
            size = 3.5 if run.num_steps <= 50 else 1.5
            (line,) = panel.plot(
                path[:, 0],
                path[:, 1],
                "o-",
                color=colour,
                markersize=size,
                linewidth=1,
                zorder=3,
            )
            panel.plot(path[0, 0], path[0, 1], "o", color="black", markersize=6, zorder=2)
            panel.set_title(f"learning rate {rate:g}: {run.outcome}", fontsize=11)
            self._lines.append((line, path))
        self._draw_values(axes[len(runs)], landscape, runs)
        for unused in axes[panels:]:
            unused.set_visible(False)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")  # panels stay where they are from frame to frame

    @property
    def num_frames(self) -> int:
        """Frames of the animation: one for each step, fewer for long descents."""
        return len(self._frames)

    def show_frame(self, frame: int) -> None:
        """Show the paths up to the steps of this frame."""
        steps = int(self._frames[frame])
        for line, path in self._lines:
            line.set_data(path[: steps + 1, 0], path[: steps + 1, 1])

    def _draw_values(self, axes: Axes, landscape: Landscape, runs: Mapping[float, Descent]) -> None:
        """The value by step; above the minimum on a logarithmic axis, if the minimum is known."""
        import numpy as np

        least = landscape.value(np.array(landscape.minima)).min() if landscape.minima else np.inf
        above = all(run.values.min() >= least - 1e-6 for run in runs.values())
        for colour, (rate, run) in _coloured(runs):
            values = np.maximum(run.values - least, 1e-16) if above else run.values
            steps = np.arange(len(values))
            size = 3 if run.num_steps <= 50 else 1
            (line,) = axes.plot(
                steps,
                values,
                "o-",
                color=colour,
                markersize=size,
                linewidth=1,
                label=f"{rate:g}",
            )
            self._lines.append((line, np.column_stack([steps, values])))
        if above:
            axes.set_yscale("log")
        else:
            start = max(run.values[0] for run in runs.values())
            lowest = min(run.values.min() for run in runs.values())
            room = 0.05 * (start - lowest) or 1.0
            axes.set_ylim(lowest - room, start + 10 * room)
        axes.set_title("f above its minimum" if above else "f", fontsize=11)
        axes.set_xlabel("step")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(title="learning rate", frameon=False)


def _coloured(runs: Mapping[float, Descent]) -> list[tuple[str, tuple[float, Descent]]]:
    colours = CYCLE * (len(runs) // len(CYCLE) + 1)
    return list(zip(colours, runs.items(), strict=False))


def _path(axes: Axes, landscape: Landscape, run: Descent) -> np.ndarray:
    """Draw the function under a path and return the path as picture coordinates (num_points, 2)."""
    import numpy as np

    ends = _ends(landscape, run)
    if len(landscape.variables) == 1:
        _, y = draw_curve(axes, landscape, ends)
        low, high = float(y.min()), float(y.max())
        axes.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
        return np.column_stack([run.points[:, 0], run.values])
    draw_contours(axes, landscape, ends)
    for minimum in landscape.minima:
        axes.plot(*minimum, "*", color=RED, markersize=9, zorder=2)
    return run.points


def _ends(landscape: Landscape, run: Descent) -> Ends:
    """The domain, widened for points of the path that are not too far out."""
    ends = []
    for (low, high), coordinates in zip(landscape.domain, run.points.T, strict=True):
        middle, half = (low + high) / 2, (high - low) / 2
        least, most = middle - _FARTHEST * half, middle + _FARTHEST * half
        margin = 0.05 * half
        low = min(low, max(float(coordinates.min()) - margin, least))
        high = max(high, min(float(coordinates.max()) + margin, most))
        ends.append((low, high))
    return tuple(ends)
