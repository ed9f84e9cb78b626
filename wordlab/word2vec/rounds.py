"""Threads that train side by side: in rounds of some windows, or each for itself.

A round has two halves. First each thread finds the steps of its share of the windows, all from the
same matrices; when the last one is done, each takes its share of the columns and makes the changes
of all windows there, in the order of the corpus. What a thread computes does not depend on which
thread it is, and no two ever write to one place. So any number of threads gives the same bytes.

A round of one window is plain stochastic gradient descent. A longer one uses steps that were found
a few windows too early; it is kept so short that hardly a row is changed twice in it
(docs/explanation/reproducible.md has the measurements).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import carray, njit

from wordlab.word2vec.barrier import wait_for_all
from wordlab.word2vec.config import Word2VecConfig
from wordlab.word2vec.draws import draw, mix, subsample
from wordlab.word2vec.kernels import (
    FAST,
    add_to_all,
    combine,
    find_steps,
    prefetch_row,
    prefetch_targets,
    repeat,
    update,
)
from wordlab.word2vec.lanes import LANES, stack_floats
from wordlab.word2vec.rows import padded_zeros
from wordlab.word2vec.sampling import Targets

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory

_LONGEST_ROUND = 64
_EXPECTED_HITS = 5.0


class Windows(NamedTuple):
    """The windows of some spans of the corpus, one row a span: see `draws.subsample` and `draws.draw`."""

    bounds: np.ndarray
    """int64 (num_spans, 2): which of the kept tokens are the span's own."""
    kept: np.ndarray
    """uint32 (num_spans, capacity): ids of the tokens that survive subsampling."""
    left: np.ndarray
    """int32 (num_spans, capacity): where the line of each begins,"""
    right: np.ndarray
    """and where it ends."""
    reach: np.ndarray
    """int32 (num_spans, capacity): how far the window of each reaches."""
    targets: np.ndarray
    """uint32 (num_spans, capacity, num_targets): the word itself and its noise words."""


class Round(NamedTuple):
    """What the threads tell each other between the halves of a round, one row a window."""

    steps: np.ndarray
    """float32 (round_length, pairs): the steps g_jk of a window."""
    losses: np.ndarray
    """float64 (round_length,): the sum of the losses of its pairs."""
    hidden: np.ndarray
    """float32 (round_length, dim): CBOW's combination of the context words,"""
    hidden_changes: np.ndarray
    """and by how much it is to change."""


@njit(inline="always")
def draw_windows(
    token_ids, line_offsets, first, stop, window, keep, epoch_key, targets, shrink, windows, slot
):  # fmt: skip
    """Fill a slot of `windows` with those of the tokens [first, stop)."""
    begin, end = subsample(
        token_ids, line_offsets, first, stop, window, keep, epoch_key,
        windows.kept[slot], windows.left[slot], windows.right[slot],
    )  # fmt: skip
    draw(
        windows.kept[slot], begin, end, targets.noise_accept, targets.noise_alias, window, shrink,
        mix(epoch_key ^ mix(np.uint64(first))), windows.targets[slot], windows.reach[slot],
    )  # fmt: skip
    windows.bounds[slot, 0], windows.bounds[slot, 1] = begin, end


@njit(inline="always")
def look_ahead(
    windows, slot, i, stop, window, targets, inputs, outputs, low, high, writing, num_targets, hierarchical
):  # fmt: skip
    """Ask for the rows that only come in with window `i` + LOOKAHEAD, if that is before `stop`."""
    kept, ahead = windows.kept[slot], i + LOOKAHEAD
    if ahead < stop:
        prefetch_targets(
            outputs, kept[ahead], windows.targets[slot, ahead], targets, num_targets, hierarchical,
            low, high, writing,
        )  # fmt: skip
    if ahead + window < stop:
        prefetch_row(inputs, kept[ahead + window], low, high, writing)


