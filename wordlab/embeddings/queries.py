"""The arithmetic behind nearest words and analogies, on plain arrays.

Candidates are found by float32 matrix products, many queries at a time: only the best score of each
group of words is kept, so that the scores themselves never leave the processor's cache, and groups that
can hold one of the best are searched again. The few remaining words are compared by float64 products.
So a result depends neither on the size of the batch nor on the order in which a BLAS adds, and equal
similarities are ordered by id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from wordlab.resources import available_cores

_BLOCK_BYTES = 2 << 20  # of scores computed at once; they should stay in the processor's cache
_GROUP = 64  # words that share one maximum
_BATCH = 1024  # queries answered together, or fewer
_MAXIMA_BYTES = 64 << 20  # more than their maxima may take
_FEW_BLOCKS = 16  # fewer are not worth threads
_MANY_ROWS = 1 << 16  # are cut into as many blocks at least
_COSINE_MARGIN = 1e-5  # far more than float32 rounding can move a cosine
_COSMUL_MARGIN = 1e-3  # relative; the quotient of 3CosMul magnifies the rounding of its cosines
_COSMUL_EPSILON = 1e-6  # Levy & Goldberg (2014), equation 5; gensim uses the same

_ROW_BYTES = 4 << 20  # of rows whose norms are computed at once
_SMALLEST, _LARGEST = 1e-18, 1e18  # norms between which float32 products keep their bits

Rows = slice | np.ndarray
Ranking = list[tuple[int, float]]


def row_norms(matrix: np.ndarray) -> np.ndarray:
    """Euclidean norms of the rows, float32 (num_rows,); a zero row has norm 1 so that 0 / 1 is 0.

    Not finite for a row with NaN or infinity, and for no other within float32.
    """
    norms = np.empty(len(matrix), np.float32)
    for block in row_blocks(matrix):
        rows = matrix[block]
        norms[block] = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    norms[norms == 0] = 1
    return norms


def row_blocks(matrix: np.ndarray) -> Iterator[slice]:
    """The rows of a matrix, some megabytes at a time: work on a block needs little memory."""
    step = max(1, _ROW_BYTES // (4 * max(1, matrix.shape[1])))
    return (slice(start, start + step) for start in range(0, len(matrix), step))


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """The rows divided by their norms, float32 of the same shape; zero rows stay zero."""
    unit = np.empty(matrix.shape, np.float32)
    for block in row_blocks(matrix):
        np.divide(matrix[block], row_norms(matrix[block])[:, None], out=unit[block])
    return unit


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosine of each row of `left` with the same row of `right`, float64 (num_rows,); 0 for a zero row."""
    left, right = _unit64(left), _unit64(right)
    return np.asarray(np.clip(np.einsum("ij,ij->i", left, right), -1.0, 1.0))


def cosines_to_mean(rows: np.ndarray) -> np.ndarray:
    """Cosine of each row with the mean of all rows at length 1, float64 (num_rows,)."""
    unit = _unit64(rows)
    return cosines(unit, np.broadcast_to(unit.mean(axis=0), unit.shape))


def nearest_rows(
    matrix: np.ndarray, norms: np.ndarray, queries: np.ndarray, k: int, excluded: Sequence[Sequence[int]]
) -> list[Ranking]:
    """For each query vector the ids and cosines of the `k` nearest rows, best first.

    `matrix` is (V, D), `norms` are those of its rows (V,), `queries` (n, D); `excluded` has the ids to leave
    out, a sequence for each query. There are fewer than `k` if the vocabulary has no more.
    """
    exact = _unit64(queries)
    targets = exact.astype(np.float32)

    def score(rows: Rows, batch: slice) -> np.ndarray:
        return _float32_cosines(matrix[rows], norms[rows], targets[batch])  # (num_rows, batch)

    def rescore(query: int, ids: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(np.einsum("ij,j->i", _unit64(matrix[ids]), exact[query]), -1.0, 1.0))

    return _rank(len(matrix), k, excluded, score, rescore, lambda best: best - np.float32(_COSINE_MARGIN))


def cosmul_rows(
    matrix: np.ndarray, norms: np.ndarray, triples: np.ndarray, k: int, excluded: Sequence[Sequence[int]]
) -> list[Ranking]:
    """For each triple of vectors (a, b, c) the `k` rows d with the largest 3CosMul score, best first.

    The score is s(d, b) * s(d, c) / (s(d, a) + 1e-6) with s = (1 + cosine) / 2: Levy & Goldberg
    (2014), "Linguistic Regularities in Sparse and Explicit Word Representations", equation 5.
    `triples` is (n, 3, D); `excluded` has the ids to leave out, a sequence for each triple.
    """

    targets = [unit_rows(triples[:, column]) for column in range(3)]

    def score(rows: Rows, batch: slice) -> np.ndarray:
        cosines = (_float32_cosines(matrix[rows], norms[rows], each[batch]) for each in targets)
        a, b, c = ((each + 1) / 2 for each in cosines)  # (num_rows, batch) each
        return np.asarray(b * c / (a + np.float32(_COSMUL_EPSILON)))

    def rescore(query: int, ids: np.ndarray) -> np.ndarray:
        shifted = (1 + np.clip(_unit64(matrix[ids]) @ _unit64(triples[query]).T, -1.0, 1.0)) / 2
        return np.asarray(shifted[:, 1] * shifted[:, 2] / (shifted[:, 0] + _COSMUL_EPSILON))

    return _rank(
        len(matrix), k, excluded, score, rescore, lambda best: best - abs(best) * np.float32(_COSMUL_MARGIN)
    )


