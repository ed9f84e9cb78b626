"""Study: stochastic gradient descent on a regression, by the size of the batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.vision_theory.theory.optimisers.gradient_descent import GradientDescent
from wordlab.vision_theory.theory.regression import Regression
from wordlab.vision_theory.theory.stochastic import MiniBatches


@dataclass(frozen=True)
class BatchStudy:
    """Stochastic gradient descent on a regression with one size of batch."""

    batch_size: int
    gradient_error: float
    """Root mean square distance of a batch's gradient from the true one, at the start."""
    losses: np.ndarray
    """Loss over all examples after each epoch, less that of the solution; (num_epochs + 1,)."""
    num_steps: int
    """The number of steps in all epochs."""


def study_batches(
    regression: Regression, *, batch_size: int, learning_rate: float, num_epochs: int, seed: int = 1
) -> BatchStudy:
    """`num_epochs` passes over the examples in batches, from weights of zero.

    Raises ConfigError for invalid sizes or rates. Where the learning rate is too large, the losses end
    before they overflow.
    """
    estimate = MiniBatches(regression=regression, batch_size=batch_size, seed=seed)
    rule = GradientDescent(learning_rate=learning_rate)
    x = np.zeros(regression.features.shape[1])
    true, least = regression.gradient(x), float(regression.value(regression.solution))
    trial = MiniBatches(regression=regression, batch_size=batch_size, seed=seed + 1)
    errors = [((trial.gradient(x) - true) ** 2).sum() for _ in range(500)]
    losses = [float(regression.value(x)) - least]
    steps = len(regression.targets) // batch_size
    for _ in range(num_epochs):
        with np.errstate(all="ignore"):
            for _ in range(steps):
                x = rule.step(x, estimate)
            loss = float(regression.value(x)) - least
        if not loss < 1e12:
            break
        losses.append(loss)
    error = float(np.sqrt(np.mean(errors)))
    return BatchStudy(batch_size, error, np.array(losses), steps * (len(losses) - 1))
