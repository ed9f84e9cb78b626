"""Windows of a text as padded arrays, for what computes with numpy or torch."""

from __future__ import annotations

import numpy as np


def context_words(
    ids: np.ndarray, centres: np.ndarray, low: np.ndarray, high: np.ndarray, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """The words around each centre, left to right, and which of them are in its window.

    `centres` (n,) are positions in `ids`; the window of the i-th is [low[i], high[i]), at most `window`
    to either side. Both results are (n, 2 * window). Padding repeats a word of the same window, so that
    a sparse gradient has no row that the window lacks; a window of one word repeats that word.
    """
    offsets = np.delete(np.arange(-window, window + 1), window)
    positions = centres[:, None] + offsets
    mask = (positions >= low[:, None]) & (positions < high[:, None])
    some = np.take_along_axis(positions, mask.argmax(axis=1, keepdims=True), axis=1)
    some = np.where(mask.any(axis=1, keepdims=True), some, centres[:, None])
    return ids[np.where(mask, positions, some)], mask
