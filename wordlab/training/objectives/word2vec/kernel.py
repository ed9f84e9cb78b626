"""The compiled training of word2vec: window by window, on shards of the corpus that train side by side.

A span of text is trained by plain stochastic gradient descent, one window after the other. In a period each
shard trains one span, with copies of the rows that others change as well, and the copies are merged at its
end (compiled/shards.py). What a shard computes does not depend on which thread it is on or when, so that any
number of threads gives the same bytes. Where there is one shard a thread, all in place, threads race.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.barrier import wait_for_all
from wordlab.compiled.draws import draw, mix, subsample
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.kernels import ONE, find_steps, prefetch_row, prefetch_rows, update
from wordlab.compiled.lanes import LANES
from wordlab.compiled.members import Members, compose, decompose
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import (
    Shared,
    copy_common_rows,
    list_touched,
    merge,
    place_of,
    touch,
    touch_nothing,
)
from wordlab.compiled.steps import (
    Room,
    empty_room,
    gather,
    gather_weighted,
    scatter,
    scatter_weighted,
)
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.periods import most_kept
from wordlab.training.objectives.word2vec.targets import Targets

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory


class Team(NamedTuple):
    """The threads that train together, as one of them sees it."""

    thread: int
    num_threads: int
    barrier: np.ndarray


class Windows(NamedTuple):
    """The windows of a span for each shard, one row a shard: see `draws.subsample` and `draws.draw`."""

    bounds: np.ndarray
    """int64 (num_shards, 2): which of the kept tokens are the span's own."""
    kept: np.ndarray
    """uint32 (num_shards, capacity): ids of the tokens that survive subsampling."""
    rows: np.ndarray
    """uint32 (num_shards, capacity): where the vector of each is found."""
    left: np.ndarray
    """int32 (num_shards, capacity): where the window of each begins,"""
    right: np.ndarray
    """and where it ends."""
    drawn: np.ndarray
    """uint32 (num_shards, capacity, num_targets): the word itself and its noise words, then their rows."""
    losses: np.ndarray
    """float64 (num_shards, 8): the sum of the losses of a span, on a cache line of its own,"""
    num_pairs: np.ndarray
    """and, int64, the number of pairs."""


class Span(NamedTuple):
    """One row of Windows, and the learning rate there: `rate` at `begin`, changing by `slope` a window."""

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


class Variant(NamedTuple):
    """Which of the models is trained."""

    cbow: bool
    mean: bool
    hierarchical: bool
    composed: bool
    """Whether words are means of members."""
    positioned: bool
    """Whether the words of a CBOW window have position weights."""


class Weights(NamedTuple):
    """What a step changes."""

    inputs: Shared
    outputs: Shared
    positions: Shared
    """A row for each place of a window's words; or none, if places do not matter."""


class Words(NamedTuple):
    """The words of a period, made of members; empty where each word is a row."""

    members: Members
    inputs: np.ndarray
    """float32 (num_rows, dim): the members' rows."""
    before: np.ndarray
    """float32 (most_words, dim): what the words were when the period began."""
    ids: np.ndarray
    """uint32 (most_words,): which words they are,"""
    sizes: np.ndarray
    """and, int64 (1,), how many."""


class Notes(NamedTuple):
    """What a thread notes for itself."""

    room: Room
    context: np.ndarray
    """uint32 (2 * window,): the rows of the words around a centre,"""
    weights: np.ndarray
    """and, float32, their weights in a mean or sum."""
    signs: np.ndarray
    """float32 (1, pairs + LANES): the signs s_k of a window, for each row. Never zero, the padding included:
    the kernel computes whole blocks, fills them up with infinite logits, and 0 * infinity would turn the
    loss of every window into NaN."""
    nodes: np.ndarray
    """uint32 (num_targets,): the rows of a part of a path."""
    places: np.ndarray
    """int64 (num_shards,): where the copies of a row are."""


