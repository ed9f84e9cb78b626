"""Words placed among those that are on the map already: at the weighted mean of their nearest there."""

from __future__ import annotations

import numpy as np

from wordlab.embeddings.queries import unit_rows
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores, one_thread
from wordlab.text.pool import in_threads

_NUM_NEAREST = 5
_SETS = 16  # a set holds as many landmarks, of which only the nearest counts
_BLOCK_BYTES = 8 << 20  # of cosines computed at once by a thread


def place(rows: np.ndarray, points: np.ndarray, on_progress: OnProgress | None = None) -> np.ndarray:
    """Where to put the vectors `rows` (n, D) when the first m of them are at `points` (m, 2): float32 (n, 2).

    A word comes to the mean of five near landmarks, weighted by exp(-(d - d1) / (d5 - d1)), where d is 1 -
    cosine. They are the nearest of different sets of 16: for a map that is as good as the five nearest,
    which would take several times as long to find. Each block of words is one thread's, so that equal rows
    give equal points on any number of threads.
    """
    num_landmarks = len(points)
    num_sets = -(-num_landmarks // _SETS)
    # the last landmark fills up the last sets
    filled = np.minimum(np.arange(_SETS * num_sets), num_landmarks - 1)
    anchors, places = unit_rows(rows[:num_landmarks])[filled].T.copy(), points[filled]
    step = max(1, _BLOCK_BYTES // (4 * len(filled)))
    starts = range(num_landmarks, len(rows), step)

    def placed(start: int) -> np.ndarray:
        cosines = unit_rows(rows[start : start + step]) @ anchors  # (step, num_landmarks)
        return _weighted(cosines.reshape(-1, _SETS, num_sets), places)

    result = np.empty((len(rows), 2), np.float32)
    result[:num_landmarks] = points
    reporter = Reporter(on_progress, "map: place words", "words", len(rows) - num_landmarks)
    with one_thread():  # each thread multiplies for itself
        done = num_landmarks
        found = in_threads(starts, placed, available_cores())
        try:
            for part in found:
                result[done : done + len(part)] = part
                done += len(part)
                reporter.update(done - num_landmarks)
        finally:
            found.close()
    reporter.report(len(rows) - num_landmarks)
    return result


def _weighted(cosines: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The means of the places of near landmarks, given the cosines (n, members, sets), float32 (n, 2)."""
    num_rows, _, num_sets = cosines.shape
    k = min(_NUM_NEAREST, num_sets)
    best = cosines.max(axis=1)  # (n, sets)
    sets = np.argpartition(best, num_sets - k, axis=1)[:, num_sets - k :]  # (n, k)
    nearest = np.take_along_axis(best, sets, axis=1)
    members = np.take_along_axis(cosines, sets[:, None, :], axis=2).argmax(axis=1)  # (n, k)
    ids = members * num_sets + sets
    distance = nearest.max(axis=1, keepdims=True) - nearest
    widest = distance.max(axis=1, keepdims=True)
    weights = np.exp(-distance / np.where(widest > 0, widest, 1))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("nk,nkd->nd", weights, places[ids]), np.float32).reshape(num_rows, 2)
