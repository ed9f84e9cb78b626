"""Judge a descent: what came of it, and the facts that show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.vision_theory.theory.critical_points import (
    CriticalPoint,
    critical_points,
    nearest_critical_point,
)
from wordlab.vision_theory.theory.functions import Landscape

OUTCOMES = ("converged", "local minimum", "saddle point", "maximum", "too slow", "oscillating", "diverging",
            "leaving", "undefined", "hovering")  # fmt: skip
_NEAR = 0.01  # of the domain's width: a descent this near to a critical point has arrived
_ABOUT = 0.1  # of the domain's width: a descent whose late points are all this near is caught
_LATE = 4  # the last quarter of the steps shows what a descent has come to


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of a descent; the other fields are None where the outcome does not rest on them."""

    outcome: str
    """One of OUTCOMES."""
    stopped: bool = False
    """Whether it was stopped before all steps were taken."""
    critical_point: CriticalPoint | None = None
    """Where it has arrived, or around which it is caught."""
    lowest: float | None = None
    """The value of a minimum below the one where it is caught."""
    slope: float | None = None
    """The norm of the gradient at its end."""
    late_values: tuple[float, float] | None = None
    """The least and the largest value in the last quarter of its steps."""


def judge(
    landscape: Landscape, path: np.ndarray, values: np.ndarray, end: str, *, estimated: bool
) -> Verdict:
    """The verdict on a path (num_points, num_variables) and its values (num_points,).

    `end` is `undefined` or `far` where the descent was stopped, and empty otherwise; `estimated` says
    whether its gradients were estimates.
    """
    first, last = values[0], values[-1]
    if end == "undefined":
        return Verdict(outcome="undefined", stopped=True)
    if end == "far":
        return Verdict(outcome="leaving" if last < first else "diverging", stopped=True)
    if estimated:
        late = values[-max(1, len(values) // _LATE) :]
        return Verdict(outcome="hovering", late_values=(float(late.min()), float(late.max())))
    arrived = _arrival(landscape, path)
    if arrived is not None:
        return arrived
    if last > first:
        return Verdict(outcome="diverging")
    if _turning(path) > 0.5:
        return Verdict(outcome="oscillating")
    return Verdict(outcome="too slow", slope=float(np.linalg.norm(landscape.gradient(path[-1]))))


def _late(path: np.ndarray) -> np.ndarray:
    return path[-max(4, len(path) // _LATE) :]


def _arrival(landscape: Landscape, path: np.ndarray) -> Verdict | None:
    """The verdict of a path that has ended at a critical point; None if it is near none."""
    low, high = np.array(landscape.domain).T
    late = _late(path)
    nearest = nearest_critical_point(landscape, late.mean(axis=0)) if len(path) > 4 else None
    if nearest is not None and (np.abs(late - nearest.point) <= _ABOUT * (high - low)).all():
        lowest = _lowest(landscape)
        higher = lowest is not None and nearest.value - lowest > 0.01 * (1 + abs(nearest.value))
        if nearest.kind == "minimum" and higher:
            return Verdict(outcome="local minimum", critical_point=nearest, lowest=lowest)
    nearest = nearest_critical_point(landscape, path[-1])
    if nearest is None or (np.abs(path[-1] - nearest.point) > _NEAR * (high - low)).any():
        return None
    outcome = nearest.kind if nearest.kind in ("maximum", "saddle point") else "converged"
    return Verdict(outcome=outcome, critical_point=nearest)


def _lowest(landscape: Landscape) -> float | None:
    """The value of the lowest minimum that is known or found, or None."""
    if landscape.minima:
        return float(landscape.value(np.array(landscape.minima)).min())
    values = [found.value for found in critical_points(landscape) if found.kind == "minimum"]
    return min(values, default=None)


def _turning(path: np.ndarray) -> float:
    """The share of the late movement in coordinates that have just turned back."""
    changes = np.diff(_late(path), axis=0)  # (num_late_steps, num_variables)
    turned = changes[1:] * changes[:-1] < 0
    moved = np.abs(changes[1:])
    return float(moved[turned].sum() / moved.sum()) if moved.sum() > 0 else 0.0