@njit(inline="always")
def rows_around(span, centre, context):
    """Write the rows of the words around a centre into `context`; returns their number.

    All of `context` is written, with words beyond the window as well: a fixed number of iterations is one
    that no processor mispredicts.
    """
    low = span.left[centre]
    for j in range(low, low + len(context)):
        context[j - low] = span.rows[j + (j >= centre)]
    return span.right[centre] - low - 1


@njit(inline="always")
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


@njit(inline="always")
def parts_of(word, targets, hierarchical):
    """The range of parts in which the targets of `word` are treated: groups of nodes on its path, or one."""
    if hierarchical:
        return targets.path_offsets[word], targets.path_offsets[word + 1]
    return np.int64(0), np.int64(1)


@njit(inline="always")
def rows_of_part(i, part, span, variant, targets, outputs, nodes):
    """The rows of the targets of a part of the window around kept[i]."""
    if not variant.hierarchical:
        return span.drawn[i]
    for k in range(len(nodes)):
        nodes[k] = place_of(outputs, span.shard, targets.path_nodes[part, k])
    return nodes


@njit(inline="always")
def repeat(path_signs, num_rows, num_targets, signs):
    """Give every row the signs of a part of a path."""
    for j in range(num_rows):
        for k in range(num_targets):
            signs[0, j * num_targets + k] = path_signs[k]


@njit(inline="always")
def prefetch_window(ahead, span, variant, num_targets, window, dim, targets, weights, notes):
    """Ask for the rows that the window around kept[ahead] needs and no window before it."""
    if ahead < span.end:
        first, stop = parts_of(span.kept[ahead], targets, variant.hierarchical)
        for part in range(first, stop):
            ids = rows_of_part(ahead, part, span, variant, targets, weights.outputs, notes.nodes)
            prefetch_rows(weights.outputs.matrix, ids, num_targets, dim, True)
    if not variant.composed and ahead + window < span.end:
        prefetch_row(weights.inputs.matrix, span.rows[ahead + window], dim, True)


@njit(inline="always")
def train_window(i, span, variant, window, dim, num_targets, rate, targets, weights, members, notes):
    """A step for the window around kept[i]; returns (loss, number of pairs)."""
    room, context, signs = notes.room, notes.context, notes.signs
    n = size = rows_around(span, i, context)
    if size == 0:
        return 0.0, 0
    inputs = weights.inputs.matrix
    outputs, positions = weights.outputs.matrix, weights.positions.matrix
    weighted = variant.cbow and (variant.composed or variant.positioned)
    rows, gradients, row_ids = inputs, inputs, context
    scale, first_place = ONE, 0
    if weighted:
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
    for part in range(first, stop):
        ids = rows_of_part(i, part, span, variant, targets, weights.outputs, notes.nodes)
        update(
            rows, gradients, row_ids, n, outputs, ids, num_targets, dim, room.steps,
            (part - first) * n * num_targets,
        )  # fmt: skip
    if weighted:
        scatter_weighted(
            context, size, notes.weights, scale, positions, first_place, variant.positioned, dim, inputs,
            room, 0,
        )  # fmt: skip
    elif variant.cbow:
        scatter(context, size, variant.mean, dim, inputs, room, 0)
    return loss, n


@njit(inline="always")
def reach(span):
    """The range of kept tokens that the windows of a span reach."""
    base, top = span.left[span.begin], span.right[span.begin]
    for i in range(span.begin + 1, span.end):
        base, top = min(base, span.left[i]), max(top, span.right[i])
    return base, top


@njit(inline="always")
def train_span(span, variant, window, dim, num_targets, targets, weights, members, notes):
    """Train on the windows of a span, one after the other; returns (sum of losses, number of pairs)."""
    loss, num_pairs = 0.0, 0
    for i in range(span.begin, span.end):
        ahead = i + LOOKAHEAD
        prefetch_window(ahead, span, variant, num_targets, window, dim, targets, weights, notes)
        rate = span.rate + span.slope * np.float32(i - span.begin)
        found, pairs = train_window(
            i, span, variant, window, dim, num_targets, rate, targets, weights, members, notes
        )
        loss += found
        num_pairs += pairs
    return loss, num_pairs


