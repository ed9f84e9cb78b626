"""The arithmetic behind nearest words and analogies, on plain arrays.

Candidates are found by float32 matrix products, many queries at a time, and the few that can be
among the best are then compared by float64 products. So a result depends neither on the size of
the batch nor on the order in which a BLAS adds, and equal similarities are ordered by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

_BLOCK_BYTES = 64 << 20  # of scores held at once, whatever the number of queries
_STRIPES = 64  # scores are first reduced to the maximum of each 64; see `_threshold`
_COSINE_MARGIN = 1e-5  # far more than float32 rounding can move a cosine
_COSMUL_MARGIN = 1e-3  # relative; the quotient of 3CosMul magnifies the rounding of its cosines
_COSMUL_EPSILON = 1e-6  # Levy & Goldberg (2014), equation 5; gensim uses the same

Ranking = list[tuple[int, float]]


def row_norms(matrix: np.ndarray) -> np.ndarray:
    """Euclidean norms of the rows, float32 (num_rows,); a zero row has norm 1 so that 0 / 1 is 0."""
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64)).astype(np.float32)
    return np.where(norms == 0, np.float32(1), norms)


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """The rows divided by their norms, float32 of the same shape; zero rows stay zero."""
    unit = matrix / row_norms(matrix)[:, None]
    return np.asarray(unit, dtype=np.float32)


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosine of each row of `left` with the same row of `right`, float64 (num_rows,); 0 for a zero row."""
    left, right = _unit64(left), _unit64(right)
    return np.asarray(np.clip(np.einsum("ij,ij->i", left, right), -1.0, 1.0))


def nearest_rows(
    matrix: np.ndarray, unit: np.ndarray, queries: np.ndarray, k: int, excluded: Sequence[Sequence[int]]
) -> list[Ranking]:
    """For each query vector the ids and cosines of the `k` nearest rows, best first.

    `matrix` and its `unit` rows are (V, D), `queries` (n, D); `excluded` has the ids to leave out,
    one sequence a query. Fewer than `k` come back where the vocabulary has no more.
    """
    exact = _unit64(queries)

    def rescore(query: int, ids: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(np.einsum("ij,j->i", _unit64(matrix[ids]), exact[query]), -1.0, 1.0))

    scored = _score_blocks(unit, exact.astype(np.float32), 1, lambda scores: scores[:, 0])
    return _rank(scored, k, excluded, rescore, lambda best: best - _COSINE_MARGIN)


def cosmul_rows(
    matrix: np.ndarray, unit: np.ndarray, triples: np.ndarray, k: int, excluded: Sequence[Sequence[int]]
) -> list[Ranking]:
    """For each triple of ids (a, b, c) the `k` rows d with the largest 3CosMul score, best first.

    The score is s(d, b) * s(d, c) / (s(d, a) + 1e-6) with s = (1 + cosine) / 2: Levy & Goldberg
    (2014), "Linguistic Regularities in Sparse and Explicit Word Representations", equation 5.
    `triples` is (n, 3); `excluded` has the ids to leave out, one sequence a triple.
    """

    def combine(scores: np.ndarray) -> np.ndarray:  # (block, 3, V) -> (block, V)
        a, b, c = np.moveaxis((scores + 1) / 2, 1, 0)
        return np.asarray(b * c / (a + np.float32(_COSMUL_EPSILON)))

    def rescore(query: int, ids: np.ndarray) -> np.ndarray:
        shifted = (1 + np.clip(_unit64(matrix[ids]) @ _unit64(matrix[triples[query]]).T, -1.0, 1.0)) / 2
        return np.asarray(shifted[:, 1] * shifted[:, 2] / (shifted[:, 0] + _COSMUL_EPSILON))

    scored = _score_blocks(unit, unit[triples].reshape(-1, unit.shape[1]), 3, combine)
    return _rank(scored, k, excluded, rescore, lambda best: best * (1 - _COSMUL_MARGIN))


def _unit64(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.asarray(rows / np.where(norms == 0, 1.0, norms)[:, None])


def _score_blocks(
    unit: np.ndarray, queries: np.ndarray, width: int, combine: Callable[[np.ndarray], np.ndarray]
) -> Iterator[np.ndarray]:
    """Float32 scores (block, V) of successive queries, each made of `width` rows of `queries`."""
    step = max(1, _BLOCK_BYTES // (4 * width * len(unit)))
    for start in range(0, len(queries) // width, step):
        part = queries[start * width : (start + step) * width]
        yield combine((part @ unit.T).reshape(-1, width, len(unit)))


def _rank(
    blocks: Iterator[np.ndarray],
    k: int,
    excluded: Sequence[Sequence[int]],
    rescore: Callable[[int, np.ndarray], np.ndarray],
    lower: Callable[[np.ndarray], np.ndarray],
) -> list[Ranking]:
    rankings: list[Ranking] = []
    for scores in blocks:
        first = len(rankings)
        for row in range(len(scores)):
            scores[row, list(excluded[first + row])] = -np.inf
        thresholds = lower(_threshold(scores, k))
        for row, threshold in enumerate(thresholds):
            # -inf marks the excluded; it passes only where fewer than k words are left
            candidates = np.flatnonzero((scores[row] >= threshold) & (scores[row] > -np.inf))
            exact = rescore(first + row, candidates)
            best = np.lexsort((candidates, -exact))[:k]
            rankings.append([(int(candidates[i]), float(exact[i])) for i in best])
    return rankings


def _threshold(scores: np.ndarray, k: int) -> np.ndarray:
    """For each row of `scores` (n, V) a value that at least `k` scores reach, and few more.

    The k-th largest of stripe maxima is such a value, and costs one pass at memory speed, where
    partitioning whole rows costs ten times as much.
    """
    num_words = scores.shape[1]
    stripes = max(1, min(_STRIPES, num_words // (4 * k)))
    width = num_words // stripes
    maxima = scores[:, : stripes * width].reshape(len(scores), stripes, width).max(axis=1)
    maxima = np.concatenate([maxima, scores[:, stripes * width :]], axis=1)
    if k >= maxima.shape[1]:
        return np.full(len(scores), -np.inf)
    return np.asarray(-np.partition(-maxima, k - 1, axis=1)[:, k - 1])
