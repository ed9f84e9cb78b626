"""The compiled training of word2vec on a span of text, by stochastic gradient descent, window by window.

Which rows a window changes is known beforehand (compiled/draws.py); where the span finds them, in place or as
copies of its own, is decided for a whole period (periods.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.constants import Constants
from wordlab.compiled.kernels import ONE, find_steps, prefetch_row, pull, update
from wordlab.compiled.lanes import LANES, item
from wordlab.compiled.parts import exact, inlined
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import Shared, place_of
from wordlab.compiled.steps import (
    Room,
    empty_room,
    gather,
    gather_weighted,
    scatter,
    scatter_weighted,
)
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.targets import Targets

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory


class Span(NamedTuple):
    """The windows of a span, and the learning rate there: `rate` at `begin`, changing by `slope` a window."""

    shard: int
    kept: np.ndarray
    rows: np.ndarray
    left: np.ndarray
    right: np.ndarray
    drawn: np.ndarray
    begin: int
    end: int
    rate: float
    slope: float


@dataclass(frozen=True)
class Variant(Constants):
    """Which of the models is trained."""

    cbow: bool
    mean: bool
    hierarchical: bool
    composed: bool
    """Whether words are means of members."""
    positioned: bool
    """Whether the words of a CBOW window have position weights."""
    guided: bool
    """Whether the outputs stay as they are, those of a compass."""

    @property
    def weighted(self) -> bool:
        """Whether the words of a window have weights of their own."""
        return self.cbow and (self.composed or self.positioned)


class Weights(NamedTuple):
    """What a step changes."""

    inputs: Shared
    outputs: Shared
    positions: Shared
    """A row for each place of a window's words; or none, if places do not matter."""


class Notes(NamedTuple):
    """What a thread notes for itself."""

    room: Room
    context: np.ndarray
    """uint32 (2 * window,): the rows of the words around a centre,"""
    weights: np.ndarray
    """and, float32, their weights in a mean or sum."""
    signs: np.ndarray
    """float32 (1, pairs + LANES): the signs s_k of a window, for each row."""
    nodes: np.ndarray
    """uint32 (num_targets,): the rows of a part of a path."""
    places: np.ndarray
    """int64 (num_shards,): where the copies of a row are."""


@inlined
def rows_around(span, centre, context):
    """Write the rows of the words around a centre into `context`; returns their number.

    All of `context` is written, with words beyond the window as well: a fixed number of iterations is one
    that no processor mispredicts.
    """
    low = span.left[centre]
    for j in range(low, low + len(context)):
        context[j - low] = item(span.rows, j + (j >= centre))
    return span.right[centre] - low - 1


@inlined
def weigh(span, centre, size, variant, members, weights):
    """Write the weights of the `size` words around a centre; returns the number of their members.

    A window is the mean, or sum, of all members of its words, as in fastText: longer words weigh more.
    """
    total, low = 0, span.left[centre]
    for j in range(size):
        word = span.kept[low + j + (low + j >= centre)]
        count = members.offsets[word + 1] - members.offsets[word] if variant.composed else 1
        weights[j] = count
        total += count
    if variant.mean:
        scale = np.float32(1 / total)
        for j in range(size):
            weights[j] *= scale
    return total


@inlined
def parts_of(word, targets, hierarchical):
    """The range of parts in which the targets of `word` are treated: groups of nodes on its path, or one."""
    if hierarchical:
        return targets.path_offsets[word], targets.path_offsets[word + 1]
    return np.int64(0), np.int64(1)


@inlined
def row_of_target(i, part, k, span, variant, targets, outputs):
    """The row of a target of a part of the window around kept[i]."""
    if variant.hierarchical:
        return place_of(outputs, span.shard, targets.path_nodes[part, k])
    return np.int64(span.drawn[i, k])


@njit(inline="always")
def rows_of_part(i, part, span, variant, targets, outputs, nodes):
    """The rows of all of them."""
    if not variant.hierarchical:
        return span.drawn[i]
    for k in range(len(nodes)):
        nodes[k] = row_of_target(i, part, k, span, variant, targets, outputs)
    return nodes


@inlined
def repeat(path_signs, num_rows, num_targets, signs):
    """Give every row the signs of a part of a path."""
    for j in range(num_rows):
        for k in range(num_targets):
            signs[0, j * num_targets + k] = path_signs[k]


