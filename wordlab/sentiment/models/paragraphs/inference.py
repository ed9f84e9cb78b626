"""Vectors of texts from vectors of n-grams that stay as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from wordlab.resources import available_cores
from wordlab.sentiment.models.paragraphs import kernel
from wordlab.sentiment.models.paragraphs.grams import TextGrams

_TEXTS = 256  # that a thread goes through at a time


def means(
    grams: TextGrams, matrix: np.ndarray, weights: np.ndarray, *, threads: int | None = None
) -> np.ndarray:
    """The weighted mean of each text's n-grams, float32 (num_texts, dim); zeros for a text without any.

    `matrix` is float32 (num_grams, dim), `weights` float32 (num_grams,). Each text is by itself: neither the
    texts beside it nor the number of threads change a bit.
    """
    found = np.zeros((len(grams), matrix.shape[1]), np.float32)

    def fill(first: int) -> None:
        stop = min(first + _TEXTS, len(grams))
        kernel.average(grams.ids, grams.offsets, first, stop, weights, matrix, found)

    with ThreadPoolExecutor(threads or available_cores()) as pool:
        list(pool.map(fill, range(0, len(grams), _TEXTS)))
    return found
