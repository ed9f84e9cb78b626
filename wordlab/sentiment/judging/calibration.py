"""Whether probabilities mean what they say, and one number that makes them do so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.errors import CorpusError

NUM_BINS = 15  # as in Guo et al. 2017
_SMALLEST = 1e-12  # stands for a probability of 0, whose logarithm is none
_LOG_TEMPERATURES = (-4.0, 4.0)  # temperatures from 0.02 to 55


@dataclass(frozen=True)
class Reliability:
    """How often a classifier is right among the texts of which it is equally sure.

    A text is in the bin of its highest probability; bins are equally wide, empty ones left out.
    `error` is the expected calibration error (Guo et al. 2017, equation 3): the mean distance between
    `confidence` and `accuracy`, weighted with the counts.
    """

    edges: tuple[tuple[float, float], ...]
    counts: tuple[int, ...]
    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    error: float

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain values, for JSON."""
        return asdict(self)


def reliability(targets: np.ndarray, probabilities: np.ndarray, num_bins: int = NUM_BINS) -> Reliability:
    """The reliability curve of `probabilities` (num_texts, num_classes) for int `targets` (num_texts,)."""
    if num_bins < 1:
        raise ValueError(f"expected one bin or more, found {num_bins}")
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == targets
    edges = np.linspace(0, 1, num_bins + 1)
    # A bin holds its upper edge, as in the paper: ((m - 1) / M, m / M].
    places = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, num_bins - 1)
    counts = np.bincount(places, minlength=num_bins)
    used = np.flatnonzero(counts)
    sure = np.bincount(places, confidence, num_bins)[used] / counts[used]
    true = np.bincount(places, right, num_bins)[used] / counts[used]
    return Reliability(
        edges=tuple((float(edges[place]), float(edges[place + 1])) for place in used),
        counts=tuple(counts[used].tolist()),
        confidence=tuple(sure.tolist()),
        accuracy=tuple(true.tolist()),
        error=float(np.average(np.abs(sure - true), weights=counts[used])),
    )


def scale(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (num_texts, num_classes) after division of their logits by `temperature`.

    The most probable class stays the same. The logarithms of probabilities are as good as the logits:
    a constant added to all of them changes no softmax.
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