@cached_njit(**SEPARATE)
def touch_rows(span, variant, targets, weights):
    """Note the rows that training on a span touches, for the matrices that ask."""
    inputs, outputs, positions = weights
    shard = span.shard
    touch_nothing(inputs, shard)
    touch_nothing(outputs, shard)
    touch_nothing(positions, shard)
    if span.begin == span.end:
        return
    base, top = reach(span)
    for i in range(base, top):
        touch(inputs, shard, span.kept[i])
    if outputs.touched.shape[1]:
        for i in range(span.begin, span.end):
            if variant.hierarchical:
                first, stop = parts_of(span.kept[i], targets, True)
                for part in range(first, stop):
                    for k in range(targets.path_nodes.shape[1]):
                        touch(outputs, shard, targets.path_nodes[part, k])
            else:
                for k in range(span.drawn.shape[1]):
                    touch(outputs, shard, span.drawn[i, k])
        if variant.positioned:
            for row in range(positions.num_rows):
                touch(positions, shard, row)


@njit(inline="always")
def is_apart(weights):
    """Whether each shard has copies of what others change, too."""
    return weights.outputs.copied.shape[1] > 0


@njit(inline="always")
def in_place(weights):
    """Whether each word's vector is in the row of its id."""
    return not is_apart(weights) and weights.inputs.touched.shape[1] == 0


@cached_njit(**SEPARATE)
def separate(span, num_shards, variant, dim, weights):
    """Copy what others change, too, and replace words by the rows where the shard finds their vectors."""
    shard = span.shard
    if is_apart(weights):
        copy_common_rows(weights.inputs, shard, num_shards, dim)
        copy_common_rows(weights.outputs, shard, num_shards, dim)
        copy_common_rows(weights.positions, shard, num_shards, dim)
    if span.begin == span.end:
        return
    base, top = reach(span)
    for i in range(base, top):
        span.rows[i] = place_of(weights.inputs, shard, span.kept[i])
    if is_apart(weights) and not variant.hierarchical:
        for i in range(span.begin, span.end):
            for k in range(span.drawn.shape[1]):
                span.drawn[i, k] = place_of(weights.outputs, shard, span.drawn[i, k])


@njit(inline="always")
def unite(team, num_shards, dim, weights, notes):
    """Merge a thread's part of all copies."""
    merge(weights.inputs, num_shards, team.thread, team.num_threads, dim, notes.places)
    merge(weights.outputs, num_shards, team.thread, team.num_threads, dim, notes.places)
    merge(weights.positions, num_shards, team.thread, team.num_threads, dim, notes.places)


@njit(inline="always")
def compose_words(team, num_shards, dim, inputs, words):
    """Make the words that any shard touches of their members."""
    if team.thread == 0:
        words.sizes[0] = list_touched(inputs, num_shards, words.ids)
    wait_for_all(team.barrier, team.num_threads)
    compose(
        words.ids, words.sizes[0], team.thread, team.num_threads, dim, words.members, words.inputs,
        inputs.matrix, words.before,
    )  # fmt: skip
    wait_for_all(team.barrier, team.num_threads)


@cached_njit(**SEPARATE)
def draw_span(shard, start, stop, text, epoch_key, targets, shrink, windows):
    """Fill a shard's row of `windows` with the span that begins at `start`."""
    kept, left, right = windows.kept[shard], windows.left[shard], windows.right[shard]
    begin, end = subsample(text, start, stop, epoch_key, kept, left, right)
    draw(
        kept, begin, end, targets.noise_accept, targets.noise_alias, text.window, shrink,
        mix(epoch_key ^ mix(np.uint64(start))), windows.drawn[shard], left, right,
    )  # fmt: skip
    windows.bounds[shard, 0], windows.bounds[shard, 1] = begin, end