@inlined
def prefetch_third(third, i, span, variant, dim, num_targets, targets, outputs):
    """Ask for a third of the targets of the window that follows kept[i] by LOOKAHEAD.

    A core waits for ten to sixteen cache lines at a time; who asks for more has to wait, too. So each window
    asks at three moments.
    """
    ahead = i + LOOKAHEAD
    if ahead < span.end:
        first, stop = parts_of(span.kept[ahead], targets, variant.hierarchical)
        for part in range(first, stop):
            for k in range(third * num_targets // 3, (third + 1) * num_targets // 3):
                row = row_of_target(ahead, part, k, span, variant, targets, outputs)
                prefetch_row(outputs.matrix, row, dim, True)


@inlined
def prefetch_input(i, span, window, dim, inputs):
    """Ask for the one row that the window which follows kept[i] by LOOKAHEAD has, and no window before it."""
    if i + LOOKAHEAD + window < span.end:
        prefetch_row(inputs.matrix, span.rows[i + LOOKAHEAD + window], dim, True)


@inlined
def train_window(i, span, variant, window, dim, num_targets, rate, targets, weights, members, notes):
    """A step for the window around kept[i]; returns (loss, number of pairs)."""
    room, context, signs = notes.room, notes.context, notes.signs
    n = size = rows_around(span, i, context)
    if size == 0:
        return 0.0, 0
    inputs = weights.inputs.matrix
    outputs, positions = weights.outputs.matrix, weights.positions.matrix
    rows, gradients, row_ids = inputs, inputs, context
    scale, first_place = ONE, 0
    if variant.weighted:
        total = weigh(span, i, size, variant, members, notes.weights)
        scale = ONE if variant.mean else np.float32(1 / total)
        first_place = window - (i - span.left[i])
        if variant.positioned:  # all have copies, or none
            first_place += place_of(weights.positions, span.shard, 0)
        gather_weighted(
            context, n, notes.weights, positions, first_place, variant.positioned, dim, inputs, room, 0
        )
    elif variant.cbow:
        gather(context, n, variant.mean, dim, inputs, room, 0)
    if variant.cbow:
        rows, gradients, row_ids, n = room.hidden, room.hidden_changes, room.hidden_ids, 1
    first, stop = parts_of(span.kept[i], targets, variant.hierarchical)
    loss = 0.0
    for part in range(first, stop):
        if variant.hierarchical:
            repeat(targets.path_signs[part], n, num_targets, signs)
        ids = rows_of_part(i, part, span, variant, targets, weights.outputs, notes.nodes)
        loss += find_steps(
            rows, row_ids, n, outputs, ids, num_targets, dim, signs, rate, room.steps,
            (part - first) * n * num_targets,
        )  # fmt: skip
    prefetch_third(1, i, span, variant, dim, num_targets, targets, weights.outputs)
    for part in range(first, stop):
        ids = rows_of_part(i, part, span, variant, targets, weights.outputs, notes.nodes)
        offset = (part - first) * n * num_targets
        if variant.guided:
            pull(gradients, row_ids, n, outputs, ids, num_targets, dim, room.steps, offset)
        else:
            update(rows, gradients, row_ids, n, outputs, ids, num_targets, dim, room.steps, offset)
    prefetch_third(2, i, span, variant, dim, num_targets, targets, weights.outputs)
    if variant.weighted:
        scatter_weighted(
            context, size, notes.weights, scale, positions, first_place, variant.positioned, dim, inputs,
            room, 0,
        )  # fmt: skip
    elif variant.cbow:
        scatter(context, size, variant.mean, dim, inputs, room, 0)
    return loss, n


@exact
def rate_at(rate, slope, num_windows):
    """The learning rate, so many windows after the first."""
    return rate + slope * num_windows


@inlined
def train_span(span, variant, window, dim, num_targets, targets, weights, members, notes):
    """Train on the windows of a span, one after the other; returns (sum of losses, number of pairs)."""
    loss, num_pairs = 0.0, 0
    for i in range(span.begin, span.end):
        if not variant.composed:
            prefetch_input(i, span, window, dim, weights.inputs)
        prefetch_third(0, i, span, variant, dim, num_targets, targets, weights.outputs)
        rate = rate_at(span.rate, span.slope, np.float32(i - span.begin))
        found, pairs = train_window(
            i, span, variant, window, dim, num_targets, rate, targets, weights, members, notes
        )
        loss += found
        num_pairs += pairs
    return loss, num_pairs


def empty_notes(config: Word2VecConfig, targets: Targets, num_shards: int) -> Notes:
    """Room for what one thread notes; the signs are those of a word and its noise words."""
    parts = max(1, int(np.diff(targets.path_offsets).max(initial=0)))
    max_pairs = (1 if config.cbow else 2 * config.window) * config.num_targets
    signs = padded_zeros(1, max_pairs + LANES)
    signs[:] = -1
    signs[:, :: config.num_targets] = 1
    return Notes(
        empty_room(num_pairs=parts * max_pairs, max_groups=1, dim=config.dim),
        context=np.zeros(2 * config.window, np.uint32),
        weights=np.zeros(2 * config.window, np.float32),
        signs=signs,
        nodes=np.zeros(config.num_targets, np.uint32),
        places=np.empty(num_shards, np.int64),
    )
