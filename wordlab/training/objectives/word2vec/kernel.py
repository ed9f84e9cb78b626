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
from wordlab.compiled.kernels import FAST, find_steps, prefetch_row, prefetch_rows, update
from wordlab.compiled.lanes import LANES
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.steps import Matrices, Round, empty_round, gather, scatter
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.targets import Targets, num_targets

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory

_LONGEST_ROUND = 64
_EXPECTED_HITS = 5.0


class Text(NamedTuple):
    """What is read, and how."""

    token_ids: np.ndarray
    """int32 (num_tokens,), as in a Corpus."""
    line_offsets: np.ndarray
    """int64 (num_lines + 1,)."""
    keep: np.ndarray
    """float32 (num_words,): the probability that a token of each word survives subsampling."""
    window: int
    """The largest distance between a word and its context."""


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
    """One row of Windows."""

    kept: np.ndarray
    left: np.ndarray
    right: np.ndarray
    drawn: np.ndarray


class Variant(NamedTuple):
    """Which of the four models is trained."""

    cbow: bool
    mean: bool
    hierarchical: bool


class Scratch(NamedTuple):
    """What a thread notes for itself."""

    context: np.ndarray
    """uint32 (2 * window,): the words around a centre."""
    signs: np.ndarray
    """float32 (1, pairs + LANES): the signs s_k of a window, for each row. Never zero, the padding included:
    the kernel computes whole blocks, fills them up with infinite logits, and 0 * infinity would turn the
    loss of every window into NaN."""


class Room(NamedTuple):
    """What a step reads and changes, beside the windows."""

    targets: Targets
    matrices: Matrices
    shared: Round
    scratch: Scratch


@njit(inline="always")
def words_around(kept, centre, low, high, context):
    """Write the words of [low, high) but for the centre into `context`; returns their number.

    All of `context` is written, with words beyond the window as well: a fixed number of iterations is
    one that no processor mispredicts.
    """
    for j in range(low, low + len(context)):
        context[j - low] = kept[j + (j >= centre)]
    return high - low - 1


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
            prefetch_rows(room.matrices.outputs, ids, num_targets, low, high, writing)
    if ahead + window < horizon:
        prefetch_row(room.matrices.inputs, span.kept[ahead + window], low, high, writing)


@njit(inline="always")
def find_window(i, place, span, variant, dim, num_targets, rate, room):
    """The first half of a step for the window around kept[i]: row `place` of `room.shared`."""
    targets, inputs, shared, context = room.targets, room.matrices.inputs, room.shared, room.scratch.context
    signs = room.scratch.signs
    shared.losses[place] = 0
    n = words_around(span.kept, i, span.left[i], span.right[i], context)
    if n == 0:
        return
    rows, row_ids = inputs, context
    if variant.cbow:
        gather(context, n, variant.mean, dim, inputs, shared, place)
        rows, row_ids, n = shared.hidden, shared.hidden_ids[place:], 1
    first, stop = parts_of(span.kept[i], targets, variant.hierarchical)
    for part in range(first, stop):
        if variant.hierarchical:
            repeat(targets.path_signs[part], n, num_targets, signs)
        ids = targets.path_nodes[part] if variant.hierarchical else span.drawn[i]
        shared.losses[place] += find_steps(
            rows, row_ids, n, room.matrices.outputs, ids, num_targets, dim, signs, rate, shared.steps, place,
            (part - first) * n * num_targets,
        )  # fmt: skip


@njit(inline="always")
def change_window(i, place, span, variant, low, high, num_targets, room):
    """The second half, in the columns [low, high); returns the number of the window's rows."""
    targets, inputs, shared, context = room.targets, room.matrices.inputs, room.shared, room.scratch.context
    n = size = words_around(span.kept, i, span.left[i], span.right[i], context)
    if size == 0:
        return 0
    rows, gradients, row_ids = inputs, inputs, context
    if variant.cbow:
        rows, gradients, row_ids, n = shared.hidden, shared.hidden_changes, shared.hidden_ids[place:], 1
    first, stop = parts_of(span.kept[i], targets, variant.hierarchical)
    for part in range(first, stop):
        ids = targets.path_nodes[part] if variant.hierarchical else span.drawn[i]
        update(
            rows, gradients, row_ids, n, room.matrices.outputs, ids, num_targets, low, high, shared.steps,
            place, (part - first) * n * num_targets,
        )  # fmt: skip
    if variant.cbow:
        scatter(context, size, variant.mean, low, high, inputs, shared, place)
    return n


@njit(inline="always")
def draw_spans(thread, num_threads, text, starts, epoch_key, targets, shrink, windows):
    """Fill this thread's share of the rows of `windows`, with the spans that begin at `starts`."""
    for own in range(thread, min(len(windows.kept), len(starts) - 1), num_threads):
        first, kept = starts[own], windows.kept[own]
        left, right = windows.left[own], windows.right[own]
        begin, end = subsample(
            text.token_ids, text.line_offsets, first, starts[own + 1], text.window, text.keep, epoch_key,
            kept, left, right,
        )  # fmt: skip
        draw(
            kept, begin, end, targets.noise_accept, targets.noise_alias, text.window, shrink,
            mix(epoch_key ^ mix(np.uint64(first))), windows.drawn[own], left, right,
        )  # fmt: skip
        windows.bounds[own, 0], windows.bounds[own, 1] = begin, end


