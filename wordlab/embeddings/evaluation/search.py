"""The search for the best answers to many analogy questions among all candidates, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np

from wordlab.embeddings.queries import unit_rows, without_extremes
from wordlab.progress import REPORT_INTERVAL

_BLOCK_BYTES = 4 << 20  # of products of one thread; they should stay in the processor's cache
_MARGIN = {"3cosadd": 4e-6, "3cosmul": 2e-5}  # more than float32 rounding can change a score

Best = tuple[np.ndarray, np.ndarray, np.ndarray]  # score float32, id int64 (-1: none), close bool; (n,)


def search_answers(
    matrix: np.ndarray,
    norms: np.ndarray,
    asked: np.ndarray,
    triples: np.ndarray,
    excluded: np.ndarray,
    bounds: np.ndarray,
    *,
    method: str,
    threads: int,
    report: Callable[[float], None],
) -> Best:
    """For each triple (a, b, c) of words the best score, its id, and whether another is as good.

    `matrix` (V, D) holds the candidates, `norms` their lengths, `asked` (num_words, D) the different words
    of the triples, `triples` (n, 3) rows of it; ``excluded[bounds[q]: bounds[q + 1]]`` are the ids that
    must not answer triple q. "As good" means equal up to float32
    rounding, so that exact arithmetic has to decide.
    """
    from threadpoolctl import threadpool_limits

    questions = triples.astype(np.int32)
    targets = unit_rows(asked)
    width = max(128, _BLOCK_BYTES // (4 * len(asked)) // 64 * 64)
    starts = range(0, len(matrix), width)
    threads = min(threads, len(starts))
    margin = np.float32(_MARGIN[method])

    num_done = [0] * threads
    stopping = threading.Event()

    def search(thread: int) -> Best:
        from wordlab.embeddings.evaluation.compiled_search import search_block

        state = _nothing(len(triples))
        for start in starts[thread::threads]:
            block = slice(start, start + width)
            rows, lengths = without_extremes(matrix[block], norms[block])
            products = targets @ rows.T  # (distinct words, width)
            products /= lengths
            search_block(method == "3cosmul", products, start, questions, excluded, bounds, margin, *state)
            num_done[thread] += 1
            if stopping.is_set():
                break
        return state

    # Each thread multiplies for itself; a BLAS with threads of its own would compete with these.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        try:
            futures = [pool.submit(search, thread) for thread in range(threads)]
            while wait(futures, timeout=REPORT_INTERVAL).not_done:
                report(sum(num_done) / len(starts))
        finally:
            stopping.set()  # on Ctrl-C each thread ends with its block
        return _merge([future.result() for future in futures], margin)


def _nothing(num_questions: int) -> Best:
    lowest = np.float32(-9)  # below any score of either method
    return (
        np.full(num_questions, lowest),
        np.full(num_questions, -1, dtype=np.int64),
        np.zeros(num_questions, dtype=bool),
    )


def _merge(found: list[Best], margin: np.float32) -> Best:
    bests, answers, closes = (np.stack(parts) for parts in zip(*found, strict=True))
    winner = bests.argmax(axis=0)
    columns = np.arange(bests.shape[1])
    best = bests[winner, columns]
    slack = margin * np.maximum(np.float32(1), best)
    is_near = bests > best - slack
    close = (is_near & closes).any(axis=0) | (is_near.sum(axis=0) > 1)
    return best, answers[winner, columns], close
