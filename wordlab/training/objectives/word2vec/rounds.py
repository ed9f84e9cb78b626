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
from numba import njit

from wordlab.compiled.barrier import wait_for_all
from wordlab.compiled.draws import draw, mix, subsample
from wordlab.compiled.kernels import (
    FAST,
    add_to_all,
    combine,
    find_steps,
    prefetch_row,
    prefetch_targets,
    repeat,
    update,
    words_around,
)
from wordlab.compiled.lanes import LANES
from wordlab.compiled.rows import padded_zeros
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.sampling import Targets

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
    """int32 (num_spans, capacity): where the window of each begins,"""
    right: np.ndarray
    """and where it ends."""
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
    places: np.ndarray
    """uint32 (round_length,): 0, 1, 2 ... the ids of the rows of `hidden`."""


class Scratch(NamedTuple):
    """What a thread notes for itself."""

    context: np.ndarray
    """uint32 (2 * window,): the words around a centre."""
    signs: np.ndarray
    """float32 (1, pairs): the signs s_k of a window, for each row; LANES more of them than pairs."""


@njit(inline="always")
def prefetch_window(
    ahead, horizon, kept, drawn, targets, num_targets, window, hierarchical, low, high, writing, inputs,
    outputs,
):  # fmt: skip
    """Ask for the rows that the window around kept[ahead] needs and no window before it, up to `horizon`."""
    if ahead < horizon:
        prefetch_targets(
            outputs, kept[ahead], drawn[ahead], targets, num_targets, hierarchical, low, high, writing
        )
    if ahead + window < horizon:
        prefetch_row(inputs, kept[ahead + window], low, high, writing)


@njit(inline="always")
def find_window(
    i, place, kept, left, right, drawn, targets, num_targets, dim, cbow, mean, hierarchical, rate, inputs,
    outputs, shared, scratch,
):  # fmt: skip
    """The first half of a step for the window around kept[i]: row `place` of `shared`."""
    shared.losses[place] = 0
    m = words_around(kept, i, left[i], right[i], scratch.context)
    if m == 0:
        return
    if cbow:
        scale = np.float32(1 / m) if mean else np.float32(1)
        combine(inputs, scratch.context, m, scale, dim, shared.hidden, place)
        combine(inputs, scratch.context, 0, scale, dim, shared.hidden_changes, place)
        rows, row_ids, n = shared.hidden, shared.places[place:], 1
    else:
        rows, row_ids, n = inputs, scratch.context, m
    if hierarchical:
        start = targets.path_offsets[kept[i]]
        for part in range(start, targets.path_offsets[kept[i] + 1]):
            repeat(targets.path_signs[part], n, num_targets, scratch.signs)
            shared.losses[place] += find_steps(
                rows, row_ids, n, outputs, targets.path_nodes[part], num_targets, dim, scratch.signs, rate,
                shared.steps, place, (part - start) * n * num_targets,
            )  # fmt: skip
    else:
        shared.losses[place] = find_steps(
            rows, row_ids, n, outputs, drawn[i], num_targets, dim, scratch.signs, rate, shared.steps, place, 0
        )


@njit(inline="always")
def change_window(
    i, place, kept, left, right, drawn, targets, num_targets, low, high, cbow, mean, hierarchical, inputs,
    outputs, shared, scratch,
):  # fmt: skip
    """The second half, in the columns [low, high); returns the number of the window's rows."""
    m = words_around(kept, i, left[i], right[i], scratch.context)
    if m == 0:
        return 0
    if cbow:
        rows, gradients, row_ids, n = shared.hidden, shared.hidden_changes, shared.places[place:], 1
    else:
        rows, gradients, row_ids, n = inputs, inputs, scratch.context, m
    if hierarchical:
        start = targets.path_offsets[kept[i]]
        for part in range(start, targets.path_offsets[kept[i] + 1]):
            update(
                rows, gradients, row_ids, n, outputs, targets.path_nodes[part], num_targets, low, high,
                shared.steps, place, (part - start) * n * num_targets,
            )  # fmt: skip
    else:
        update(rows, gradients, row_ids, n, outputs, drawn[i], num_targets, low, high, shared.steps, place, 0)
    if cbow:  # the mean's own factor 1 / m is left out, the sum gets one, as in gensim
        scale = np.float32(1) if mean else np.float32(1 / m)
        add_to_all(inputs, scratch.context, m, scale, low, high, shared.hidden_changes, place)
    return n


