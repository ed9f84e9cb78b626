"""A descent: the points that a rule passes through, and in words what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.critical_points import critical_points, nearest_critical_point
from wordlab.vision_theory.theory.functions import Landscape
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, Optimiser
from wordlab.vision_theory.theory.schedules import Schedule

MOST_STEPS = 100_000
OUTCOMES = ("converged", "local minimum", "saddle point", "maximum", "too slow", "oscillating", "diverging",
            "leaving", "undefined", "hovering")  # fmt: skip
_FAR = 10.0  # half-widths of the domain from its middle: there a descent is stopped
_NEAR = 0.01  # of the domain's width: a descent so near to a critical point has arrived
_ABOUT = 0.1  # of the domain's width: a descent whose late points are all so near is caught
_LATE = 4  # the last quarter of the steps shows what a descent has come to


@dataclass(frozen=True)
class Descent:
    """The path of a descent and its verdict."""

    points: np.ndarray
    """float64 (num_steps + 1, num_variables), all finite; the first is the start."""
    values: np.ndarray
    """float64 (num_steps + 1,), all finite."""
    outcome: str
    """One of OUTCOMES."""
    sentence: str
    """What came of it, and what to change."""

    @property
    def num_steps(self) -> int:
        """Steps that were taken."""
        return len(self.points) - 1


def descend(
    landscape: Landscape,
    optimiser: Optimiser,
    *,
    num_steps: int,
    start: tuple[float, ...] | None = None,
    schedule: Schedule | None = None,
    estimate: Differentiable | None = None,
) -> Descent:
    """The path of `optimiser` from `start`, of `num_steps` steps or less.

    It stops early, with a sentence that says so, where it is ten times as far from the middle of the
    domain as the domain's ends are, or where the function has no finite value. A `schedule` gives the
    learning rate of each step. An `estimate` stands in for the function where the rule asks for values
    and gradients, as in stochastic gradient descent; path and verdict are those of the true function.
    Raises ConfigError for a start of another number of coordinates, one without a finite value, or a
    number of steps that is none.
    """
    if isinstance(num_steps, bool) or not isinstance(num_steps, int) or not 1 <= num_steps <= MOST_STEPS:
        raise ConfigError(f"steps: expected a whole number from 1 to {MOST_STEPS}, found {num_steps!r}")
    x = _start(landscape, landscape.start if start is None else start)
    points, end = [x], ""
    for step in range(num_steps):
        if schedule is not None:
            optimiser.learning_rate = schedule(step)
        with np.errstate(all="ignore"):
            x = optimiser.step(x, estimate or landscape)
        end = _why_stop(landscape, x)
        if end == "undefined":
            break
        points.append(x)
        if end:
            break
    path = np.stack(points)  # (num_steps + 1, num_variables)
    values = landscape.value(path)  # (num_steps + 1,)
    outcome, sentence = _verdict(landscape, path, values, end, estimated=estimate is not None)
    return Descent(path, values, outcome, sentence)


def _start(landscape: Landscape, start: tuple[float, ...]) -> np.ndarray:
    names = ",".join(landscape.variables)
    if len(start) != len(landscape.variables):
        raise ConfigError(f"start: expected {len(landscape.variables)} numbers ({names}), found {len(start)}")
    x = np.array(start, dtype=np.float64)
    if not (np.isfinite(landscape.value(x)) and np.isfinite(landscape.gradient(x)).all()):
        shown = ",".join(f"{c:g}" for c in start)
        raise ConfigError(
            f"start: expected a point where the function has a value and a slope, found {shown}"
        )
    return x


def _why_stop(landscape: Landscape, x: np.ndarray) -> str:
    """Empty to go on; `undefined` where there is no finite value or slope; `far` from the domain."""
    if not np.isfinite(x).all() or not np.isfinite(landscape.value(x)):
        return "undefined"
    if not np.isfinite(landscape.gradient(x)).all():
        return "undefined"
    low, high = np.array(landscape.domain).T
    return "far" if (np.abs(x - (low + high) / 2) > _FAR * (high - low) / 2).any() else ""


def _verdict(
    landscape: Landscape, path: np.ndarray, values: np.ndarray, end: str, *, estimated: bool
) -> tuple[str, str]:
    steps, first, last = len(path) - 1, values[0], values[-1]
    after = f"after {steps} step" + ("" if steps == 1 else "s")
    if end == "undefined":
        return "undefined", (
            f"stopped {after}, at {last:.4g}: the next would lead where the function has no finite value"
        )
    if end == "far" and last < first:
        return "leaving", f"stopped {after}, far outside the domain: the value has fallen to {last:.4g}"
    if end == "far":
        return "diverging", (
            f"stopped {after}, far outside the domain: the value has grown from {first:.4g} to {last:.4g}; "
            f"the learning rate is too large"
        )
    if estimated:
        return "hovering", _hovering(values)
    arrived = _arrival(landscape, path, last, after)
    if arrived is not None:
        return arrived
    if last > first:
        return "diverging", (
            f"{after} the value has grown from {first:.4g} to {last:.4g}; the learning rate is too large"
        )
    if _turning(path) > 0.5:
        return "oscillating", f"the steps go to and fro; {after} the value is {last:.4g}"
    slope = float(np.linalg.norm(landscape.gradient(path[-1])))
    return "too slow", (
        f"still on the way: {after} the value has fallen from {first:.4g} to {last:.4g}, "
        f"and the gradient is {slope:.2g}; take more steps or a larger learning rate"
    )


def _late(path: np.ndarray) -> np.ndarray:
    return path[-max(4, len(path) // _LATE) :]


def _arrival(landscape: Landscape, path: np.ndarray, value: float, after: str) -> tuple[str, str] | None:
    """At what kind of critical point the path has ended; None if it is near none."""
    low, high = np.array(landscape.domain).T
    late = _late(path)
    nearest = nearest_critical_point(landscape, late.mean(axis=0)) if len(path) > 4 else None
    if nearest is not None and (np.abs(late - nearest.point) <= _ABOUT * (high - low)).all():
        lowest = _lowest(landscape)
        higher = lowest is not None and nearest.value - lowest > 0.01 * (1 + abs(nearest.value))
        if nearest.kind == "minimum" and higher:
            return "local minimum", (
                f"stuck {after} in a local minimum of {nearest.value:.4g}; there is one of {lowest:.4g}"
            )
    nearest = nearest_critical_point(landscape, path[-1])
    if nearest is None or (np.abs(path[-1] - nearest.point) > _NEAR * (high - low)).any():
        return None
    if nearest.kind in ("maximum", "saddle point"):
        curvature = f"the Hessian has the eigenvalue {nearest.eigenvalues[0]:.4g}"
        return nearest.kind, f"the gradient all but vanishes {after}, but at a {nearest.kind}: {curvature}"
    flat = "; the Hessian is singular there" if nearest.kind == "degenerate" else ""
    return "converged", f"converged: {after} the value is {value:.4g}{flat}"


def _lowest(landscape: Landscape) -> float | None:
    """The value of the lowest minimum that is known or found; None if there is none."""
    if landscape.minima:
        return float(landscape.value(np.array(landscape.minima)).min())
    values = [found.value for found in critical_points(landscape) if found.kind == "minimum"]
    return min(values, default=None)


def _turning(path: np.ndarray) -> float:
    """The share of the late movement that is in coordinates which have just turned back."""
    changes = np.diff(_late(path), axis=0)  # (num_late_steps, num_variables)
    turned = changes[1:] * changes[:-1] < 0
    moved = np.abs(changes[1:])
    return float(moved[turned].sum() / moved.sum()) if moved.sum() > 0 else 0.0


def _hovering(values: np.ndarray) -> str:
    late = values[-max(1, len(values) // _LATE) :]
    return (
        f"the value has gone from {values[0]:.4g} to between {late.min():.4g} and {late.max():.4g} "
        f"in the last quarter of {len(values) - 1} steps: estimated gradients do not let it rest"
    )
