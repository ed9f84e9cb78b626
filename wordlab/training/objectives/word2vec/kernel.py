"""The compiled training of word2vec: threads side by side, in rounds of some windows or each by itself.

A round has two halves. First each thread finds the steps of its share of the windows, all from the
same matrices; when the last one is done, each takes its share of the columns and makes the changes
of all windows there, in the order of the corpus. What a thread computes does not depend on which
thread it is, and no two ever write to the same place. So any number of threads gives the same bytes.

A round of one window is plain stochastic gradient descent. A longer one uses steps that were found
a few windows too early; it is kept so short that hardly any row changes twice in it
(docs/explanation/reproducible.md has the measurements).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.barrier import wait_for_all
from wordlab.compiled.draws import draw, mix, subsample
from wordlab.compiled.jit import cached_njit
from wordlab.compiled.kernels import FAST, ONE, find_steps, prefetch_row, prefetch_rows, update
from wordlab.compiled.lanes import LANES
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.steps import (
    Members,
    Round,
    Rows,
    compose,
    decompose,
    empty_round,
    gather,
    gather_weighted,
    scatter,
    scatter_weighted,
)
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.targets import Targets, num_targets

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory

LONGEST_ROUND = 64  # windows
EXPECTED_HITS = 5.0  # of a row, in a round, if windows change it by as much as by default


class Team(NamedTuple):
    """The threads that train together, as one of them sees it."""

    thread: int
    num_threads: int
    barrier: np.ndarray


class Windows(NamedTuple):
    """The windows of several spans of the corpus, one row a span: see `draws.subsample` and `draws.draw`."""

    bounds: np.ndarray
    """int64 (num_spans, 2): which of the kept tokens are the span's own."""
    kept: np.ndarray
    """uint32 (num_spans, capacity): ids of the tokens that survive subsampling."""
    left: np.ndarray
    """int32 (num_spans, capacity): where the window of each begins,"""
    right: np.ndarray
    """and where it ends."""
    drawn: np.ndarray
    """uint32 (num_spans, capacity, num_targets): the word itself and its noise words."""


class Span(NamedTuple):
    """One row of Windows, and the learning rate there: `rate` at `begin`, changing by `slope` a window."""

    kept: np.ndarray
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


class Scratch(NamedTuple):
    """What a thread notes for itself."""

    context: np.ndarray
    """uint32 (2 * window,): the rows of the words around a centre,"""
    weights: np.ndarray
    """and, float32, their weights in a mean or sum."""
    signs: np.ndarray
    """float32 (1, pairs + LANES): the signs s_k of a window, for each row. Never zero, the padding included:
    the kernel computes whole blocks, fills them up with infinite logits, and 0 * infinity would turn the
    loss of every window into NaN."""


class Room(NamedTuple):
    """What a step reads and changes, beside the windows."""

    targets: Targets
    rows: Rows
    members: Members
    shared: Round
    scratch: Scratch


@njit(inline="always")
def rows_around(kept, centre, low, high, base, composed, context):
    """Write the rows of the words of [low, high) but for the centre into `context`; returns their number.

    These are the words' ids, or if they are `composed` their places in a stretch that begins at `base`. All
    of `context` is written, with words beyond the window as well: a fixed number of iterations is one that
    no processor mispredicts.
    """
    for j in range(low, low + len(context)):
        place = j + (j >= centre)
        context[j - low] = place - base if composed else kept[place]
    return high - low - 1


@njit(inline="always")
def weigh(kept, centre, low, size, variant, members, weights):
    """Write the weights of the `size` words around a centre; returns the number of their members.

    A window is the mean, or sum, of all members of its words, as in fastText: longer words weigh more.
    """
    total = 0
    for j in range(size):
        word = kept[low + j + (low + j >= centre)]
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
def repeat(path_signs, num_rows, num_targets, signs):
    """Give every row the signs of a part of a path."""
    for j in range(num_rows):
        for k in range(num_targets):
            signs[0, j * num_targets + k] = path_signs[k]


