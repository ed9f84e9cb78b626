"""AdaGrad (Duchi, Hazan and Singer 2011): small steps where gradients were large."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class AdaGrad:
    """s <- s + gradient**2; x <- x - learning_rate * gradient / (sqrt(s) + epsilon).

    The sum only grows, so steps shrink: under a steady gradient as 1 / sqrt(number of steps).
    """

    learning_rate: float
    learning_rate_decay: float = 0.0
    """In step t, from 0, the rate is divided by 1 + t * learning_rate_decay."""
    initial_sum: float = 0.0
    """The sum s before the first step."""
    epsilon: float = 1e-10
    """Prevents division by zero."""
    _sum: np.ndarray | None = field(default=None, init=False, repr=False)
    _num_steps: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "learning_rate_decay", float, 0.0, 1e6)
        check_number(self, "initial_sum", float, 0.0, 1e6)
        check_number(self, "epsilon", float, 1e-300, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        rate = self.learning_rate / (1 + self._num_steps * self.learning_rate_decay)
        if self._sum is None:
            self._sum = np.full_like(x, self.initial_sum)
        self._sum = self._sum + gradient**2
        self._num_steps += 1
        return np.asarray(x - rate * gradient / (np.sqrt(self._sum) + self.epsilon))
