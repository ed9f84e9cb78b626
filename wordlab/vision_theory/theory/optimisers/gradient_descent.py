"""Gradient descent (Cauchy 1847): straight downhill.

Where the gradient is an estimate from a few examples, this is stochastic gradient descent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class GradientDescent:
    """x <- x - learning_rate * gradient."""

    learning_rate: float

    def __post_init__(self) -> None:
        check_learning_rate(self)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        return x - self.learning_rate * function.gradient(x)