@njit(inline="always")
def prefetch_window(ahead, horizon, span, variant, num_targets, window, low, high, writing, room):
    """Ask for the rows that the window around kept[ahead] needs and no window before it, up to `horizon`."""
    if ahead < horizon:
        first, stop = parts_of(span.kept[ahead], room.targets, variant.hierarchical)
        for part in range(first, stop):
            ids = room.targets.path_nodes[part] if variant.hierarchical else span.drawn[ahead]
            prefetch_rows(room.rows.outputs, ids, num_targets, low, high, writing)
    if not variant.composed and ahead + window < horizon:
        prefetch_row(room.rows.inputs, span.kept[ahead + window], low, high, writing)


@njit(inline="always")
def find_window(i, place, base, span, variant, window, dim, num_targets, rate, room):
    """The first half of a step for the window around kept[i]: row `place` of `room.shared`."""
    targets, shared, context, signs = room.targets, room.shared, room.scratch.context, room.scratch.signs
    shared.losses[place] = 0
    n = rows_around(span.kept, i, span.left[i], span.right[i], base, variant.composed, context)
    if n == 0:
        return
    inputs = shared.words if variant.composed else room.rows.inputs
    rows, row_ids = inputs, context
    if variant.cbow:
        if variant.composed or variant.positioned:
            weigh(span.kept, i, span.left[i], n, variant, room.members, room.scratch.weights)
            gather_weighted(
                context, n, room.scratch.weights, room.rows.positions, window - (i - span.left[i]),
                variant.positioned, dim, inputs, shared, place,
            )  # fmt: skip
        else:
            gather(context, n, variant.mean, dim, inputs, shared, place)
        rows, row_ids, n = shared.hidden, shared.hidden_ids[place:], 1
    first, stop = parts_of(span.kept[i], targets, variant.hierarchical)
    for part in range(first, stop):
        if variant.hierarchical:
            repeat(targets.path_signs[part], n, num_targets, signs)
        ids = targets.path_nodes[part] if variant.hierarchical else span.drawn[i]
        shared.losses[place] += find_steps(
            rows, row_ids, n, room.rows.outputs, ids, num_targets, dim, signs, rate, shared.steps, place,
            (part - first) * n * num_targets,
        )  # fmt: skip


@njit(inline="always")
def change_window(i, place, base, span, variant, window, low, high, num_targets, room):
    """The second half, in the columns [low, high); returns the number of the window's rows."""
    targets, shared, context = room.targets, room.shared, room.scratch.context
    n = size = rows_around(span.kept, i, span.left[i], span.right[i], base, variant.composed, context)
    if size == 0:
        return 0
    inputs = shared.words if variant.composed else room.rows.inputs
    rows, gradients, row_ids = inputs, inputs, context
    if variant.cbow:
        rows, gradients, row_ids, n = shared.hidden, shared.hidden_changes, shared.hidden_ids[place:], 1
    first, stop = parts_of(span.kept[i], targets, variant.hierarchical)
    for part in range(first, stop):
        ids = targets.path_nodes[part] if variant.hierarchical else span.drawn[i]
        update(
            rows, gradients, row_ids, n, room.rows.outputs, ids, num_targets, low, high, shared.steps,
            place, (part - first) * n * num_targets,
        )  # fmt: skip
    if variant.cbow and (variant.composed or variant.positioned):
        weights = room.scratch.weights
        total = weigh(span.kept, i, span.left[i], size, variant, room.members, weights)
        scale = ONE if variant.mean else np.float32(1 / total)
        scatter_weighted(
            context, size, weights, scale, room.rows.positions, window - (i - span.left[i]),
            variant.positioned, low, high, inputs, shared, place,
        )  # fmt: skip
    elif variant.cbow:
        scatter(context, size, variant.mean, low, high, inputs, shared, place)
    return n