def _unit64(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.asarray(rows / np.where(norms == 0, 1.0, norms)[:, None])


def without_extremes(rows: np.ndarray, norms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`rows` and their norms, at length 1 if one is so short or long that products would lose bits."""
    if norms.min(initial=1) < _SMALLEST or norms.max(initial=1) > _LARGEST:
        return _unit64(rows).astype(np.float32), np.ones_like(norms)
    return rows, norms


def _float32_cosines(rows: np.ndarray, norms: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The cosines of rows (n, D), given their norms, with `targets` (m, D) of length 1, float32 (n, m)."""
    rows, norms = without_extremes(rows, norms)
    products = rows @ targets.T
    products /= norms[:, None]
    return np.asarray(products)


def _rank(
    num_rows: int,
    k: int,
    excluded: Sequence[Sequence[int]],
    score: Callable[[Rows, slice], np.ndarray],
    rescore: Callable[[int, np.ndarray], np.ndarray],
    lower: Callable[[np.ndarray], np.ndarray],
) -> list[Ranking]:
    """For each query the `k` best ids that are not excluded, with their exact scores.

    ``score(rows, batch)`` is the float32 score of rows for some queries, ``rescore(query, ids)``
    the exact one; `lower` subtracts from a score what rounding can add to it.
    """
    rankings: list[Ranking] = []
    step = min(_BATCH, max(1, _MAXIMA_BYTES * _GROUP // (4 * num_rows)))
    for first in range(0, len(excluded), step):
        batch = slice(first, min(first + step, len(excluded)))
        # Excluded words are found as well and dropped at the end, so as many more are looked for.
        left_out = [frozenset(ids) for ids in excluded[batch]]
        wanted = [min(k + len(ids), num_rows) for ids in left_out]
        maxima = _group_maxima(num_rows, batch, score)
        thresholds = lower(_kth_largest(maxima, max(wanted)))
        for row, threshold in enumerate(thresholds):
            ids = _members(np.flatnonzero(maxima[row] >= threshold), num_rows)
            query = first + row
            scores = score(ids, slice(query, query + 1))[:, 0]
            close = ids[scores >= lower(_kth_largest(scores, wanted[row]))]
            exact = rescore(query, close)
            order = np.lexsort((close, -exact))[: wanted[row]]
            ranking = zip(close[order].tolist(), exact[order].tolist(), strict=True)
            rankings.append([(id, value) for id, value in ranking if id not in left_out[row]][:k])
    return rankings


def _group_maxima(num_rows: int, batch: slice, score: Callable[[Rows, slice], np.ndarray]) -> np.ndarray:
    """The best score in each group of successive rows, float32 (batch, num_groups)."""
    width = batch.stop - batch.start
    step = max(1, _BLOCK_BYTES // (4 * width * _GROUP)) * _GROUP
    if num_rows >= _MANY_ROWS:  # for our threads: those of a BLAS spin where others have the cores
        step = min(step, num_rows // (_FEW_BLOCKS * _GROUP) * _GROUP)
    maxima = np.empty((-(-num_rows // _GROUP), width), dtype=np.float32)

    def fill(start: int) -> None:
        scores = score(slice(start, start + step), batch)  # (step, width)
        first, whole = start // _GROUP, len(scores) // _GROUP
        grouped = scores[: whole * _GROUP].reshape(whole, _GROUP, width)
        grouped.max(axis=1, out=maxima[first : first + whole])
        if len(scores) % _GROUP:
            scores[whole * _GROUP :].max(axis=0, out=maxima[first + whole])

    _for_each(fill, range(0, num_rows, step))
    return np.ascontiguousarray(maxima.T)


def _for_each(work: Callable[[int], None], starts: Sequence[int]) -> None:
    """Call `work` for each start, in threads if there are many."""
    if len(starts) < _FEW_BLOCKS:
        for start in starts:
            work(start)
        return
    from threadpoolctl import threadpool_limits

    # Each thread multiplies for itself; a BLAS with threads of its own would compete with these.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(available_cores()) as pool:
        deque(pool.map(work, starts), maxlen=0)


def _members(groups: np.ndarray, num_rows: int) -> np.ndarray:
    """The ids of the rows in these groups, ascending; only the very last group can be short."""
    ids = (groups[:, None] * _GROUP + np.arange(_GROUP)).ravel()
    return ids[: np.searchsorted(ids, num_rows)]


def _kth_largest(scores: np.ndarray, k: int) -> np.ndarray:
    """The `k`-th largest along the last axis, or -inf if there are fewer."""
    if k > scores.shape[-1]:
        return np.full(scores.shape[:-1], -np.inf, dtype=scores.dtype)
    return np.asarray(np.partition(scores, -k, axis=-1)[..., -k])
