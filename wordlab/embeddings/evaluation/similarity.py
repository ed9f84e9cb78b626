"""Word similarity: how well cosines order pairs of words as people do."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.choices import Policy
from wordlab.embeddings.evaluation.datasets import set_name
from wordlab.embeddings.evaluation.lines import read_lines
from wordlab.embeddings.evaluation.lookup import Lookup
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_FEWEST_PAIRS = 3  # with two, any scores correlate fully

RatedPair = tuple[str, str, float]


@dataclass(frozen=True)
class SimilarityResult:
    """Correlation of cosines with human scores over the pairs of one data set.

    `interval` is the 95% percentile bootstrap interval of `spearman`. The three are None where
    fewer than three pairs could be used, or their scores or cosines are all equal. `lost_words` have no
    vector; each of the `num_lost` pairs has at least one of them.
    """

    name: str
    spearman: float | None
    pearson: float | None
    interval: tuple[float, float] | None
    num_pairs: int
    num_lost: int
    lost_words: tuple[str, ...]
    policy: str

    @property
    def coverage(self) -> float:
        """The share of the pairs that could be used."""
        return self.num_pairs / max(1, self.num_pairs + self.num_lost)

    def to_dict(self) -> dict[str, Any]:
        """All fields and the coverage, ready for JSON."""
        return {**asdict(self), "coverage": self.coverage}


def evaluate_similarity(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    policy: Policy = "wordlab",
    restrict_vocab: int | None = None,
    num_resamples: int = 1000,
    seed: int = 1,
) -> SimilarityResult:
    """Spearman's and Pearson's correlation of cosines with the scores in a file of rated pairs.

    Only the first `restrict_vocab` words are looked up (None: all, or 300,000 under gensim's
    policy). Under gensim's policy the numbers are those of ``KeyedVectors.evaluate_word_pairs``.
    Raises SourceError and FormatError (file and line) for a file that is not a list of rated pairs.
    """
    pairs = read_rated_pairs(path, skip_invalid=policy == "gensim")
    lookup = Lookup(vectors, policy, restrict_vocab)
    ids, used, lost_words = lookup.ids([pair[:2] for pair in pairs])
    ids = ids.reshape(-1, 2)
    human = np.array([pair[2] for pair, is_used in zip(pairs, used, strict=True) if is_used])
    score = _gensim_cosines if policy == "gensim" else _cosines
    cosines = score(vectors, ids)
    spearman, pearson, interval = _correlate(human, cosines, num_resamples, seed)
    return SimilarityResult(
        name=name or set_name(path),
        spearman=spearman,
        pearson=pearson,
        interval=interval,
        num_pairs=len(ids),
        num_lost=len(pairs) - len(ids),
        lost_words=lost_words,
        policy=lookup.describe(),
    )


def read_rated_pairs(path: str | os.PathLike[str], *, skip_invalid: bool = False) -> list[RatedPair]:
    """The (word, word, score) rows of a file: columns separated by tabs, commas or white space.

    The first row decides the separator. Empty lines, lines that begin with # and a header line are passed
    over; columns after the third are ignored. Any other line is a FormatError, unless `skip_invalid`
    follows gensim, which skips whatever is not exactly two words and a number.
    """
    pairs: list[RatedPair] = []
    delimiter, is_first = None, True
    for where, line in read_lines(path):
        if line.startswith("#") or not line.strip():
            continue
        if is_first:
            delimiter = next((mark for mark in "\t," if mark in line), None)
        fields = line.rstrip("\r\n").split(delimiter)
        score = _number(fields[2]) if len(fields) >= 3 else None
        if score is not None and not (skip_invalid and len(fields) > 3):
            words = fields[:2] if skip_invalid else [field.strip().strip('"') for field in fields[:2]]
            pairs.append((words[0], words[1], score))
        elif not skip_invalid and not (is_first and len(fields) >= 3):
            found = f"{len(fields)} columns" if len(fields) < 3 else repr(fields[2].strip())
            raise FormatError(f"{where}: expected two words and a number, found {found}")
        is_first = False
    if not pairs:
        raise FormatError(f"{path}: expected pairs of words with a score, found none")
    return pairs


def _number(field: str) -> float | None:
    field = field.strip().strip('"')
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", field, re.ASCII):
        return None
    value = float(field)
    return value if np.isfinite(value) else None


def _cosines(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    from wordlab.embeddings.queries import cosines

    return cosines(vectors.matrix[ids[:, 0]], vectors.matrix[ids[:, 1]])


def _gensim_cosines(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    """The cosines in gensim's own arithmetic: ranks, and so Spearman, can depend on a float32's last bit."""
    from scipy.linalg.blas import dnrm2, dscal

    def unit(vector: np.ndarray) -> np.ndarray:
        norm = dnrm2(vector)
        return vector if norm == 0 else np.asarray(dscal(1.0 / norm, vector)).astype(np.float32)

    pairs = [(unit(vectors.matrix[a]), unit(vectors.matrix[b])) for a, b in ids]
    return np.array([np.dot(left, right) for left, right in pairs], dtype=np.float32)


def _correlate(
    human: np.ndarray, cosines: np.ndarray, num_resamples: int, seed: int
) -> tuple[float | None, float | None, tuple[float, float] | None]:
    from scipy import stats

    if len(human) < _FEWEST_PAIRS or np.ptp(human) == 0 or np.ptp(cosines) == 0:
        return None, None, None
    spearman = float(stats.spearmanr(human, cosines)[0])
    pearson = float(stats.pearsonr(human, cosines)[0])
    return spearman, pearson, bootstrap_interval(human, cosines, num_resamples=num_resamples, seed=seed)


def bootstrap_interval(
    x: np.ndarray, y: np.ndarray, *, num_resamples: int = 1000, seed: int = 1, level: float = 0.95
) -> tuple[float, float]:
    """The percentile bootstrap interval of Spearman's correlation (Efron & Tibshirani 1993, chapter 13).

    Pairs are drawn with replacement and ranked afresh in each resample. `scipy.stats.bootstrap` with
    ``paired`` draws the same, but its interval is NaN as soon as one resample holds a single pair.
    """
    from scipy.stats import rankdata

    draws = np.random.default_rng(seed).integers(0, len(x), (num_resamples, len(x)))
    ranks = [rankdata(values[draws], axis=1) for values in (x, y)]
    left, right = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    spread = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    valid = spread > 0  # a resample of few pairs may hold one pair only
    correlations = (left * right).sum(axis=1)[valid] / spread[valid]
    if not len(correlations):
        return (-1.0, 1.0)
    low, high = np.quantile(correlations, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