@njit(inline="always")
def draw_spans(thread, num_threads, text, starts, epoch_key, targets, shrink, windows):
    """Fill this thread's share of the rows of `windows`, with the spans that begin at `starts`."""
    for own in range(thread, min(len(windows.kept), len(starts) - 1), num_threads):
        first, kept = starts[own], windows.kept[own]
        left, right = windows.left[own], windows.right[own]
        begin, end = subsample(text, first, starts[own + 1], epoch_key, kept, left, right)
        draw(
            kept, begin, end, targets.noise_accept, targets.noise_alias, text.window, shrink,
            mix(epoch_key ^ mix(np.uint64(first))), windows.drawn[own], left, right,
        )  # fmt: skip
        windows.bounds[own, 0], windows.bounds[own, 1] = begin, end


@njit(inline="always")
def columns_of(team, dim):
    """The columns [low, high) that a thread changes."""
    blocks = dim // LANES
    low = blocks * team.thread // team.num_threads * LANES
    return low, blocks * (team.thread + 1) // team.num_threads * LANES


@njit(inline="always")
def compose_stretch(team, first, stop, span, dim, room):
    """Compose all words that the windows around kept[first:stop] reach: [base, top), which is returned."""
    base, top = span.left[first], span.right[first]
    for i in range(first + 1, stop):
        base, top = min(base, span.left[i]), max(top, span.right[i])
    low, high = columns_of(team, dim)
    compose(span.kept, base, top, room.members, low, high, room.rows.inputs, room.shared)
    wait_for_all(team.barrier, team.num_threads)
    return base, top


@njit(inline="always")
def train_round(team, first, stop, base, span, variant, window, dim, num_targets, room, loss):
    """Train on the windows around kept[first:stop]; returns (`loss` and theirs, number of pairs)."""
    thread, num_threads, barrier = team
    low, high = columns_of(team, dim)
    alone, num_pairs = num_threads == 1, 0
    share = (stop - first + num_threads - 1) // num_threads
    own, own_stop = first + thread * share, min(first + (thread + 1) * share, stop)
    for i in range(own, own_stop):
        ahead, horizon = i + LOOKAHEAD, span.end if alone else own_stop
        prefetch_window(ahead, horizon, span, variant, num_targets, window, 0, dim, alone, room)
        rate = span.rate + span.slope * np.float32(i - span.begin)
        find_window(i, i - first, base, span, variant, window, dim, num_targets, rate, room)
    wait_for_all(barrier, num_threads)
    for i in range(first, stop):
        if not alone:  # the other threads had read or changed these rows
            ahead = i + LOOKAHEAD
            prefetch_window(ahead, stop, span, variant, num_targets, window, low, high, True, room)
        num_pairs += change_window(i, i - first, base, span, variant, window, low, high, num_targets, room)
        loss += room.shared.losses[i - first]
    return loss, num_pairs


