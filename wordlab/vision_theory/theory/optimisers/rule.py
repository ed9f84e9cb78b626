"""What every rule takes and returns."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from wordlab.checks import check_number


class Differentiable(Protocol):
    """A function that rules can descend; points and gradients have shape (num_variables,)."""

    def value(self, points: np.ndarray) -> np.ndarray:
        """The values (...,) at points (..., num_variables)."""

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The gradients (..., num_variables), or estimates of them."""

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The second derivatives (..., num_variables, num_variables); only Newton's method needs them."""


class Optimiser(Protocol):
    """A rule and what it remembers."""

    learning_rate: float

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point (num_variables,); `x` is left unchanged."""


def check_learning_rate(rule: object) -> None:
    """Raise ConfigError unless the learning rate is a number from 1e-12 to 1e6."""
    check_number(rule, "learning_rate", float, 1e-12, 1e6)
