"""Newton's method: to the minimum of the parabola that fits the function here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.checks import check_number
from wordlab.vision_theory.theory.optimisers.rule import Differentiable, check_learning_rate


@dataclass(kw_only=True)
class Newton:
    """x <- x - learning_rate * H^-1 gradient, with H the Hessian.

    Where H has a negative eigenvalue the parabola opens downwards and the step leads to its top, which
    is uphill. With `absolute`, eigenvalues are replaced by their absolute values (Dauphin et al. 2014),
    and every step points downhill.
    """

    learning_rate: float = 1.0
    absolute: bool = False
    """Use the absolute values of the eigenvalues."""
    least_curvature: float = 1e-8
    """Curvature below this, in size, counts as this: no step is infinitely long."""

    def __post_init__(self) -> None:
        check_learning_rate(self)
        check_number(self, "least_curvature", float, 1e-300, 1e6)

    def step(self, x: np.ndarray, function: Differentiable) -> np.ndarray:
        """The next point; NaN where there are no second derivatives."""
        hessian = function.hessian(x)  # (num_variables, num_variables)
        if not np.isfinite(hessian).all():
            return np.full_like(x, np.nan)
        curvatures, directions = np.linalg.eigh(hessian)
        sizes = np.maximum(np.abs(curvatures), self.least_curvature)
        signs = np.ones_like(sizes) if self.absolute else np.where(curvatures < 0, -1.0, 1.0)
        slopes = directions.T @ function.gradient(x)  # (num_variables,), along the eigenvectors
        return np.asarray(x - self.learning_rate * directions @ (slopes * signs / sizes))