@njit(inline="always")
def find(
    windows, slot, i, context, m, rate, targets, inputs, outputs, signs, sums, shared, place, one,
    dim, num_targets, cbow, mean, hierarchical,
):  # fmt: skip
    """The first half of a window with `m` context words: its steps into `shared`; returns its loss."""
    if cbow:
        scale = np.float32(1 / m) if mean else np.float32(1)
        combine(inputs, context, m, scale, dim, shared.hidden, place)
        combine(inputs, context, 0, scale, dim, shared.hidden_changes, place)
        one[0] = place
        rows, row_ids, n = shared.hidden, one, 1
    else:
        rows, row_ids, n = inputs, context, m
    if not hierarchical:
        return find_steps(
            rows, row_ids, n, outputs, windows.targets[slot, i], num_targets, dim, signs, rate, sums,
            shared.steps[place],
        )  # fmt: skip
    loss, word = 0.0, windows.kept[slot, i]
    start = targets.path_offsets[word]
    for part in range(start, targets.path_offsets[word + 1]):
        repeat(targets.path_signs[part], n, num_targets, signs)
        loss += find_steps(
            rows, row_ids, n, outputs, targets.path_nodes[part], num_targets, dim, signs, rate, sums,
            shared.steps[place, (part - start) * n * num_targets :],
        )  # fmt: skip
    return loss


@njit(inline="always")
def change(
    windows, slot, i, context, m, targets, inputs, outputs, low, high, t, dt, shared, place, one,
    num_targets, cbow, mean, hierarchical,
):  # fmt: skip
    """The second half, in the columns [low, high); returns the number of pairs."""
    if cbow:
        one[0] = place
        rows, gradients, row_ids, n = shared.hidden, shared.hidden_changes, one, 1
    else:
        rows, gradients, row_ids, n = inputs, inputs, context, m
    if hierarchical:
        word = windows.kept[slot, i]
        start = targets.path_offsets[word]
        for part in range(start, targets.path_offsets[word + 1]):
            update(
                rows, gradients, row_ids, n, outputs, targets.path_nodes[part], num_targets, low, high,
                t, dt, shared.steps[place, (part - start) * n * num_targets :],
            )  # fmt: skip
    else:
        update(
            rows, gradients, row_ids, n, outputs, windows.targets[slot, i], num_targets, low, high,
            t, dt, shared.steps[place],
        )  # fmt: skip
    if cbow:  # the mean's own factor 1 / m is left out, the sum gets one, as in gensim
        scale = np.float32(1) if mean else np.float32(1 / m)
        add_to_all(inputs, context, m, scale, low, high, shared.hidden_changes, place)
    return n


@njit(inline="always")
def words_around(windows, slot, i, context):
    """Write the words of window `i` but for its centre into `context`; returns their number."""
    reach, m = windows.reach[slot, i], 0
    for j in range(max(windows.left[slot, i], i - reach), min(windows.right[slot, i], i + reach + 1)):
        if j != i:
            context[m] = windows.kept[slot, j]
            m += 1
    return m


