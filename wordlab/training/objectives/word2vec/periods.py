"""Periods: shards of the corpus train a span each, side by side, and what they have in common is merged.

A shard has copies of the rows that others change as well, and the copies are merged at the period's end
(compiled/shards.py). What a shard computes does not depend on which thread it is on or when, so that any
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
from wordlab.compiled.members import Members, compose, decompose
from wordlab.compiled.parts import called, inlined
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import (
    copy_common_rows,
    list_touched,
    merge,
    place_of,
    touch,
    touch_nothing,
)
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.kernel import Span, Variant, parts_of, train_span
from wordlab.training.objectives.word2vec.sizes import most_kept


class Team(NamedTuple):
    """The threads that train together, as one of them sees it."""

    thread: int
    num_threads: int
    barrier: np.ndarray


class Windows(NamedTuple):
    """The windows of a span for each shard, and of the next one: see `draws.subsample` and `draws.draw`.

    There are two rows a shard, one for each of two periods.
    """

    bounds: np.ndarray
    """int64 (2 * num_shards, 2): which of the kept tokens are the span's own."""
    kept: np.ndarray
    """uint32 (2 * num_shards, capacity): ids of the tokens that survive subsampling."""
    rows: np.ndarray
    """uint32 (2 * num_shards, capacity): where the vector of each is found."""
    left: np.ndarray
    """int32 (2 * num_shards, capacity): where the window of each begins,"""
    right: np.ndarray
    """and where it ends."""
    drawn: np.ndarray
    """uint32 (2 * num_shards, capacity, targets): the word itself and its noise words; then their rows."""
    losses: np.ndarray
    """float64 (num_shards, 8): the sum of the losses of a span, on a cache line of its own,"""
    num_pairs: np.ndarray
    """and, int64, the number of pairs."""


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


@inlined
def reach(span):
    """The range of kept tokens that the windows of a span reach."""
    base, top = span.left[span.begin], span.right[span.begin]
    for i in range(span.begin + 1, span.end):
        base, top = min(base, span.left[i]), max(top, span.right[i])
    return base, top


@called
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


@inlined
def is_apart(inputs):
    """Whether each shard has copies of what others change, too."""
    return inputs.copied.shape[1] > 0


@inlined
def in_place(inputs):
    """Whether each word's vector is in the row of its id."""
    return not is_apart(inputs) and inputs.touched.shape[1] == 0


@called
def separate(span, num_shards, variant, dim, weights):
    """Copy what others change, too, and replace words by the rows where the shard finds their vectors."""
    if is_apart(weights.inputs):
        copy_common_rows(weights.inputs, span.shard, num_shards, dim)
        copy_common_rows(weights.outputs, span.shard, num_shards, dim)
        copy_common_rows(weights.positions, span.shard, num_shards, dim)
    find_places(span, variant, weights)


@inlined
def find_places(span, variant, weights):
    """Replace words by the rows where the shard finds their vectors."""
    if span.begin == span.end:
        return
    base, top = reach(span)
    for i in range(base, top):
        span.rows[i] = place_of(weights.inputs, span.shard, span.kept[i])
    if is_apart(weights.inputs) and not variant.hierarchical:
        for i in range(span.begin, span.end):
            for k in range(span.drawn.shape[1]):
                span.drawn[i, k] = place_of(weights.outputs, span.shard, span.drawn[i, k])


@inlined
def unite(team, num_shards, dim, weights, notes):
    """Merge a thread's part of all copies."""
    merge(weights.inputs, num_shards, team.thread, team.num_threads, dim, notes.places)
    merge(weights.outputs, num_shards, team.thread, team.num_threads, dim, notes.places)
    merge(weights.positions, num_shards, team.thread, team.num_threads, dim, notes.places)


@inlined
def compose_words(team, num_shards, dim, inputs, words):
    """Make the words that any shard touches of their members."""
    if team.thread == 0:
        words.sizes[0] = list_touched(inputs, num_shards, words.ids)
    wait_for_all(team.barrier, team.num_threads)
    compose_part(team, dim, inputs, words)
    wait_for_all(team.barrier, team.num_threads)


@inlined
def compose_part(team, dim, inputs, words):
    """Make a thread's part of the words that are listed."""
    compose(
        words.ids, words.sizes[0], team.thread, team.num_threads, dim, words.members, words.inputs,
        inputs.matrix, words.before,
    )  # fmt: skip


@inlined
def decompose_words(team, dim, inputs, words):
    """Add what the words have changed by to their members, once all copies are merged."""
    wait_for_all(team.barrier, team.num_threads)
    decompose_part(team, dim, inputs, words)


@inlined
def decompose_part(team, dim, inputs, words):
    """Add what the words have changed by to a thread's part of their members."""
    decompose(
        words.ids, words.sizes[0], team.thread, team.num_threads, dim, words.members, words.inputs,
        inputs.matrix, words.before,
    )  # fmt: skip