@cache
def compile_rounds(
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

    All are constants of the compiled code, so that LLVM unrolls every inner loop. It counts no references
    (`_nrt`): its caller holds all arrays, and two threads that count on one cache line wait long for it.
    """

    @cached_njit(nogil=True, fastmath=FAST, error_model="numpy", _nrt=False)
    def train_spans(
        team, text, starts, rates, epoch_key, targets, rows, members, windows, shared, scratch
    ):  # fmt: skip
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `team`.

        The rate goes linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number of pairs) of all.
        """
        variant = Variant(cbow, mean, hierarchical, composed, positioned)
        thread, num_threads, barrier = team
        window, room = text.window, Room(targets, rows, members, shared, scratch)
        loss, num_pairs = 0.0, 0
        for s in range(len(starts) - 1):
            slot = s % len(windows.kept)
            if slot == 0:
                draw_spans(thread, num_threads, text, starts[s:], epoch_key, targets, shrink, windows)
                wait_for_all(barrier, num_threads)
            begin, end = windows.bounds[slot, 0], windows.bounds[slot, 1]
            slope = (rates[s + 1] - rates[s]) / np.float32(max(1, end - begin))
            span = Span(
                windows.kept[slot], windows.left[slot], windows.right[slot], windows.drawn[slot],
                begin, end, rates[s], slope,
            )  # fmt: skip
            stretch = len(shared.words) - 2 * window if composed else max(1, end - begin)
            for stretch_first in range(begin, end, stretch):
                stretch_stop = min(stretch_first + stretch, end)
                base, top = stretch_first, stretch_stop
                if composed:
                    base, top = compose_stretch(team, stretch_first, stretch_stop, span, dim, room)
                for first in range(stretch_first, stretch_stop, len(shared.losses)):
                    stop = min(first + len(shared.losses), stretch_stop)
                    loss, found = train_round(
                        team, first, stop, base, span, variant, window, dim, num_targets, room, loss
                    )
                    num_pairs += found
                    if not composed or stop < stretch_stop:
                        wait_for_all(barrier, num_threads)
                if composed:
                    decompose(span.kept, base, top, members, *columns_of(team, dim), rows.inputs, shared)
            if composed:
                wait_for_all(barrier, num_threads)
        return loss, num_pairs

    return train_spans


def allowed_hits(config: Word2VecConfig) -> float:
    """How many windows of a round may change a row: fewer if each changes it by more than by default.

    In skip-gram a row changes with every word of a window, or every noise word; and the learning rate counts
    twice, as vectors grow with it, too. CBOW, with one row a window, needs none of this.
    """
    if config.cbow:
        return EXPECTED_HITS
    growth = (config.window + 1) / (Word2VecConfig.window + 1)
    if not config.hierarchical:
        growth *= (config.negative + 1) / (Word2VecConfig.negative + 1)
    growth *= (config.learning_rate_at(0) / config.learning_rates[config.model]) ** 2
    return EXPECTED_HITS / max(1.0, growth)


def round_length(counts: np.ndarray, keep: np.ndarray, config: Word2VecConfig) -> int:
    """How many windows a round has, so that it changes no row more than a few times; `counts` are the rows'.

    `keep` are their probabilities to survive subsampling. A row expected in every second window, say,
    limits a round to twice as many windows as `allowed_hits`; in a longer one the sum of changes, all found
    from the same row, would overshoot. The root of a Huffman tree is a target of each window, and position
    weights are in each.
    """
    kept = counts * keep
    centre = kept / max(1, kept.sum())
    hits = (config.window + 1) * centre.max()  # as a context word, in windows that are shrunk
    if config.position_weights or config.hierarchical:
        hits = max(hits, 1.0)
    if not config.hierarchical:
        noise = np.power(counts, config.ns_exponent, where=counts > 0, out=np.zeros(len(counts)))
        hits = max(hits, np.max(centre + config.negative * noise / noise.sum()))
    return int(np.clip(allowed_hits(config) / hits, 1, LONGEST_ROUND))


def empty_windows(num_spans: int, span: int, config: Word2VecConfig) -> Windows:
    """Room for the windows of `num_spans` spans of `span` tokens."""
    num_line_ends = span if config.line_end else 0  # at most
    # `words_around` reads a window's width beyond the last
    capacity = span + num_line_ends + 4 * config.window + 1
    left, right = np.empty((2, num_spans, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_spans, 2), np.int64),
        kept=np.zeros((num_spans, capacity), np.uint32),
        left=left,
        right=right,
        drawn=np.empty((num_spans, capacity, num_targets(config)), np.uint32),
    )


def empty_rounds(length: int, config: Word2VecConfig, targets: Targets, stretch: int = 0) -> Round:
    """Room for what threads share in rounds of `length` windows, and stretches of `stretch` if composed."""
    parts = max(1, int(np.diff(targets.path_offsets).max(initial=0)))
    num_pairs = parts * _max_rows(config) * num_targets(config)
    return empty_round(length, num_pairs=num_pairs, max_groups=1, dim=config.dim, stretch=stretch)


def empty_scratch(config: Word2VecConfig) -> Scratch:
    """Room for what one thread notes; the signs are those of a word and its noise words."""
    signs = padded_zeros(1, _max_rows(config) * num_targets(config) + LANES)
    signs[:] = -1
    signs[:, :: num_targets(config)] = 1
    context = np.zeros(2 * config.window, np.uint32)
    return Scratch(context, np.zeros(2 * config.window, np.float32), signs)


def _max_rows(config: Word2VecConfig) -> int:
    """The most rows that a window can have."""
    return 1 if config.cbow else 2 * config.window
