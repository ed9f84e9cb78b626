"""A descent: the points that a rule passes through, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.functions import Landscape
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, Optimiser
from wordlab.vision_theory.theory.schedules import Schedule
from wordlab.vision_theory.theory.verdicts import Verdict, judge

MAX_STEPS = 100_000
_FAR = 10.0  # half-widths of the domain from its middle: there a descent is stopped


@dataclass(frozen=True)
class Descent:
    """The path of a descent and its verdict."""

    points: np.ndarray
    """float64 (num_steps + 1, num_variables), all finite; the first is the start."""
    values: np.ndarray
    """float64 (num_steps + 1,), all finite."""
    verdict: Verdict
    """What came of it."""

    @property
    def outcome(self) -> str:
        """One of `verdicts.OUTCOMES`."""
        return self.verdict.outcome

    @property
    def num_steps(self) -> int:
        """The number of steps taken."""
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
    """The path of `optimiser` from `start`, of at most `num_steps` steps.

    It stops early, and its verdict says so, ten times as far from the middle of the domain as the
    domain's ends are, or where the function has no finite value. A `schedule` gives the learning rate of
    each step. An `estimate` stands in for the function where the rule asks for values and gradients, as
    in stochastic gradient descent; path and verdict are those of the true function. Raises ConfigError
    for a start with another number of coordinates or without a finite value, and for a number of steps
    that is not from 1 to 100,000.
    """
    if isinstance(num_steps, bool) or not isinstance(num_steps, int) or not 1 <= num_steps <= MAX_STEPS:
        raise ConfigError(f"steps: expected a whole number from 1 to {MAX_STEPS}, found {num_steps!r}")
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
    verdict = judge(landscape, path, values, end, estimated=estimate is not None)
    return Descent(path, values, verdict)


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
    """Empty to continue; `undefined` where there is no finite value or slope; `far` from the domain."""
    if not np.isfinite(x).all() or not np.isfinite(landscape.value(x)):
        return "undefined"
    if not np.isfinite(landscape.gradient(x)).all():
        return "undefined"
    low, high = np.array(landscape.domain).T
    return "far" if (np.abs(x - (low + high) / 2) > _FAR * (high - low) / 2).any() else ""
