"""Gradients that are estimates: of noise added, and of a few examples drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable


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


@dataclass(frozen=True, kw_only=True)
class Regression:
    """Linear regression: f(w) = mean over examples of (features.w - target)**2 / 2."""

    features: np.ndarray
    """float64 (num_examples, num_variables)."""
    targets: np.ndarray
    """float64 (num_examples,)."""

    @property
    def solution(self) -> np.ndarray:
        """The minimum (num_variables,), by least squares."""
        return np.asarray(np.linalg.lstsq(self.features, self.targets, rcond=None)[0])

    def value(self, points: np.ndarray) -> np.ndarray:
        """The losses (...,) of the weights (..., num_variables)."""
        errors = np.asarray(points) @ self.features.T - self.targets  # (..., num_examples)
        return np.asarray((errors**2).mean(axis=-1) / 2)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The true gradients (..., num_variables): those of all examples."""
        errors = np.asarray(points) @ self.features.T - self.targets  # (..., num_examples)
        return np.asarray(errors @ self.features / len(self.targets))

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The second derivatives, equal at all points."""
        products = self.features.T @ self.features  # (num_variables, num_variables)
        return np.asarray(products / len(self.targets))

    def batch(self, rows: np.ndarray) -> Regression:
        """The same with some of the examples."""
        return Regression(features=self.features[rows], targets=self.targets[rows])


def made_up_regression(*, num_examples: int = 1_000, noise: float = 0.5, seed: int = 1) -> Regression:
    """Data of the weights (2, -3.4) and the constant 4.2, the course's, with normal `noise` (`seed`)."""
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.normal(size=(num_examples, 2)), np.ones(num_examples)])
    targets = features @ np.array([2.0, -3.4, 4.2]) + rng.normal(0.0, noise, size=num_examples)
    return Regression(features=features, targets=targets)


@dataclass(kw_only=True)
class MiniBatches:
    """A regression whose gradient is that of the next `batch_size` examples of a shuffled round.

    When too few examples of a round are left for a batch, they are skipped and a new round is shuffled.
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


@dataclass(frozen=True)
class BatchStudy:
    """Stochastic gradient descent on a regression with one size of batch."""

    batch_size: int
    gradient_error: float
    """Root mean square distance of a batch's gradient from the true one, at the start."""
    losses: np.ndarray
    """Loss over all examples after each round, less that of the solution; (num_rounds + 1,)."""
    num_steps: int
    """Steps in all."""


def study_batches(
    regression: Regression, *, batch_size: int, learning_rate: float, num_rounds: int, seed: int = 1
) -> BatchStudy:
    """`num_rounds` passes over the examples in batches, from weights of zero.

    Raises ConfigError for sizes or rates that make no sense; the losses end early, before they are not
    finite any more, where the learning rate is too large.
    """
    from wordlab.vision_theory.theory.optimisers import GradientDescent

    estimate = MiniBatches(regression=regression, batch_size=batch_size, seed=seed)
    rule = GradientDescent(learning_rate=learning_rate)
    x = np.zeros(regression.features.shape[1])
    true, least = regression.gradient(x), float(regression.value(regression.solution))
    trial = MiniBatches(regression=regression, batch_size=batch_size, seed=seed + 1)
    errors = [((trial.gradient(x) - true) ** 2).sum() for _ in range(500)]
    losses = [float(regression.value(x)) - least]
    steps = len(regression.targets) // batch_size
    for _ in range(num_rounds):
        with np.errstate(all="ignore"):
            for _ in range(steps):
                x = rule.step(x, estimate)
            loss = float(regression.value(x)) - least
        if not loss < 1e12:
            break
        losses.append(loss)
    error = float(np.sqrt(np.mean(errors)))
    return BatchStudy(batch_size, error, np.array(losses), steps * (len(losses) - 1))
