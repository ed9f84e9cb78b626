"""Rows that are combined before they meet their targets: the mean or sum of a group of input vectors.

A step needs rows x_j and targets (kernels.py). Where each row is one input vector, as in skip-gram, the
kernel reads it in place. Where a row is made of several, such as the words of a CBOW window or the words of
a text, `gather` combines the group into a row of a `Room`, the kernel finds that row's change, and
`scatter` adds it to every member of the group. Members can have weights, and a vector for each place in the
group that multiplies them element by element (position weights, Mikolov et al. 2018, section 2.2).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.kernels import ONE, ZERO, add_to_all, clear, combine
from wordlab.compiled.lanes import LANES, load, splat, store
from wordlab.compiled.parts import inlined
from wordlab.compiled.rows import padded_zeros


class Room(NamedTuple):
    """What a thread writes down in a step, for itself."""

    steps: np.ndarray
    """float32 (1, pairs): the steps g_jk of a window."""
    hidden: np.ndarray
    """float32 (max_groups, dim): the combinations of groups,"""
    hidden_changes: np.ndarray
    """and by how much each is to change."""
    hidden_ids: np.ndarray
    """uint32 (max_groups,): 0, 1, 2 ... the ids of the rows of `hidden`."""


def empty_room(*, num_pairs: int, max_groups: int, dim: int) -> Room:
    """Room for windows of at most `num_pairs` pairs and `max_groups` groups."""
    return Room(
        steps=padded_zeros(1, num_pairs + 2 * LANES),
        hidden=padded_zeros(max_groups, dim),
        hidden_changes=padded_zeros(max_groups, dim),
        hidden_ids=np.arange(max_groups, dtype=np.uint32),
    )


@inlined
def gather(ids, size, mean, dim, inputs, room, row):
    """hidden[row] = the mean or sum of the first `size` of `ids`; its change begins at zero."""
    scale = np.float32(1 / size) if mean else ONE
    combine(inputs, ids, size, scale, dim, room.hidden, row)
    clear(room.hidden_changes, row, dim)


@inlined
def scatter(ids, size, mean, dim, inputs, room, row):
    """Add the change of hidden[row] to each of the first `size` of `ids`.

    The derivative has a factor 1 / size for the mean and none for the sum. word2vec.c, gensim and fastText
    have it the other way round, and so has this.
    """
    scale = ONE if mean else np.float32(1 / size)
    add_to_all(inputs, ids, size, scale, dim, room.hidden_changes, row)


@inlined
def gather_weighted(ids, size, weights, positions, first, positioned, dim, inputs, room, row):
    """hidden[row] = the sum of the first `size` of `ids`, each times its weight; its change begins at zero.

    If `positioned`, member j is multiplied by positions[first + j] as well, element by element.
    """
    for d in range(0, dim, LANES):
        combined = splat(ZERO)
        for j in range(size):
            member = splat(weights[j]) * load(inputs, ids[j], d)
            combined = combined + (member * load(positions, first + j, d) if positioned else member)
        store(room.hidden, row, d, combined)
    clear(room.hidden_changes, row, dim)


@inlined
def scatter_weighted(
    ids, size, weights, scale, positions, first, positioned, dim, inputs, room, row
):  # fmt: skip
    """Add `scale` times the change of hidden[row] to each of the first `size` of `ids`.

    If `positioned`, times positions[first + j], which itself gets its derivative: the weight of member j
    times the member times the change.
    """
    for d in range(0, dim, LANES):
        change = load(room.hidden_changes, row, d)
        for j in range(size):
            member = load(inputs, ids[j], d)
            if positioned:
                position = load(positions, first + j, d)
                store(positions, first + j, d, position + splat(weights[j]) * member * change)
                store(inputs, ids[j], d, member + scale * position * change)
            else:
                store(inputs, ids[j], d, member + scale * change)
