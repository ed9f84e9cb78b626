"""Standardise the inputs of shallow models: what scikit-learn's StandardScaler does, in a few lines.

Gradient descent moves along all features with one learning rate. Where one feature is a thousand
times as large as another, its curvature is a million times as large: a rate that suits it leaves the
other where it was, a rate that suits the other diverges. Standardised features have the same scale.
`docs/explanation/batch-norm.md` shows the example; `fit_by_descent` is the loop it runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError, TrainingError


@dataclass(frozen=True)
class Standardisation:
    """Means and standard deviations of features, shapes (num_features,), learnt from training data.

    >>> standardisation = Standardisation.fit(np.array([[0.0, 5.0], [2.0, 5.0]]))
    >>> standardisation.apply(np.array([[2.0, 6.0]]))
    array([[1., 1.]])
    """

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray) -> Standardisation:
        """The statistics of `features` (num_rows, num_features), in float64.

        The variance is the biased one, divided by num_rows, as in StandardScaler. A feature that never
        changes gets 1 for its deviation, so that it becomes 0 and not 0/0.
        """
        if features.ndim != 2 or len(features) == 0:
            raise ValueError(f"features: expected shape (num_rows, num_features), found {features.shape}")
        mean = features.mean(axis=0, dtype=np.float64)  # (num_features,)
        std = features.std(axis=0, dtype=np.float64)  # (num_features,)
        # A constant such as 0.1 has a deviation of some 1e-17, which is rounding and no spread.
        constant = std <= 10 * np.finfo(np.float64).eps * np.abs(mean)
        return cls(mean, np.where(constant, 1.0, std))

    def apply(self, features: np.ndarray) -> np.ndarray:
        """`features` (num_rows, num_features) with mean 0 and standard deviation 1 in training data."""
        return np.asarray((features - self.mean) / self.std)  # (num_rows, num_features)

    def invert(self, features: np.ndarray) -> np.ndarray:
        """What `apply` was given."""
        return np.asarray(features * self.std + self.mean)  # (num_rows, num_features)


def fit_by_descent(
    features: np.ndarray, targets: np.ndarray, *, model: str = "linear", learning_rate: float, steps: int
) -> np.ndarray:
    """The loss before each step of gradient descent and after the last one, (steps + 1,).

    `linear` has half the mean squared error, `logistic` the mean cross-entropy of targets 0 and 1.
    Weights and bias begin at 0. Raises TrainingError when the loss is no longer finite.
    """
    if model not in ("linear", "logistic"):
        raise ConfigError(f"model: expected one of linear, logistic, found {model!r}")
    weights, bias = np.zeros(features.shape[1]), 0.0
    losses = []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps + 1):
            scores = features @ weights + bias  # (num_rows,)
            if model == "linear":
                errors = scores - targets  # (num_rows,)
                losses.append(float(np.mean(errors**2) / 2))
            else:
                # -log sigmoid(z) = log(1 + exp(-z)), written so that it cannot overflow
                errors = 1 / (1 + np.exp(-scores)) - targets  # (num_rows,)
                losses.append(float(np.mean(np.logaddexp(0, scores) - targets * scores)))
            if not np.isfinite(losses[-1]):
                raise TrainingError(
                    f"gradient descent diverged at step {step}; a smaller learning_rate than "
                    f"{learning_rate:g} or standardised features may help"
                )
            weights = weights - learning_rate * features.T @ errors / len(targets)  # (num_features,)
            bias -= learning_rate * float(errors.mean())
    return np.array(losses)
