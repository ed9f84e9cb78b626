"""How the learning rate changes from step to step. A schedule is called with the step, from 0.

`NAMED` lists the schedules that have a name; a new one is a class and a line there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from wordlab.checks import check_number
from wordlab.errors import ConfigError

Schedule = Callable[[int], float]
_RATES = (float, 0.0, 1e6)


@dataclass(frozen=True, kw_only=True)
class Constant:
    """Always learning_rate."""

    learning_rate: float

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        return self.learning_rate


@dataclass(frozen=True, kw_only=True)
class Steps:
    """learning_rate * factor ** (step // every)."""

    learning_rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)
        check_number(self, "every", int, 1, 10**12)
        check_number(self, "factor", float, 0.0, 1.0)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        return self.learning_rate * self.factor ** (step // self.every)


@dataclass(frozen=True, kw_only=True)
class Exponential:
    """learning_rate * factor ** step."""

    learning_rate: float
    factor: float

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)
        check_number(self, "factor", float, 0.0, 1.0)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        return self.learning_rate * self.factor**step


@dataclass(frozen=True, kw_only=True)
class Polynomial:
    """learning_rate * (1 + slope * step) ** -power; the power 0.5 is the inverse square root.

    With the power 0.5, stochastic gradient descent converges on convex functions (Robbins and Monro
    1951 give the conditions).
    """

    learning_rate: float
    slope: float = 1.0
    power: float = 0.5

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)
        check_number(self, "slope", float, 0.0, 1e6)
        check_number(self, "power", float, 0.0, 10.0)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        return float(self.learning_rate * (1 + self.slope * step) ** -self.power)


@dataclass(frozen=True, kw_only=True)
class Cosine:
    """From learning_rate to `last` along half a cosine in `num_steps` steps, then `last`.

    Loshchilov and Hutter (2017), equation 5, without restarts.
    """

    learning_rate: float
    num_steps: int
    last: float = 0.0

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)
        check_number(self, "num_steps", int, 1, 10**12)
        check_number(self, "last", *_RATES)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        share = min(step / self.num_steps, 1.0)
        return self.last + (self.learning_rate - self.last) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """`num_steps` equal increases up to the first rate of `then`, which then takes over."""

    then: Schedule
    num_steps: int

    def __post_init__(self) -> None:
        check_number(self, "num_steps", int, 0, 10**12)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        if step < self.num_steps:
            return self.then(0) * (step + 1) / (self.num_steps + 1)
        return self.then(step - self.num_steps)


NAMED: dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda rate, steps: Constant(learning_rate=rate),
    "steps": lambda rate, steps: Steps(learning_rate=rate, every=max(1, steps // 4), factor=0.5),
    "exponential": lambda rate, steps: Exponential(learning_rate=rate, factor=0.01 ** (1 / steps)),
    "inverse-sqrt": lambda rate, steps: Polynomial(learning_rate=rate),
    "cosine": lambda rate, steps: Cosine(learning_rate=rate, num_steps=steps),
}
"""The schedules by name, each made for a learning rate and a number of steps."""


def named_schedule(name: str, *, learning_rate: float, num_steps: int, warm_up: int = 0) -> Schedule:
    """The schedule of that name for `num_steps` steps, the first `warm_up` of them below the full rate.

    Raises ConfigError for an unknown name, and unless `warm_up` is less than `num_steps`.
    """
    if name not in NAMED:
        raise ConfigError(f"schedule: expected one of {', '.join(NAMED)}, found {name!r}")
    if not 0 <= warm_up < max(num_steps, 1):
        raise ConfigError(f"warm_up: expected fewer steps than {num_steps} in all, found {warm_up}")
    made = NAMED[name](learning_rate, max(1, num_steps - warm_up))
    return WarmUp(then=made, num_steps=warm_up) if warm_up else made