@cache
def compile_rounds(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool
) -> Any:
    """The `train_spans` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets.

    All six are constants of the compiled code, which lets LLVM unroll every inner loop.
    """
    block_size = num_targets * LANES

    @njit(nogil=True, fastmath=FAST, error_model="numpy", cache=True)
    def train_spans(
        thread, num_threads, barrier, token_ids, line_offsets, starts, keep, targets, window, rates,
        epoch_key, inputs, outputs, windows, shared,
    ):  # fmt: skip
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `barrier`.

        The learning rate falls linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number
        of pairs) of all threads together.
        """
        num_spans, num_slots, round_length = len(starts) - 1, len(windows.kept), len(shared.losses)
        context = np.empty(2 * window, np.uint32)
        signs = np.full(2 * window * num_targets, -1, np.float32)
        signs[::num_targets] = 1
        t = carray(stack_floats(block_size), (num_targets, LANES))
        dt = carray(stack_floats(block_size), (num_targets, LANES))
        one = np.empty(1, np.uint32)
        alone = num_threads == 1
        low = dim // LANES * thread // num_threads * LANES  # the columns of this thread
        high = dim // LANES * (thread + 1) // num_threads * LANES

        loss, num_pairs = 0.0, 0
        for span in range(num_spans):
            slot = span % num_slots
            if slot == 0:
                for ahead in range(thread, min(num_slots, num_spans - span), num_threads):
                    draw_windows(
                        token_ids, line_offsets, starts[span + ahead], starts[span + ahead + 1], window,
                        keep, epoch_key, targets, shrink, windows, ahead,
                    )  # fmt: skip
                wait_for_all(barrier, num_threads)
            begin, end = windows.bounds[slot]
            slope = (rates[span + 1] - rates[span]) / np.float32(max(1, end - begin))
            for first in range(begin, end, round_length):
                stop = min(first + round_length, end)
                share = (stop - first + num_threads - 1) // num_threads
                own = first + thread * share
                own_stop = min(own + share, stop)
                for i in range(own, own_stop):
                    horizon = end if alone else own_stop
                    look_ahead(
                        windows, slot, i, horizon, window, targets, inputs, outputs, 0, dim, alone,
                        num_targets, hierarchical,
                    )  # fmt: skip
                    shared.losses[i - first] = 0
                    m = words_around(windows, slot, i, context)
                    if m > 0:
                        shared.losses[i - first] = find(
                            windows, slot, i, context, m, rates[span] + slope * np.float32(i - begin),
                            targets, inputs, outputs, signs, t, shared, i - first, one,
                            dim, num_targets, cbow, mean, hierarchical,
                        )  # fmt: skip
                wait_for_all(barrier, num_threads)
                for i in range(first, stop):
                    look_ahead(
                        windows, slot, i, stop, window, targets, inputs, outputs, low, high, True,
                        num_targets, hierarchical,
                    )  # fmt: skip
                    m = words_around(windows, slot, i, context)
                    if m > 0:
                        loss += shared.losses[i - first]
                        num_pairs += change(
                            windows, slot, i, context, m, targets, inputs, outputs, low, high, t, dt,
                            shared, i - first, one, num_targets, cbow, mean, hierarchical,
                        )  # fmt: skip
                wait_for_all(barrier, num_threads)
        return loss, num_pairs

    return train_spans


def round_length(counts: np.ndarray, keep: np.ndarray, config: Word2VecConfig) -> int:
    """Windows of a round, so that none changes a row more than a few times; `counts` are those of the rows.

    `keep` are their probabilities to survive subsampling. A row expected in every second window, say,
    bounds a round to twice _EXPECTED_HITS windows; beyond that the sum of changes, all found from the
    same row, would overshoot. The root of a Huffman tree is a target of each window.
    """
    kept = counts * keep
    centre = kept / max(1, kept.sum())
    hits = (config.window + 1) * centre.max()  # as a context word, in windows that are shrunk
    if config.loss == "hierarchical":
        hits = max(hits, 1.0)
    else:
        noise = np.power(counts, config.ns_exponent, where=counts > 0, out=np.zeros(len(counts)))
        hits = max(hits, np.max(centre + config.negative * noise / noise.sum()))
    return int(np.clip(_EXPECTED_HITS / hits, 1, _LONGEST_ROUND))


def empty_windows(num_spans: int, span: int, window: int, num_targets: int) -> Windows:
    """Room for the windows of `num_spans` spans of `span` tokens."""
    capacity = span + 2 * window + 1
    left, right, reach = np.empty((3, num_spans, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_spans, 2), np.int64),
        kept=np.empty((num_spans, capacity), np.uint32),
        left=left,
        right=right,
        reach=reach,
        targets=np.empty((num_spans, capacity, num_targets), np.uint32),
    )


def empty_round(length: int, config: Word2VecConfig, targets: Targets, num_targets: int) -> Round:
    """Room for what the threads tell each other in rounds of `length` windows."""
    num_rows = 1 if config.model == "cbow" else 2 * config.window
    parts = max(1, int(np.diff(targets.path_offsets).max(initial=0)))
    return Round(
        steps=padded_zeros(length, num_rows * num_targets * parts),
        losses=np.zeros(length),
        hidden=padded_zeros(length, config.dim),
        hidden_changes=padded_zeros(length, config.dim),
    )