@cache
def compile_rounds(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool
) -> Any:
    """The `train_spans` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets.

    All six are constants of the compiled code, which lets LLVM unroll every inner loop. It counts no
    references (`_nrt`): its caller holds all arrays, and two threads that count on one cache line would
    wait for it longer than for the work itself.
    """

    @njit(nogil=True, fastmath=FAST, error_model="numpy", cache=True, _nrt=False)
    def train_spans(
        thread, num_threads, barrier, token_ids, line_offsets, starts, keep, targets, window, rates,
        epoch_key, inputs, outputs, windows, shared, scratch,
    ):  # fmt: skip
        """Train on the spans [starts[s], starts[s + 1]), together with the other threads of `barrier`.

        The learning rate falls linearly from rates[s] to rates[s + 1]. Returns (sum of losses, number
        of pairs) of all threads together.
        """
        num_slots, round_length = len(windows.kept), len(shared.losses)
        low = dim // LANES * thread // num_threads * LANES  # the columns of this thread
        high = dim // LANES * (thread + 1) // num_threads * LANES
        alone = num_threads == 1

        loss, num_pairs = 0.0, 0
        for span in range(len(starts) - 1):
            slot = span % num_slots
            if slot == 0:
                for own in range(thread, min(num_slots, len(starts) - 1 - span), num_threads):
                    first, kept = starts[span + own], windows.kept[own]
                    begin, end = subsample(
                        token_ids, line_offsets, first, starts[span + own + 1], window, keep, epoch_key,
                        kept, windows.left[own], windows.right[own],
                    )  # fmt: skip
                    draw(
                        kept, begin, end, targets.noise_accept, targets.noise_alias, window, shrink,
                        mix(epoch_key ^ mix(np.uint64(first))), windows.targets[own],
                        windows.left[own], windows.right[own],
                    )  # fmt: skip
                    windows.bounds[own, 0], windows.bounds[own, 1] = begin, end
                wait_for_all(barrier, num_threads)
            begin, end = windows.bounds[slot, 0], windows.bounds[slot, 1]
            kept, left, right = windows.kept[slot], windows.left[slot], windows.right[slot]
            drawn = windows.targets[slot]
            slope = (rates[span + 1] - rates[span]) / np.float32(max(1, end - begin))
            for first in range(begin, end, round_length):
                stop = min(first + round_length, end)

                share = (stop - first + num_threads - 1) // num_threads
                own, own_stop = first + thread * share, min(first + (thread + 1) * share, stop)
                for i in range(own, own_stop):
                    prefetch_window(
                        i + LOOKAHEAD, end if alone else own_stop, kept, drawn, targets, num_targets, window,
                        hierarchical, 0, dim, alone, inputs, outputs,
                    )  # fmt: skip
                    rate = rates[span] + slope * np.float32(i - begin)
                    find_window(
                        i, i - first, kept, left, right, drawn, targets, num_targets, dim, cbow, mean,
                        hierarchical, rate, inputs, outputs, shared, scratch,
                    )  # fmt: skip
                wait_for_all(barrier, num_threads)

                for i in range(first, stop):
                    if not alone:  # the other threads had read or changed these rows
                        prefetch_window(
                            i + LOOKAHEAD, stop, kept, drawn, targets, num_targets, window, hierarchical,
                            low, high, True, inputs, outputs,
                        )  # fmt: skip
                    num_pairs += change_window(
                        i, i - first, kept, left, right, drawn, targets, num_targets, low, high, cbow, mean,
                        hierarchical, inputs, outputs, shared, scratch,
                    )  # fmt: skip
                    loss += shared.losses[i - first]
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
    capacity = span + 4 * window + 1  # `words_around` reads a window's width beyond the last
    left, right = np.empty((2, num_spans, capacity), np.int32)
    return Windows(
        bounds=np.empty((num_spans, 2), np.int64),
        kept=np.zeros((num_spans, capacity), np.uint32),
        left=left,
        right=right,
        targets=np.empty((num_spans, capacity, num_targets), np.uint32),
    )


def empty_round(length: int, config: Word2VecConfig, targets: Targets, num_targets: int) -> Round:
    """Room for what the threads tell each other in rounds of `length` windows."""
    parts = max(1, int(np.diff(targets.path_offsets).max(initial=0)))
    return Round(
        steps=padded_zeros(length, parts * _num_rows(config) * num_targets + 2 * LANES),
        losses=np.zeros(length),
        hidden=padded_zeros(length, config.dim),
        hidden_changes=padded_zeros(length, config.dim),
        places=np.arange(length, dtype=np.uint32),
    )


def empty_scratch(config: Word2VecConfig, num_targets: int) -> Scratch:
    """Room for what one thread notes; the signs are those of a word and its noise words."""
    signs = padded_zeros(1, _num_rows(config) * num_targets + LANES)
    signs[:] = -1
    signs[:, ::num_targets] = 1
    return Scratch(context=np.zeros(2 * config.window, np.uint32), signs=signs)


def _num_rows(config: Word2VecConfig) -> int:
    """The most rows that a window can have."""
    return 1 if config.model == "cbow" else 2 * config.window
