"""Momentum (Polyak 1964) and the variant of Nesterov (1983), as in Sutskever et al. (2013)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class Momentum:
    """v <- momentum * v + gradient; x <- x - learning_rate * v.

    Gradients that point the same way add up, to 1 / (1 - momentum) times one of them; those that
    alternate cancel.
    """

    learning_rate: float
    momentum: float = 0.9
    """What is left of the velocity after a step."""
    dampening: float = 0.0
    """The gradient is multiplied by 1 - dampening except, as in torch, in the first step."""
    _velocity: np.ndarray | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "momentum", float, 0.0, 1.0)
        check_number(self, "dampening", float, 0.0, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        if self._velocity is None:
            self._velocity = gradient
        else:
            self._velocity = self.momentum * self._velocity + (1 - self.dampening) * gradient
        return x - self.learning_rate * self._velocity


@dataclass(kw_only=True)
class Nesterov:
    """v <- momentum * v + gradient; x <- x - learning_rate * (gradient + momentum * v).

    The gradient belongs to the point ahead, to which the velocity would lead; as in torch, x is that
    point.
    """

    learning_rate: float
    momentum: float = 0.9
    """What is left of the velocity after a step."""
    _velocity: np.ndarray | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "momentum", float, 0.0, 1.0)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point."""
        gradient = function.gradient(x)
        if self._velocity is None:
            self._velocity = np.zeros_like(x)
        self._velocity = self.momentum * self._velocity + gradient
        return x - self.learning_rate * (gradient + self.momentum * self._velocity)
