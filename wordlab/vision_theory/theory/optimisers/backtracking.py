"""Gradient descent that finds its learning rate by trial (Armijo 1966)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class Backtracking:
    """From learning_rate down by `shrink` until f(x - r g) <= f(x) - sufficient * r * g.g.

    The test is Armijo's condition: the step must gain at least a share of what the slope promises
    (Nocedal and Wright 2006, algorithm 3.1). A smooth function meets it at some rate.
    """

    learning_rate: float = 1.0
    """The first rate that each step tries."""
    shrink: float = 0.5
    """What a rate that failed is multiplied by."""
    sufficient: float = 1e-4
    """The share of the promised gain that is enough."""
    most_trials: int = 60
    """After this many rates the point stays where it is: at machine precision there is nothing to gain."""

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "shrink", float, 0.01, 0.99)
        check_number(self, "sufficient", float, 0.0, 0.99)
        check_number(self, "most_trials", int, 1, 10_000)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point, or `x` if no rate gains."""
        gradient, here = function.gradient(x), function.value(x)
        promised = gradient @ gradient
        rate = self.learning_rate
        for _ in range(self.most_trials):
            trial = x - rate * gradient
            if function.value(trial) <= here - self.sufficient * rate * promised:
                return trial
            rate *= self.shrink
        return x.copy()
