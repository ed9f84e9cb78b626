"""Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class Adam:
    """x <- x - learning_rate * m / (sqrt(s) + epsilon), with m and s the corrected running means.

    m <- beta1 * m + (1 - beta1) * gradient and s <- beta2 * s + (1 - beta2) * gradient**2 begin at 0;
    dividing them by 1 - beta1**t and 1 - beta2**t in step t corrects for that.
    """

    learning_rate: float
    beta1: float = 0.9
    """What is left of the mean of gradients after a step."""
    beta2: float = 0.999
    """What is left of the mean of their squares."""
    epsilon: float = 1e-8
    """Prevents division by zero."""
    _mean: np.ndarray | None = field(default=None, init=False, repr=False)
    _mean_square: np.ndarray | None = field(default=None, init=False, repr=False)
    _num_steps: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "beta1", float, 0.0, 0.999999)
        check_number(self, "beta2", float, 0.0, 0.999999)
        check_number(self, "epsilon", float, 1e-300, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        if self._mean is None or self._mean_square is None:
            self._mean = self._mean_square = np.zeros_like(x)
        self._num_steps += 1
        self._mean = self.beta1 * self._mean + (1 - self.beta1) * gradient
        self._mean_square = self.beta2 * self._mean_square + (1 - self.beta2) * gradient**2
        mean = self._mean / (1 - self.beta1**self._num_steps)
        mean_square = self._mean_square / (1 - self.beta2**self._num_steps)
        return x - self.learning_rate * mean / (np.sqrt(mean_square) + self.epsilon)


@dataclass(kw_only=True)
class AdamW(Adam):
    """Adam that also draws x towards 0, by learning_rate * weight_decay * x."""

    weight_decay: float = 0.01
    """The share of x that a step at learning rate 1 would take away."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "weight_decay", float, 0.0, 1e6)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        return super().step(x, function) - self.learning_rate * self.weight_decay * x
