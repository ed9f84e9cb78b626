"""Whether probabilities mean what they say: how often a classifier is right when it is how sure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

NUM_BINS = 15  # as in Guo et al. 2017


@dataclass(frozen=True)
class Reliability:
    """How often a classifier is right among the texts of which it is equally sure.

    A text is in the bin of its highest probability; bins are equally wide, empty ones left out.
    `error` is the expected calibration error (Guo et al. 2017, equation 3): the mean distance between
    `confidence` and `accuracy`, weighted by the counts.
    """

    edges: tuple[tuple[float, float], ...]
    counts: tuple[int, ...]
    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    error: float

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of the texts in each bin."""
        return tuple(count / sum(self.counts) for count in self.counts)

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
    bins = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, num_bins - 1)
    counts = np.bincount(bins, minlength=num_bins)
    used = np.flatnonzero(counts)
    sure = np.bincount(bins, confidence, num_bins)[used] / counts[used]
    true = np.bincount(bins, right, num_bins)[used] / counts[used]
    return Reliability(
        edges=tuple((float(edges[number]), float(edges[number + 1])) for number in used),
        counts=tuple(counts[used].tolist()),
        confidence=tuple(sure.tolist()),
        accuracy=tuple(true.tolist()),
        error=float(np.average(np.abs(sure - true), weights=counts[used])),
    )
