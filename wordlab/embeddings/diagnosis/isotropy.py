"""Isotropy: do the vectors use all their dimensions, or lie in a few directions?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.diagnosis.findings import Finding, Verdict, judged
from wordlab.embeddings.diagnosis.rows import RowFacts
from wordlab.embeddings.moments import find_moments

_NUM_SHARES = 3  # of the first components, which a finding names
_USUAL_SCORE = (0.1, 1.0)
_USUAL_COSINE = (-0.05, 0.5)
_COLLAPSED = 0.99  # mean cosine
_USUAL_FIRST = (0.0, 0.15)  # share of variance of the first component
# Measured on 17M words of Wikipedia, 100 dimensions, three seeds each, which differ in the last digit.
_SCORES = "skip-gram 0.31, CBOW 0.42, GloVe 0.31; glove.6B.50d 0.77"
_COSINES = "skip-gram +0.31, CBOW +0.17, GloVe +0.08; glove.6B.50d +0.11"
_FIRST = "the first: skip-gram 9%, CBOW 7%, GloVe 12%; glove.6B.50d 5%"
_REMOVE = "embeddings postprocess VECTORS --remove-top N takes common directions out; compare the scores"


@dataclass(frozen=True)
class Isotropy:
    """How evenly vectors point in all directions.

    `iso_score` goes from 0 for a line to 1 for a sphere; None with one dimension, or for vectors that are
    all equal. `mean_cosine` is that of two different words, over all pairs; None for fewer than two words
    with a vector. `shares`, float64 (D,), are the shares of the variance along the principal axes, the
    largest first.
    """

    iso_score: float | None
    mean_cosine: float | None
    shares: np.ndarray

    @property
    def is_collapsed(self) -> bool:
        """Whether nearly all vectors point one way, so that neighbours mean nothing."""
        return self.mean_cosine is not None and self.mean_cosine > _COLLAPSED

    def findings(self) -> Iterator[Finding]:
        """A line for each of the three."""
        if self.iso_score is not None:
            verdict: Verdict = judged(self.iso_score, _USUAL_SCORE)
            yield Finding(
                "isotropy", f"IsoScore {self.iso_score:.3f}, where 1 uses all dimensions alike", verdict,
                "" if verdict == "usual" else "train with fewer --dim, or " + _REMOVE, typical=_SCORES,
            )  # fmt: skip
        if self.mean_cosine is not None:
            verdict = "fault" if self.is_collapsed else judged(self.mean_cosine, _USUAL_COSINE)
            yield Finding(
                "mean cosine", f"mean cosine of two words {self.mean_cosine:+.3f}", verdict,
                "" if verdict == "usual" else "embeddings postprocess VECTORS --centre; compare the scores",
                typical=_COSINES,
            )  # fmt: skip
        if len(self.shares) > 1 and self.iso_score is not None:
            verdict = judged(float(self.shares[0]), (0.0, max(_USUAL_FIRST[1], 2.5 / len(self.shares))))
            first = ", ".join(f"{share:.1%}" for share in self.shares[:_NUM_SHARES].tolist())
            yield Finding(
                "first components", f"share of variance of the first components {first}", verdict,
                "" if verdict == "usual" else _REMOVE, typical=_FIRST,
            )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The measures, ready for JSON."""
        return {
            "iso_score": self.iso_score,
            "mean_cosine": self.mean_cosine,
            "variance_shares": self.shares.round(6).tolist(),
        }


def find_isotropy(matrix: np.ndarray, rows: RowFacts) -> Isotropy:
    """The isotropy of all rows of `matrix` (V, D); `rows` are the facts of the same."""
    variances = find_moments(matrix).variances
    total = float(variances.sum())
    shares = variances / total if total else np.zeros_like(variances)
    return Isotropy(iso_score(variances), _mean_cosine(rows), shares)


def iso_score(variances: np.ndarray) -> float | None:
    """IsoScore from the variances along the principal axes, (D,); None for one, or if all are 0.

    Rudman, Gillman, Rayne and Eickhoff (2022), "IsoScore: Measuring the Uniformity of Embedding Space
    Utilization", algorithm 1: with n variances scaled to the length of a vector of n ones, their distance
    from it gives the isotropy defect, from this comes the share of dimensions that are used, and from this
    the score.
    """
    n = len(variances)
    length = float(np.linalg.norm(variances))
    if n < 2 or not length:
        return None
    scaled = variances * np.sqrt(n) / length
    defect = np.linalg.norm(scaled - 1) / np.sqrt(2 * (n - np.sqrt(n)))
    used = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n**2
    return float((n * used - 1) / (n - 1))


def _mean_cosine(rows: RowFacts) -> float | None:
    """The mean over all pairs of different words: exact, as it follows from the sum of unit vectors."""
    num_rows = np.count_nonzero(rows.norms)
    if num_rows < 2:
        return None
    return float((rows.unit_sum @ rows.unit_sum - num_rows) / (num_rows * (num_rows - 1)))