@called
def draw_period(first, row, thread, num_threads, starts, text, epoch_key, targets, shrink, windows):
    """Draw a thread's part of the period that begins with span `first`, into the rows from `row` on."""
    num_spans = min(len(windows.kept) // 2, len(starts) - 1 - first)
    for i in range(thread, num_spans, num_threads):
        start, stop = starts[first + i], starts[first + i + 1]
        kept, left, right = windows.kept[row + i], windows.left[row + i], windows.right[row + i]
        begin, end = subsample(text, start, stop, epoch_key, kept, left, right)
        draw(
            kept, begin, end, targets.noise_accept, targets.noise_alias, text.window, shrink,
            mix(epoch_key ^ mix(np.uint64(start))), windows.drawn[row + i], left, right,
        )  # fmt: skip
        windows.bounds[row + i, 0], windows.bounds[row + i, 1] = begin, end


@njit(inline="always")
def span_of(shard, row, windows, rates, inputs):
    """A row of `windows` as a shard's Span; `rates` are those at the starts of the shards' spans."""
    begin, end = windows.bounds[row, 0], windows.bounds[row, 1]
    slope = (rates[shard + 1] - rates[shard]) / np.float32(max(1, end - begin))
    rows = windows.kept[row] if in_place(inputs) else windows.rows[row]
    return Span(
        shard, windows.kept[row], rows, windows.left[row], windows.right[row], windows.drawn[row], begin, end,
        rates[shard], slope,
    )  # fmt: skip


@inlined
def touch_shards(team, num_shards, row, rates, variant, targets, weights, windows):
    """Note the rows that training on a thread's shards touches."""
    for shard in range(team.thread, num_shards, team.num_threads):
        span = span_of(shard, row + shard, windows, rates, weights.inputs)
        touch_rows(span, variant, targets, weights)


@cache
def compile_training(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool,
    composed: bool = False, positioned: bool = False, apart: bool = True, guided: bool = False,
) -> Any:  # fmt: skip
    """The `train_spans` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets.

    All are constants of the compiled code, so that LLVM unrolls inner loops and leaves out what never runs.
    """

    variant = Variant(cbow, mean, hierarchical, composed, positioned, guided)

    @cached_njit(**SEPARATE)
    def train_spans(team, text, starts, rates, epoch_key, targets, weights, words, windows, notes):
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `team`.

        The rate goes linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number of pairs) of all.
        """
        most, loss, num_pairs = len(windows.kept) // 2, 0.0, 0
        row = np.int64(0)  # and not the constant 0, for which numba would compile again
        num_idle = team.num_threads - most  # threads without a shard draw the next period meanwhile
        for s in range(0, len(starts) - 1, most):
            num_shards = min(most, len(starts) - 1 - s)
            if s == 0 or num_idle <= 0:
                draw_period(
                    s, row, team.thread, team.num_threads, starts, text, epoch_key, targets, shrink, windows
                )
            if apart or composed:
                touch_shards(team, num_shards, row, rates[s:], variant, targets, weights, windows)
            wait_for_all(team.barrier, team.num_threads)
            if composed:
                compose_words(team, num_shards, dim, weights.inputs, words)
            for shard in range(team.thread, num_shards, team.num_threads):
                span = span_of(shard, row + shard, windows, rates[s:], weights.inputs)
                if apart or composed:
                    separate(span, num_shards, variant, dim, weights)
                windows.losses[shard, 0], windows.num_pairs[shard, 0] = train_span(
                    span, variant, text.window, dim, num_targets, targets, weights, words.members, notes
                )
            if team.thread >= most:
                draw_period(
                    s + most, most - row, team.thread - most, num_idle, starts, text, epoch_key, targets,
                    shrink, windows,
                )  # fmt: skip
            row = most - row if num_idle > 0 else row
            wait_for_all(team.barrier, team.num_threads)
            for shard in range(num_shards):
                loss += windows.losses[shard, 0]
                num_pairs += windows.num_pairs[shard, 0]
            if apart:
                unite(team, num_shards, dim, weights, notes)
            if composed:
                decompose_words(team, dim, weights.inputs, words)
        return loss, num_pairs

    return train_spans


def empty_windows(num_shards: int, span: int, config: Word2VecConfig) -> Windows:
    """Room for the windows of a span of `span` tokens for each shard, twice."""
    capacity, num_rows = most_kept(span, config), 2 * num_shards
    left, right = np.empty((2, num_rows, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_rows, 2), np.int64),
        kept=np.zeros((num_rows, capacity), np.uint32),
        rows=np.zeros((num_rows, capacity), np.uint32),
        left=left,
        right=right,
        drawn=np.empty((num_rows, capacity, config.num_targets), np.uint32),
        losses=np.empty((num_shards, 8)),
        num_pairs=np.empty((num_shards, 8), np.int64),
    )


def no_words(members: Members) -> Words:
    """For training in which each word is a row."""
    nothing = padded_zeros(0, 1)
    return Words(members, nothing, nothing, np.empty(0, np.uint32), np.zeros(1, np.int64))
