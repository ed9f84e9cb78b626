"""Lengths of vectors against the frequency of their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.diagnosis.findings import Finding, some

_BANDS = (0, 100, 1_000, 10_000, 100_000)  # where bands of ranks end; the last one has the rest
_TINY = 1e-3  # of the median length
_TYPICAL = "skip-gram +0.90, CBOW +0.96, GloVe +0.84; glove.6B.50d +0.36"


class NormBand(NamedTuple):
    """The words of ranks `first` to `last`, from 1, and three quantiles of their lengths: .1, .5 and .9."""

    first: int
    last: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Norms:
    """`lengths`, float64 (V,), of the vectors of `words`, which are by descending frequency.

    `correlation` is Spearman's of length and frequency, None for fewer than three words or equal lengths.
    `tiny` are the ids of words whose vectors are next to zero.
    """

    words: Sequence[str]
    lengths: np.ndarray
    correlation: float | None
    tiny: np.ndarray

    @property
    def bands(self) -> tuple[NormBand, ...]:
        """The lengths by bands of frequency."""
        found = []
        for start, stop in pairwise([*_BANDS, max(len(self.lengths), _BANDS[-1] + 1)]):
            part = self.lengths[start:stop]
            if len(part):
                found.append(
                    NormBand(start + 1, start + len(part), *np.quantile(part, [0.1, 0.5, 0.9]).tolist())
                )
        return tuple(found)

    def findings(self) -> Iterator[Finding]:
        """A line on lengths by frequency, and one on vectors next to zero if there are any."""
        if self.correlation is not None:
            seen = f"Spearman's correlation of length and frequency {self.correlation:+.2f}"
            yield Finding("norms", seen, "usual", typical=_TYPICAL)  # there is no value that is wrong
        if len(self.tiny):
            yield Finding(
                "near zero", f"vectors shorter than {_TINY:g} of the median length", "fault",
                "their cosines are noise: leave these words out by embeddings import --only FILE",
                len(self.tiny), some([self.words[id] for id in self.tiny[:100].tolist()]),
            )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The measures, ready for JSON."""
        return {
            "correlation": self.correlation,
            "num_near_zero": len(self.tiny),
            "bands": [band._asdict() for band in self.bands],
        }


def find_norms(words: Sequence[str], lengths: np.ndarray) -> Norms:
    """How the `lengths` (V,) of the vectors of `words`, by descending frequency, depend on frequency."""
    from scipy.stats import spearmanr

    correlation = None
    if len(lengths) > 2 and np.ptp(lengths) > 0:
        correlation = -float(spearmanr(np.arange(len(lengths)), lengths).statistic)
    return Norms(words, lengths, correlation, np.flatnonzero(lengths <= _TINY * np.median(lengths)))
