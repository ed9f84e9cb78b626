"""AdaDelta (Zeiler 2012, algorithm 1): steps in the unit of x, without a learning rate to choose."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class AdaDelta:
    """change = sqrt(d + epsilon) / sqrt(s + epsilon) * gradient; x <- x - learning_rate * change.

    s and d are the running means of gradient**2 and change**2. The first steps are of the size of
    sqrt(epsilon).
    """

    learning_rate: float = 1.0
    decay: float = 0.9
    """What is left of the running means after a step (`rho` in torch)."""
    epsilon: float = 1e-6
    """Prevents division by zero, and allows the first step."""
    _mean_square: np.ndarray | None = field(default=None, init=False, repr=False)
    _mean_change: np.ndarray | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "decay", float, 0.0, 1.0)
        check_number(self, "epsilon", float, 1e-300, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        if self._mean_square is None or self._mean_change is None:
            self._mean_square = self._mean_change = np.zeros_like(x)
        self._mean_square = self.decay * self._mean_square + (1 - self.decay) * gradient**2
        scale = np.sqrt(self._mean_change + self.epsilon) / np.sqrt(self._mean_square + self.epsilon)
        change = scale * gradient
        self._mean_change = self.decay * self._mean_change + (1 - self.decay) * change**2
        return np.asarray(x - self.learning_rate * change)