@cache
def compile_rounds(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool
) -> Any:
    """The `train_spans` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets.

    All six are constants of the compiled code, which lets LLVM unroll every inner loop. It counts no
    references (`_nrt`): its caller holds all arrays, and two threads that count on one cache line wait
    for it longer than for the work itself.
    """

    @cached_njit(nogil=True, fastmath=FAST, error_model="numpy", _nrt=False)
    def train_spans(
        thread, num_threads, barrier, text, starts, rates, epoch_key, targets, matrices, windows, shared,
        scratch,
    ):  # fmt: skip
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `barrier`.

        The learning rate falls linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number
        of pairs) of all threads together.
        """
        variant, alone = Variant(cbow, mean, hierarchical), num_threads == 1
        room = Room(targets, matrices, shared, scratch)
        low = dim // LANES * thread // num_threads * LANES  # the columns of this thread
        high = dim // LANES * (thread + 1) // num_threads * LANES
        loss, num_pairs = 0.0, 0
        for s in range(len(starts) - 1):
            slot = s % len(windows.kept)
            if slot == 0:
                draw_spans(thread, num_threads, text, starts[s:], epoch_key, targets, shrink, windows)
                wait_for_all(barrier, num_threads)
            begin, end = windows.bounds[slot, 0], windows.bounds[slot, 1]
            span = Span(windows.kept[slot], windows.left[slot], windows.right[slot], windows.drawn[slot])
            slope = (rates[s + 1] - rates[s]) / np.float32(max(1, end - begin))
            for first in range(begin, end, len(shared.losses)):
                stop = min(first + len(shared.losses), end)
                share = (stop - first + num_threads - 1) // num_threads
                own, own_stop = first + thread * share, min(first + (thread + 1) * share, stop)
                for i in range(own, own_stop):
                    ahead, horizon = i + LOOKAHEAD, end if alone else own_stop
                    prefetch_window(
                        ahead, horizon, span, variant, num_targets, text.window, 0, dim, alone, room
                    )
                    rate = rates[s] + slope * np.float32(i - begin)
                    find_window(i, i - first, span, variant, dim, num_targets, rate, room)
                wait_for_all(barrier, num_threads)
                for i in range(first, stop):
                    if not alone:  # the other threads had read or changed these rows
                        ahead = i + LOOKAHEAD
                        prefetch_window(
                            ahead, stop, span, variant, num_targets, text.window, low, high, True, room
                        )
                    num_pairs += change_window(i, i - first, span, variant, low, high, num_targets, room)
                    loss += shared.losses[i - first]
                wait_for_all(barrier, num_threads)
        return loss, num_pairs

    return train_spans


def round_length(counts: np.ndarray, keep: np.ndarray, config: Word2VecConfig) -> int:
    """How many windows a round has, so that it changes no row more than a few times; `counts` are the rows'.

    `keep` are their probabilities to survive subsampling. A row expected in every second window, say,
    limits a round to twice _EXPECTED_HITS windows; in a longer one the sum of changes, all found from
    the same row, would overshoot. The root of a Huffman tree is a target of each window.
    """
    kept = counts * keep
    centre = kept / max(1, kept.sum())
    hits = (config.window + 1) * centre.max()  # as a context word, in windows that are shrunk
    if config.hierarchical:
        hits = max(hits, 1.0)
    else:
        noise = np.power(counts, config.ns_exponent, where=counts > 0, out=np.zeros(len(counts)))
        hits = max(hits, np.max(centre + config.negative * noise / noise.sum()))
    return int(np.clip(_EXPECTED_HITS / hits, 1, _LONGEST_ROUND))


def empty_windows(num_spans: int, span: int, config: Word2VecConfig) -> Windows:
    """Room for the windows of `num_spans` spans of `span` tokens."""
    capacity = span + 4 * config.window + 1  # `words_around` reads a window's width beyond the last
    left, right = np.empty((2, num_spans, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_spans, 2), np.int64),
        kept=np.zeros((num_spans, capacity), np.uint32),
        left=left,
        right=right,
        drawn=np.empty((num_spans, capacity, num_targets(config)), np.uint32),
    )


def empty_rounds(length: int, config: Word2VecConfig, targets: Targets) -> Round:
    """Room for what threads share in rounds of `length` windows."""
    parts = max(1, int(np.diff(targets.path_offsets).max(initial=0)))
    num_pairs = parts * _max_rows(config) * num_targets(config)
    return empty_round(length, num_pairs=num_pairs, max_groups=1, dim=config.dim)


def empty_scratch(config: Word2VecConfig) -> Scratch:
    """Room for what one thread notes; the signs are those of a word and its noise words."""
    signs = padded_zeros(1, _max_rows(config) * num_targets(config) + LANES)
    signs[:] = -1
    signs[:, :: num_targets(config)] = 1
    return Scratch(np.zeros(2 * config.window, np.uint32), signs)


def _max_rows(config: Word2VecConfig) -> int:
    """The most rows that a window can have."""
    return 1 if config.cbow else 2 * config.window
