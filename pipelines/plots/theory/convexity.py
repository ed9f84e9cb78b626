"""Checks of convexity: the chord, the below set, the curvature; a set and the segment that leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, GREEN, GREY, ORANGE, RED
from pipelines.plots.theory.surface import draw_contours, draw_curve, grid, label, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wordlab.vision_theory.theory.convex_sets import Segment, SetCheck
    from wordlab.vision_theory.theory.convexity import Check
    from wordlab.vision_theory.theory.functions import Landscape
    from wordlab.vision_theory.theory.point_sets import PointSet


def draw_convexity(landscape: Landscape, checks: Sequence[Check]) -> Figure:
    """Three panels: Jensen's inequality along a segment, a below set, and the curvature.

    The segment is the witness, or one across the domain where there is none.
    """
    from matplotlib.figure import Figure

    jensen, below, _, second = checks
    figure = Figure(figsize=(13.5, 4.6), layout="constrained")
    figure.suptitle(title(landscape), parse_math=False)
    left, middle, right = figure.subplots(1, 3)
    _draw_chord(left, landscape, _segment(landscape, jensen), jensen.holds)
    if len(landscape.variables) == 1:
        _draw_below_line(middle, landscape, _segment(landscape, below), below.holds)
        _draw_curvature_line(right, landscape, second.holds)
    else:
        _draw_below_plane(middle, landscape, _segment(landscape, below), below.holds)
        _draw_curvature_plane(figure, right, landscape, second.holds)
    return figure


def _segment(landscape: Landscape, check: Check) -> Segment:
    from wordlab.vision_theory.theory.convex_sets import Segment

    if isinstance(check.witness, Segment):
        return check.witness
    ends = [(low + 0.15 * (high - low), high - 0.05 * (high - low)) for low, high in landscape.domain]
    return Segment(tuple(low for low, _ in ends), tuple(high for _, high in ends), 0.5)


def _draw_chord(axes: Axes, landscape: Landscape, segment: Segment, holds: bool) -> None:
    """The function and its chord along the segment, in one variable over the whole domain."""
    import numpy as np

    a, b = np.array(segment.a), np.array(segment.b)
    shares = np.linspace(0, 1, 401)
    values = np.ma.masked_invalid(landscape.value(shares[:, None] * b + (1 - shares[:, None]) * a))
    ends = landscape.value(np.stack([a, b]))
    between = np.array(segment.between)
    here, chord = float(landscape.value(between)), segment.weight * ends[0] + (1 - segment.weight) * ends[1]
    if len(a) == 1:
        draw_curve(axes, landscape, landscape.domain)
        places, place = [a[0], b[0]], between[0]
    else:
        axes.plot(shares, values, color=GREY, linewidth=1.5)
        axes.set_xlabel("share of the way from a to b")
        axes.spines[["top", "right"]].set_visible(False)
        places, place = [0.0, 1.0], 1 - segment.weight
    if np.isfinite(ends).all():
        axes.plot(places, ends, "o-", color=BLUE, markersize=5, label="chord")
        if np.isfinite(here):
            colour = GREEN if holds else RED
            axes.plot(
                [place, place], [here, chord], color=colour, linewidth=2.5, label=f"gap {label(chord - here)}"
            )
    axes.legend(frameon=False, fontsize=9)
    axes.set_title(f"Jensen's inequality {_word(holds)}", fontsize=11)


def _level(landscape: Landscape, segment: Segment) -> float:
    """The height of the below set to draw: the higher end or, to show a gap, halfway up the hump between."""
    import numpy as np

    values = landscape.value(np.array([segment.a, segment.b, segment.between]))
    *ends, between = np.where(np.isfinite(values), values, np.nan)
    top = float(np.nanmax(ends))
    return (top + float(between)) / 2 if between > top else top


def _draw_below_line(axes: Axes, landscape: Landscape, segment: Segment, holds: bool) -> None:
    import numpy as np

    x, y = draw_curve(axes, landscape, landscape.domain)
    level = _level(landscape, segment)
    below = np.ma.filled(y <= level, False)
    axes.axhline(level, color=BLUE, linewidth=1, linestyle="--", label=f"level {label(level)}")
    axes.fill_between(x, y.filled(level), level, where=below, color=BLUE, alpha=0.2, linewidth=0)
    bottom = axes.get_ylim()[0]
    axes.plot(x, np.where(below, bottom, np.nan), color=BLUE, linewidth=6, label="below set", clip_on=False)
    axes.legend(frameon=False, fontsize=9)
    axes.set_title(f"Convexity of below sets {_word(holds)}", fontsize=11)


def _draw_below_plane(axes: Axes, landscape: Landscape, segment: Segment, holds: bool) -> None:
    draw_contours(axes, landscape, landscape.domain)
    level = _level(landscape, segment)
    x, y, values = grid(landscape, landscape.domain)
    if values.min() < level:
        axes.contourf(x, y, values, levels=[values.min(), level], colors=[BLUE], alpha=0.35)
    _draw_segment(axes, segment, holds)
    axes.set_title(f"Convexity of {{f ≤ {label(level)}}} {_word(holds)}", fontsize=11)


def _draw_curvature_line(axes: Axes, landscape: Landscape, holds: bool) -> None:
    import numpy as np

    x = np.linspace(*landscape.domain[0], 801)
    curvature = np.ma.masked_invalid(landscape.hessian(x[:, None])[:, 0, 0])
    axes.plot(x, curvature, color=GREY, linewidth=1.5)
    negative = np.ma.filled(curvature < 0, False)
    axes.fill_between(x, curvature.filled(0), 0, where=negative, color=RED, alpha=0.3, label="negative")
    axes.axhline(0, color="black", linewidth=0.6)
    if curvature.count() and curvature.min() >= 0 and curvature.max() - curvature.min() < 1e-9:
        axes.set_ylim(0, 1.5 * float(curvature.max()) or 1.0)
    axes.set_xlim(landscape.domain[0])
    axes.set_xlabel(landscape.variables[0])
    if not holds:
        axes.legend(frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"Second derivative ≥ 0 {_word(holds)}", fontsize=11)


def _draw_curvature_plane(figure: Figure, axes: Axes, landscape: Landscape, holds: bool) -> None:
    import numpy as np
    from matplotlib.colors import TwoSlopeNorm

    x, y, _ = grid(landscape, landscape.domain, size=121)
    hessians = landscape.hessian(np.stack([x, y], axis=-1))
    usable = np.isfinite(hessians).all(axis=(-1, -2))
    values = np.zeros(usable.shape)
    values[usable] = np.linalg.eigvalsh(hessians[usable])[:, 0]
    least = np.ma.masked_array(values, mask=~usable)
    size = max(float(np.abs(least).max()), 1e-12)
    mesh = axes.pcolormesh(x, y, least, cmap="RdBu", norm=TwoSlopeNorm(0, -size, size), rasterized=True)
    figure.colorbar(mesh, ax=axes, label="smallest eigenvalue")
    axes.set_xlabel(landscape.variables[0])
    axes.set_ylabel(landscape.variables[1])
    axes.set_title(f"Hessian ⪰ 0 {_word(holds)}", fontsize=11)


def _draw_segment(axes: Axes, segment: Segment, holds: bool) -> None:
    (ax, ay), (bx, by) = segment.a, segment.b
    axes.plot([ax, bx], [ay, by], "o-", color=ORANGE, markersize=5, linewidth=1.5)
    if not holds:
        axes.plot(*segment.between, "X", color=RED, markersize=10, markeredgecolor="white", zorder=4)


def draw_set(name: str, points: PointSet, check: SetCheck) -> Figure:
    """A set in the plane, and the segment that leaves it if there is one."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 5), layout="constrained")
    axes = figure.add_subplot()
    (left, right), (bottom, top) = points.window
    margin = 0.08 * max(right - left, top - bottom)
    x, y = np.meshgrid(
        np.linspace(left - margin, right + margin, 601), np.linspace(bottom - margin, top + margin, 601)
    )
    inside = points.contains(np.stack([x, y], axis=-1)).astype(float)
    axes.contourf(x, y, inside, levels=[0.5, 1.5], colors=[BLUE], alpha=0.3)
    if check.witness is not None:
        _draw_segment(axes, check.witness, False)
    axes.set_aspect("equal")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    found = (
        f"{name}: none of {check.num_segments:,} segments leaves it"
        if check.holds
        else f"{name} is not convex: this segment leaves it"
    )
    axes.set_title(found, fontsize=11)
    return figure


def _word(holds: bool) -> str:
    return "holds" if holds else "fails"
