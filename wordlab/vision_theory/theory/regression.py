"""Linear regression as a function to descend, and synthetic data for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
        """The same regression with some of the examples."""
        return Regression(features=self.features[rows], targets=self.targets[rows])


def synthetic_regression(*, num_examples: int = 1_000, noise: float = 0.5, seed: int = 1) -> Regression:
    """Data with the course's weights (2, -3.4) and constant 4.2, and normal `noise` (`seed`)."""
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.normal(size=(num_examples, 2)), np.ones(num_examples)])
    targets = features @ np.array([2.0, -3.4, 4.2]) + rng.normal(0.0, noise, size=num_examples)
    return Regression(features=features, targets=targets)
