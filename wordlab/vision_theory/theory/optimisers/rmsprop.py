"""RMSProp (Tieleman and Hinton 2012, lecture 6.5): AdaGrad that forgets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class RMSProp:
    """s <- decay * s + (1 - decay) * gradient**2; x <- x - learning_rate * gradient / (sqrt(s) + epsilon)."""

    learning_rate: float
    decay: float = 0.99
    """What is left of the mean square s after a step (`alpha` in torch, gamma in the course)."""
    epsilon: float = 1e-8
    """Prevents division by zero."""
    centered: bool = False
    """Divide by the standard deviation of the gradient, not by its root mean square (Graves 2013)."""
    momentum: float = 0.0
    """What is left of the last step's velocity."""
    _mean_square: np.ndarray | None = field(default=None, init=False, repr=False)
    _mean: np.ndarray | None = field(default=None, init=False, repr=False)
    _velocity: np.ndarray | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "decay", float, 0.0, 1.0)
        check_number(self, "epsilon", float, 1e-300, 1.0)
        check_number(self, "momentum", float, 0.0, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        if self._mean_square is None or self._mean is None or self._velocity is None:
            self._mean_square = self._mean = self._velocity = np.zeros_like(x)
        self._mean_square = self.decay * self._mean_square + (1 - self.decay) * gradient**2
        square = self._mean_square
        if self.centered:
            self._mean = self.decay * self._mean + (1 - self.decay) * gradient
            square = square - self._mean**2
        self._velocity = self.momentum * self._velocity + gradient / (np.sqrt(square) + self.epsilon)
        return x - self.learning_rate * self._velocity
