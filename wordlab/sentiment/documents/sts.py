"""Semantic textual similarity: how well cosines of pooled vectors agree with what people say of sentences."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.embeddings.evaluation.bootstrap import bootstrap_interval
from wordlab.embeddings.queries import cosines
from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.data.inputs import choose_tokenizer
from wordlab.sentiment.documents.encoder import TextEncoder
from wordlab.sentiment.documents.poolings.base import Pooling
from wordlab.sentiment.documents.poolings.names import POOLINGS, make_pooling
from wordlab.sentiment.documents.sts_files import read_sts
from wordlab.sentiment.features.encoding import tokenise
from wordlab.text.tokenizers import Tokenizer

_MIN_PAIRS = 3  # with two, any scores correlate fully

Correlation = tuple[float | None, tuple[float, float] | None]
"""A correlation and its interval; None where there is none."""


@dataclass(frozen=True)
class StsResult:
    """Correlations of cosines with the scores of one file, under one pooling.

    The intervals are 95% percentile bootstrap intervals. All four are None where fewer than three pairs
    could be used, or their scores or cosines are all equal. In each of the `num_lost` pairs a sentence has no
    known word. `coverage` is the share of the tokens that have a vector.
    """

    name: str
    pooling: str
    pearson: float | None
    pearson_interval: tuple[float, float] | None
    spearman: float | None
    spearman_interval: tuple[float, float] | None
    num_pairs: int
    num_lost: int
    coverage: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return asdict(self)


def evaluate_sts(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    poolings: Sequence[str | Pooling] = tuple(POOLINGS),
    tokenizer: Tokenizer | None = None,
    encoding: str = "utf-8",
    num_resamples: int = 1000,
    seed: int = 1,
) -> list[StsResult]:
    """The correlations for the pairs in a file (see `read_sts`), one result for each of `poolings`.

    What a pooling learns it learns from the sentences of the file, all of them, but not from their scores.
    Raises SourceError and FormatError for a file that holds no rated pairs, ConfigError for an unknown
    pooling, CorpusError where two sentences with known words are needed, and there are fewer.
    """
    chosen = [make_pooling(pooling) for pooling in poolings]
    pairs = read_sts(path, encoding=encoding)
    human = np.array([pair.score for pair in pairs])
    tokenizer = choose_tokenizer(tokenizer, vectors)
    sides = [[pair.first for pair in pairs], [pair.second for pair in pairs]]
    blocks = list(tokenise([*sides[0], *sides[1]], tokenizer))
    results = []
    for pooling in chosen:
        _, rows, tally = TextEncoder.fit(blocks, vectors, pooling, tokenizer)
        left, right = rows[: len(pairs)], rows[len(pairs) :]
        used = left.any(axis=1) & right.any(axis=1)
        pearson, spearman = _correlate(human[used], cosines(left[used], right[used]), num_resamples, seed)
        results.append(
            StsResult(
                name=Path(path).name,
                pooling=pooling.name,
                pearson=pearson[0],
                pearson_interval=pearson[1],
                spearman=spearman[0],
                spearman_interval=spearman[1],
                num_pairs=int(used.sum()),
                num_lost=int((~used).sum()),
                coverage=tally.known or 0.0,
            )
        )
    return results


def _correlate(
    human: np.ndarray, found: np.ndarray, num_resamples: int, seed: int
) -> tuple[Correlation, Correlation]:
    """Pearson's and Spearman's correlation."""
    from scipy import stats

    if len(human) < _MIN_PAIRS or np.ptp(human) == 0 or np.ptp(found) == 0:
        return (None, None), (None, None)
    intervals = [
        bootstrap_interval(human, found, num_resamples=num_resamples, seed=seed, ranked=ranked)
        for ranked in (False, True)
    ]
    values = stats.pearsonr(human, found)[0], stats.spearmanr(human, found)[0]
    return (float(values[0]), intervals[0]), (float(values[1]), intervals[1])