@njit(inline="always")
def span_of(shard, windows, rates, weights):
    """The shard's row of `windows` as a Span; `rates` are those at the starts of the shards' spans."""
    begin, end = windows.bounds[shard, 0], windows.bounds[shard, 1]
    slope = (rates[shard + 1] - rates[shard]) / np.float32(max(1, end - begin))
    rows = windows.kept[shard] if in_place(weights) else windows.rows[shard]
    return Span(
        shard, windows.kept[shard], rows, windows.left[shard], windows.right[shard], windows.drawn[shard],
        begin, end, rates[shard], slope,
    )  # fmt: skip


@cache
def compile_training(
    dim: int,
    num_targets: int,
    cbow: bool,
    mean: bool,
    shrink: bool,
    hierarchical: bool,
    composed: bool = False,
    positioned: bool = False,
) -> Any:
    """The `train_spans` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets.

    All are constants of the compiled code, so that LLVM unrolls every inner loop.
    """

    @cached_njit(**SEPARATE)
    def train_spans(team, text, starts, rates, epoch_key, targets, weights, words, windows, notes):
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `team`.

        The rate goes linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number of pairs) of all.
        """
        variant = Variant(cbow, mean, hierarchical, composed, positioned)
        most, loss, num_pairs = len(windows.kept), 0.0, 0
        for s in range(0, len(starts) - 1, most):
            num_shards = min(most, len(starts) - 1 - s)
            for shard in range(team.thread, num_shards, team.num_threads):
                draw_span(
                    shard, starts[s + shard], starts[s + shard + 1], text, epoch_key, targets, shrink, windows
                )
                if not in_place(weights):
                    touch_rows(span_of(shard, windows, rates[s:], weights), variant, targets, weights)
            wait_for_all(team.barrier, team.num_threads)
            if composed:
                compose_words(team, num_shards, dim, weights.inputs, words)
            for shard in range(team.thread, num_shards, team.num_threads):
                span = span_of(shard, windows, rates[s:], weights)
                if not in_place(weights):
                    separate(span, num_shards, variant, dim, weights)
                windows.losses[shard, 0], windows.num_pairs[shard, 0] = train_span(
                    span, variant, text.window, dim, num_targets, targets, weights, words.members, notes
                )
            wait_for_all(team.barrier, team.num_threads)
            for shard in range(num_shards):
                loss += windows.losses[shard, 0]
                num_pairs += windows.num_pairs[shard, 0]
            if is_apart(weights):
                unite(team, num_shards, dim, weights, notes)
            if composed:
                wait_for_all(team.barrier, team.num_threads)
                decompose(
                    words.ids, words.sizes[0], team.thread, team.num_threads, dim, words.members,
                    words.inputs, weights.inputs.matrix, words.before,
                )  # fmt: skip
        return loss, num_pairs

    return train_spans


def empty_windows(num_shards: int, span: int, config: Word2VecConfig) -> Windows:
    """Room for the windows of a span of `span` tokens for each shard."""
    capacity = most_kept(span, config)
    left, right = np.empty((2, num_shards, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_shards, 2), np.int64),
        kept=np.zeros((num_shards, capacity), np.uint32),
        rows=np.zeros((num_shards, capacity), np.uint32),
        left=left,
        right=right,
        drawn=np.empty((num_shards, capacity, config.num_targets), np.uint32),
        losses=np.empty((num_shards, 8)),
        num_pairs=np.empty((num_shards, 8), np.int64),
    )


def no_words(members: Members) -> Words:
    """For training in which each word is a row."""
    nothing = padded_zeros(0, 1)
    return Words(members, nothing, nothing, np.empty(0, np.uint32), np.zeros(1, np.int64))


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
