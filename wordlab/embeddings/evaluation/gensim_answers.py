"""The answer that gensim's analogy evaluation gives, rounding and all.

Used for the few questions that float32 rounding decides: if the two best candidates differ by nothing
else, the arithmetic must be gensim's own, operation by operation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_NUM_LOOKED_AT = 5  # gensim asks for the five nearest and takes the first that is no question word


def gensim_answer(matrix: np.ndarray, norms: np.ndarray, triple: np.ndarray, excluded: Sequence[int]) -> int:
    """The id that ``evaluate_word_analogies`` predicts for the ids (a, b, c); -1 for none.

    `matrix` holds the candidates and `norms` their lengths by numpy; `excluded` are all ids that
    count as a, b or c.
    """
    from scipy.linalg.blas import dnrm2, dscal

    with np.errstate(invalid="ignore", divide="ignore"):  # gensim divides zero vectors by their norm
        a, b, c = (int(id) for id in triple)
        mean = np.zeros(matrix.shape[1], np.float32)
        for id, weight in ((b, np.float64(1)), (c, np.float64(1)), (a, np.float64(-1))):
            mean += weight * (matrix[id] / norms[id])
        average = mean / np.float64(3)
        length = dnrm2(average)
        unit = dscal(1.0 / length, average) if length > 0 else average
        similarities = np.dot(matrix, np.asarray(unit).astype(np.float32)) / norms
    ranked = [id for id in _largest(similarities, _NUM_LOOKED_AT + 3) if id not in (a, b, c)]
    answer = -1
    for id in ranked[:_NUM_LOOKED_AT]:
        answer = int(id)
        if answer not in excluded:
            break
    return answer


def _largest(scores: np.ndarray, num: int) -> np.ndarray:
    """``gensim.matutils.argsort(scores, num, reverse=True)``, whose order among equals is numpy's."""
    scores = -scores
    if num >= scores.size:
        return np.argsort(scores)[:num]
    extreme = np.argpartition(scores, num)[:num]
    return np.asarray(extreme.take(np.argsort(scores.take(extreme))))
