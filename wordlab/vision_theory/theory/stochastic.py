"""Functions with estimated gradients: with noise added, or from a few examples drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable
from wordlab.vision_theory.theory.regression import Regression


@dataclass(kw_only=True)
class NoisyGradient:
    """A function whose gradient comes with normal noise of standard deviation `noise` in each coordinate.

    The course's picture of stochastic gradient descent: right on average, wrong each time.
    """

    function: Differentiable
    noise: float
    seed: int = 1
    _rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_number(self, "noise", float, 0.0, 1e6)
        check_number(self, "seed", int, 0, 2**63 - 1)
        self._rng = np.random.default_rng(self.seed)

    def value(self, points: np.ndarray) -> np.ndarray:
        """The true values (...,)."""
        return self.function.value(points)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The gradients (..., num_variables), with fresh noise."""
        return self.function.gradient(points) + self._rng.normal(0.0, self.noise, size=np.shape(points))

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The true second derivatives."""
        return self.function.hessian(points)


@dataclass(kw_only=True)
class MiniBatches:
    """A regression whose gradient is that of the next `batch_size` examples of a shuffled epoch.

    When an epoch has too few examples left for a batch, they are skipped and the next epoch is shuffled.
    A batch of one is stochastic gradient descent, one of all examples is plain gradient descent.
    """

    regression: Regression
    batch_size: int
    seed: int = 1
    _rng: np.random.Generator = field(init=False, repr=False)
    _order: np.ndarray = field(init=False, repr=False)
    _next: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        check_number(self, "batch_size", int, 1, len(self.regression.targets))
        check_number(self, "seed", int, 0, 2**63 - 1)
        self._rng = np.random.default_rng(self.seed)
        self._order = self._rng.permutation(len(self.regression.targets))

    def value(self, points: np.ndarray) -> np.ndarray:
        """The true losses (...,), of all examples."""
        return self.regression.value(points)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The gradients (..., num_variables) of the next batch."""
        if self._next + self.batch_size > len(self._order):
            self._order, self._next = self._rng.permutation(len(self._order)), 0
        rows = self._order[self._next : self._next + self.batch_size]
        self._next += self.batch_size
        return self.regression.batch(rows).gradient(points)

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The true second derivatives."""
        return self.regression.hessian(points)
