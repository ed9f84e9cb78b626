"""How the learning rate changes from step to step. A schedule is called with the step, from 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from wordlab.checks import check_number

Schedule = Callable[[int], float]
_RATES = (float, 0.0, 1e6)


@dataclass(frozen=True, kw_only=True)
class Constant:
    """learning_rate, always."""

    learning_rate: float

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", *_RATES)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        return self.learning_rate


@dataclass(frozen=True, kw_only=True)
class Steps:
    """learning_rate * factor ** (times that `every` steps have passed)."""

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

    With the power 0.5, stochastic gradient descent on convex functions converges (Robbins and Monro
    1951 have the conditions).
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
    """In equal steps up to where `then` begins, after `num_steps` steps; then `then`."""

    then: Schedule
    num_steps: int

    def __post_init__(self) -> None:
        check_number(self, "num_steps", int, 0, 10**12)

    def __call__(self, step: int) -> float:
        """The rate of `step`."""
        if step < self.num_steps:
            return self.then(0) * (step + 1) / (self.num_steps + 1)
        return self.then(step - self.num_steps)
