"""Rows that are combined before they meet their targets: the mean or sum of a group of input vectors.

A step needs rows x_j and targets (kernels.py). Where each row is one input vector, as in skip-gram, the
kernel reads it in place. Where a row is made of several, such as the words of a CBOW window, the subwords
of a word or the words of a text, `gather` combines the group into a row of a `Round`, the kernel finds
that row's change, and `scatter` adds it to every member of the group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.kernels import ONE, add_to_all, clear, combine
from wordlab.compiled.lanes import LANES
from wordlab.compiled.rows import padded_zeros


class Matrices(NamedTuple):
    """What a step changes, both float32 (num_rows, dim rounded up to LANES)."""

    inputs: np.ndarray
    outputs: np.ndarray


class Round(NamedTuple):
    """What threads share between the halves of a round, one row a window."""

    steps: np.ndarray
    """float32 (round_length, pairs): the steps g_jk of a window."""
    losses: np.ndarray
    """float64 (round_length,): the sum of the losses of its pairs."""
    hidden: np.ndarray
    """float32 (round_length * max_groups, dim): the combinations of groups,"""
    hidden_changes: np.ndarray
    """and by how much each is to change."""
    hidden_ids: np.ndarray
    """uint32 (round_length * max_groups,): 0, 1, 2 ... the ids of the rows of `hidden`."""


def empty_round(length: int, *, num_pairs: int, max_groups: int, dim: int) -> Round:
    """Room for rounds of `length` windows of at most `num_pairs` pairs and `max_groups` groups each."""
    num_hidden = length * max_groups
    return Round(
        steps=padded_zeros(length, num_pairs + 2 * LANES),
        losses=np.zeros(length),
        hidden=padded_zeros(num_hidden, dim),
        hidden_changes=padded_zeros(num_hidden, dim),
        hidden_ids=np.arange(num_hidden, dtype=np.uint32),
    )


@njit(inline="always")
def gather(ids, size, mean, dim, inputs, shared, row):
    """hidden[row] = the mean or sum of the first `size` of `ids`; its change begins at zero."""
    scale = np.float32(1 / size) if mean else ONE
    combine(inputs, ids, size, scale, dim, shared.hidden, row)
    clear(shared.hidden_changes, row, dim)


@njit(inline="always")
def scatter(ids, size, mean, low, high, inputs, shared, row):
    """Add the change of hidden[row] to each of the first `size` of `ids`, in the columns [low, high).

    The derivative has a factor 1 / size for the mean and none for the sum. word2vec.c, gensim and fastText
    have it the other way round, and so has this.
    """
    scale = ONE if mean else np.float32(1 / size)
    add_to_all(inputs, ids, size, scale, low, high, shared.hidden_changes, row)
