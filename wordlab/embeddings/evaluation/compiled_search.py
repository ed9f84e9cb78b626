"""The compiled search for the best answers to analogy questions.

A question's score is linear in the scores of its three words, and the 19,544 Google questions have only
905 distinct words: one matrix product with these, and then two additions and a comparison for each
question and candidate.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wordlab.compiled.jit import cached_njit

_STEP = 64  # candidates that are tried one by one if one of them can be the answer
# 3CosMul's 1e-6 is added to (1 + cosine) / 2; scores here are without the halves
_EPSILON = np.float32(2e-6)


@njit(nogil=True, inline="always")
def _score(multiply, a, b, c):
    if not multiply:
        return b - a + c
    one = np.float32(1)
    return (one + b) * (one + c) / (one + a + _EPSILON)


@cached_njit(nogil=True, fastmath=True)
def _num_above(multiply, a, b, c, threshold):
    # a count, because LLVM vectorises it, but not a running maximum
    num_above = 0
    if multiply:
        one = np.float32(1)
        for column in range(a.size):  # without the division, which is slow
            product = (one + b[column]) * (one + c[column])
            num_above += product > threshold * (one + a[column] + _EPSILON)
    else:
        for column in range(a.size):
            num_above += b[column] - a[column] + c[column] > threshold
    return num_above


@cached_njit(nogil=True)
def search_block(multiply, products, first_id, questions, excluded, bounds, margin, best, answers, close):
    """Update `best`, `answers` and `close` of the questions with more candidates.

    The score is 3CosMul's if `multiply`, else 3CosAdd's.
    `products` (num_words, width) holds the cosines of the distinct words of the questions with the
    candidates `first_id` ... `first_id + width - 1`; `questions` (n, 3) has rows of `products`.
    The ids that question q must not answer are ``excluded[bounds[q]:bounds[q + 1]]``.
    `close` marks a question whose two best scores differ by less than `margin` times the best (at
    least `margin`), so that float32 does not decide between them.
    """
    width = products.shape[1]
    for q in range(questions.shape[0]):
        a, b, c = products[questions[q, 0]], products[questions[q, 1]], products[questions[q, 2]]
        slack = margin * max(np.float32(1), best[q])
        if _num_above(multiply, a, b, c, best[q] - slack) == 0:
            continue
        for start in range(0, width, _STEP):
            end = min(start + _STEP, width)
            if _num_above(multiply, a[start:end], b[start:end], c[start:end], best[q] - slack) == 0:
                continue
            for column in range(start, end):
                score = _score(multiply, a[column], b[column], c[column])
                if score <= best[q] - slack:
                    continue
                is_excluded = False
                for i in range(bounds[q], bounds[q + 1]):
                    is_excluded |= excluded[i] == first_id + column
                if is_excluded:
                    continue
                close[q] = score <= best[q] + slack
                if score > best[q]:
                    best[q] = score
                    answers[q] = first_id + column
                    slack = margin * max(np.float32(1), best[q])
