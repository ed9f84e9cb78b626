"""Batches of texts of like lengths, so that little of them is padding."""

from __future__ import annotations

import numpy as np

_POOL = 50  # batches among which texts are sorted: enough for little padding, and still by chance


def training_batches(lengths: np.ndarray, batch_size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
    """The rows of each batch of an epoch, in the order of training.

    Texts are shuffled, sorted by length within pools of 50 batches, cut into batches, and these are
    shuffled. Each row occurs once. Equal seeds and epochs give equal batches.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    size = _POOL * batch_size
    batches = []
    for start in range(0, len(order), size):
        pool = order[start : start + size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[first : first + batch_size] for first in range(0, len(pool), batch_size)]
    return [batches[position] for position in random.permutation(len(batches))]


def sorted_batches(lengths: np.ndarray, max_tokens: int) -> list[np.ndarray]:
    """The rows of each batch when order is free: by length, each about `max_tokens` with its padding."""
    order = np.argsort(lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        stop = start + 1
        # the last text is the longest, and sets the width of the batch
        while stop < len(order) and (stop + 1 - start) * max(1, int(lengths[order[stop]])) <= max_tokens:
            stop += 1
        batches.append(order[start:stop])
        start = stop
    return batches
