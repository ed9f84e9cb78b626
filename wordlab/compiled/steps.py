"""Rows that are combined before they meet their targets: the mean or sum of groups of input vectors.

A step needs rows x_j and targets (kernels.py). Where each row is one input vector, as in skip-gram, the
kernel reads it in place. Where a row is made of several, such as the words of a CBOW window, the subwords
of a word or the words of a text, `gather` combines each group into a row of a `Round`, the kernel
changes that row's gradient, and `scatter` adds it to every member of the group.
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


class Groups(NamedTuple):
    """Groups of input vectors, one for each row of a window."""

    ids: np.ndarray
    """uint32 (capacity,): the members, group after group."""
    bounds: np.ndarray
    """int64 (max_groups + 1,): group j has the ids from bounds[j] to bounds[j + 1]."""


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
def gather(groups, num_groups, mean, dim, inputs, shared, first):
    """hidden[first + j] = the mean or sum of group j; its gradient begins at zero."""
    for j in range(num_groups):
        begin = groups.bounds[j]
        size = groups.bounds[j + 1] - begin
        scale = np.float32(1 / size) if mean else ONE
        combine(inputs, groups.ids[begin:], size, scale, dim, shared.hidden, first + j)
        clear(shared.hidden_changes, first + j, dim)


@njit(inline="always")
def scatter(groups, num_groups, mean, low, high, inputs, shared, first):
    """Add the change of hidden[first + j] to each member of group j, in the columns [low, high).

    Derivation has a factor 1 / size for the mean and none for the sum. word2vec.c, gensim and fastText
    have it the other way round, and so has this.
    """
    for j in range(num_groups):
        begin = groups.bounds[j]
        size = groups.bounds[j + 1] - begin
        scale = ONE if mean else np.float32(1 / size)
        add_to_all(inputs, groups.ids[begin:], size, scale, low, high, shared.hidden_changes, first + j)
