"""One number, the temperature, that makes a classifier's probabilities mean what they say."""

from __future__ import annotations

import numpy as np

from wordlab.errors import CorpusError

_SMALLEST = 1e-12  # stands for a probability of 0, which has no logarithm
_LOG_TEMPERATURES = (-4.0, 4.0)  # temperatures from 0.02 to 55


def scale(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (num_texts, num_classes) after division of their logits by `temperature`.

    The most probable class stays the same. The logarithms of probabilities serve as logits: a constant
    added to all of them does not change the softmax.
    """
    from scipy.special import softmax

    if not temperature > 0:
        raise ValueError(f"expected a temperature above 0, found {temperature!r}")
    return np.asarray(softmax(_logits(probabilities) / temperature, axis=1))


def fit_temperature(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature of lowest log loss (Guo et al. 2017, section 4.2), fitted on validation texts.

    Above 1 for a classifier that is too sure of itself. Raises CorpusError if there are no texts.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    if not len(targets):
        raise CorpusError("expected labelled texts to calibrate with, found none")
    logits = _logits(probabilities)
    rows = np.arange(len(targets))

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[rows, targets].mean())

    found = minimize_scalar(loss, bounds=_LOG_TEMPERATURES, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(probabilities, _SMALLEST, dtype=np.float64)))
