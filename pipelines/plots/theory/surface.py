"""Functions as pictures: curves and contours, without values that are not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.plots.colours import GREY
from wordlab.visible import clipped

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from wordlab.vision_theory.theory.functions import Landscape

Ends = tuple[tuple[float, float], ...]
_NUM_LEVELS = 18


def draw_curve(axes: Axes, landscape: Landscape, ends: Ends) -> tuple[np.ndarray, np.ma.MaskedArray]:
    """A function of one variable; returns the x and y (num_points,) that were drawn, gaps masked."""
    import numpy as np

    x = np.linspace(*ends[0], 801)
    y = np.ma.masked_invalid(landscape.value(x[:, None]))
    axes.plot(x, y, color=GREY, linewidth=1.5, zorder=1)
    axes.set_xlim(ends[0])
    axes.set_xlabel(landscape.variables[0])
    axes.set_ylabel("f")
    axes.spines[["top", "right"]].set_visible(False)
    return x, y


def grid(
    landscape: Landscape, ends: Ends, size: int = 161
) -> tuple[np.ndarray, np.ndarray, np.ma.MaskedArray]:
    """x, y and the values, gaps masked, on a grid; (size, size) each."""
    import numpy as np

    x, y = np.meshgrid(np.linspace(*ends[0], size), np.linspace(*ends[1], size))
    return x, y, np.ma.masked_invalid(landscape.value(np.stack([x, y], axis=-1)))


def draw_contours(axes: Axes, landscape: Landscape, ends: Ends) -> Any:
    """A function of two variables, dark where it is low.

    Equal areas lie between neighbouring lines: equal steps of the value would crowd on steep slopes and
    leave valleys blank.
    """
    import numpy as np

    x, y, values = grid(landscape, ends)
    levels = np.unique(np.quantile(values.compressed(), np.linspace(0.005, 1, _NUM_LEVELS)))
    if len(levels) > 1:
        shades = np.linspace(0.15, 0.85, len(levels) + 1)
        axes.contourf(
            x, y, values, levels=levels, colors=[(s, 0.3 + 0.7 * s, 0.55 + 0.45 * s) for s in shades],
            extend="both", alpha=0.45,
        )  # fmt: skip
        axes.contour(x, y, values, levels=levels, colors="white", linewidths=0.6, linestyles="solid")
    axes.set_xlim(ends[0])
    axes.set_ylim(ends[1])
    axes.set_xlabel(landscape.variables[0])
    axes.set_ylabel(landscape.variables[1])


def label(number: float) -> str:
    """A number as titles show it."""
    return f"{number:.4g}"


def title(landscape: Landscape) -> str:
    """The function's name and formula; a long formula is cut."""
    formula = clipped(landscape.formula, 60)
    return formula if landscape.name == landscape.formula else f"{landscape.name}: {formula}"
