"""The compiled training of paragraph vectors: vectors of texts that predict the n-grams in them.

PV-DBOW (Le and Mikolov 2014, section 2.3) over n-grams, by negative sampling. With a text's vector x, the
vector t of an n-gram, and s = +1 for an n-gram of the text and -1 for noise, the loss is
-log sigmoid(s x . t), and a step of size eta

    g = eta r s sigmoid(-s x . t)        x += sum of g t        t += g x

r weighs an n-gram (Li et al. 2016). The n-grams of a text come in blocks, in a random order, and
each block shares its noise, which weighs as much as `negative` words for each n-gram (decision 1).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.barrier import wait_for_all
from wordlab.compiled.draws import GOLDEN, below, mix, noise_word
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.kernels import ZERO, logistic_gradients, prefetch_row
from wordlab.compiled.lanes import LANES, load, splat, stack_blocks, store, totals
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import (
    copy_common_rows,
    merge,
    place_of,
    touch,
    touch_nothing,
)

POSITIVES = 16
"""N-grams of a text in a block: a whole block of lanes."""
TARGETS = 2 * POSITIVES
"""Rows of a block: as much noise as n-grams."""
_LOOKAHEAD = 2  # blocks between asking for rows and using them


class Grams(NamedTuple):
    """The n-grams of the texts, and the noise."""

    ids: np.ndarray
    """uint32 (num_occurrences,): those of text i from ``offsets[i]`` to ``offsets[i + 1]``."""
    offsets: np.ndarray
    """int64 (num_texts + 1,)."""
    keys: np.ndarray
    """uint64 (num_texts,): what a text's draws depend on, beside the epoch."""
    weights: np.ndarray
    """float32 (num_grams,): how much each n-gram counts."""
    accept: np.ndarray
    """The tables of the noise (Walker's alias method), float32 (num_grams,)"""
    alias: np.ndarray
    """and int32."""


class Blocks(NamedTuple):
    """The blocks of a period, drawn before it is trained: a row for each shard."""

    targets: np.ndarray
    """uint32 (num_shards, capacity, TARGETS): n-grams and noise; then their rows."""
    weights: np.ndarray
    """float32 (num_shards, capacity, TARGETS)."""
    texts: np.ndarray
    """int64 (num_shards, capacity): the text of each block,"""
    sizes: np.ndarray
    """and, int64, how many of its n-grams are the text's; the others fill up the block."""
    counts: np.ndarray
    """int64 (num_shards, 16): the number of blocks of each shard, and at 8, of n-grams."""
    losses: np.ndarray
    """float64 (num_shards, 8): the sum of a shard's losses."""


class Notes(NamedTuple):
    """What a thread notes for itself."""

    drawn: np.ndarray
    """uint32 (longest text,): the n-grams of a text, shuffled."""
    for_text: np.ndarray
    """float32 (1, 2 * LANES): the signs s of n-grams,"""
    for_noise: np.ndarray
    """and those of noise."""
    steps: np.ndarray
    """float32 (1, TARGETS + LANES): the steps of a block."""
    text: np.ndarray
    """float32 (1, dim): the vector of the text being trained."""
    places: np.ndarray
    """int64 (num_shards,): where the copies of a row are."""


class Team(NamedTuple):
    """The threads that train together, as one of them sees it."""

    thread: int
    num_threads: int
    barrier: np.ndarray


def empty_blocks(num_shards: int, capacity: int) -> Blocks:
    """Room for `capacity` blocks of each shard."""
    return Blocks(
        targets=np.zeros((num_shards, capacity, TARGETS), np.uint32),
        weights=np.zeros((num_shards, capacity, TARGETS), np.float32),
        texts=np.zeros((num_shards, capacity), np.int64),
        sizes=np.zeros((num_shards, capacity), np.int64),
        counts=np.zeros((num_shards, 16), np.int64),
        losses=np.zeros((num_shards, 8)),
    )


def empty_notes(longest: int, dim: int, num_shards: int) -> Notes:
    """Room for texts of at most `longest` n-grams."""
    signs = np.ones((1, LANES), np.float32)
    return Notes(
        np.zeros(longest, np.uint32), signs, -signs, padded_zeros(1, TARGETS + LANES), padded_zeros(1, dim),
        np.zeros(num_shards, np.int64),
    )  # fmt: skip


@njit(inline="always")
def draw_text(text, grams, epoch_key, drawn):
    """Write the n-grams of a text into `drawn`, shuffled.

    Returns their number, and the state for further draws.
    """
    state = mix(epoch_key ^ mix(grams.keys[text]))
    first, size = grams.offsets[text], grams.offsets[text + 1] - grams.offsets[text]
    for i in range(size):
        drawn[i] = grams.ids[first + i]
    for i in range(size - 1, 0, -1):  # Fisher and Yates
        state += GOLDEN
        j = below(mix(state), i + 1)
        drawn[i], drawn[j] = drawn[j], drawn[i]
    return size, state


@cached_njit(**SEPARATE)
def draw_blocks(shard, order, first, stop, grams, epoch_key, negative, blocks, drawn):
    """Draw the blocks of the texts ``order[first:stop]``: their n-grams, with noise for each block."""
    block, num_grams = 0, 0
    for position in range(first, stop):
        text = order[position]
        size, state = draw_text(text, grams, epoch_key, drawn)
        num_grams += size
        for low in range(0, size, POSITIVES):
            targets, weights = blocks.targets[shard, block], blocks.weights[shard, block]
            count = min(POSITIVES, size - low)
            sum_of_weights = ZERO
            for k in range(POSITIVES):
                targets[k] = drawn[low + k if k < count else low]
                weights[k] = grams.weights[targets[k]] if k < count else ZERO
                sum_of_weights += weights[k]
            of_noise = negative * sum_of_weights / np.float32(TARGETS - POSITIVES)
            for k in range(POSITIVES, TARGETS):
                state += GOLDEN
                targets[k] = noise_word(mix(state), grams.accept, grams.alias)
                weights[k] = of_noise
            blocks.texts[shard, block], blocks.sizes[shard, block] = text, count
            block += 1
    blocks.counts[shard, 0], blocks.counts[shard, 8] = block, num_grams


@cached_njit(**SEPARATE)
def touch_rows(shard, blocks, rows):
    """Note the rows that training on a shard's blocks touches."""
    touch_nothing(rows, shard)
    for block in range(blocks.counts[shard, 0]):
        for k in range(TARGETS):
            touch(rows, shard, blocks.targets[shard, block, k])


@cached_njit(**SEPARATE)
def separate(shard, num_shards, dim, blocks, rows):
    """Copy what others change, too, and replace n-grams by the rows where the shard finds their vectors."""
    copy_common_rows(rows, shard, num_shards, dim)
    for block in range(blocks.counts[shard, 0]):
        for k in range(TARGETS):
            blocks.targets[shard, block, k] = place_of(rows, shard, blocks.targets[shard, block, k])


@njit(inline="always")
def find_steps(text, matrix, targets, size, rate, dim, notes):
    """The steps g of a block, but for its weights, into `notes.steps`.

    Returns the sums of the losses of its n-grams and of its noise. The first `size` n-grams are the text's;
    those that fill it up have no loss and no step.
    """
    losses = 0.0, 0.0
    for first in range(0, TARGETS, LANES):
        products = stack_blocks(LANES)
        for k in range(LANES):
            store(products, k, 0, splat(ZERO))
        for d in range(0, dim, LANES):
            x = load(text, 0, d)
            for k in range(LANES):
                store(products, k, 0, load(products, k, 0) + x * load(matrix, targets[first + k], d))
        store(notes.steps, 0, first, totals(products, 0))
        if first < POSITIVES:
            for k in range(size, POSITIVES):
                notes.steps[0, k] = np.inf
            losses = logistic_gradients(notes.steps, first, notes.for_text, LANES, rate), 0.0
        else:
            losses = losses[0], logistic_gradients(notes.steps, first, notes.for_noise, LANES, rate)
    return losses


@cache
def compile_training(dim: int) -> Any:
    """The `train_blocks` for rows of `dim` floats (a multiple of LANES), a constant of the compiled code."""

    @cached_njit(**SEPARATE)
    def train_blocks(shard, blocks, texts, matrix, rate, negative, notes):
        """Train on the blocks of a shard, one after the other; the sum of losses is left in `blocks`."""
        num_blocks, loss, text, hidden = blocks.counts[shard, 0], 0.0, -1, notes.text
        weights, sizes = blocks.weights[shard], blocks.sizes[shard]
        for block in range(num_blocks):
            if block + _LOOKAHEAD < num_blocks:
                for k in range(TARGETS):
                    prefetch_row(matrix, blocks.targets[shard, block + _LOOKAHEAD, k], dim, True)
            if blocks.texts[shard, block] != text:
                text = blocks.texts[shard, block]
                for d in range(0, dim, LANES):
                    store(hidden, 0, d, load(texts, text, d))
            targets = blocks.targets[shard, block]
            of_text, of_noise = find_steps(hidden, matrix, targets, sizes[block], rate, dim, notes)
            loss += of_text + of_noise * negative * sizes[block] / (TARGETS - POSITIVES)
            for k in range(0, TARGETS, LANES):
                store(notes.steps, 0, k, load(notes.steps, 0, k) * load(weights, block, k))
            for d in range(0, dim, LANES):
                x = load(hidden, 0, d)
                changed = x
                for k in range(TARGETS):
                    t, step = load(matrix, targets[k], d), splat(notes.steps[0, k])
                    changed = changed + step * t
                    store(matrix, targets[k], d, t + step * x)
                store(hidden, 0, d, changed)
            if block + 1 == num_blocks or blocks.texts[shard, block + 1] != text:
                for d in range(0, dim, LANES):
                    store(texts, text, d, load(hidden, 0, d))
        blocks.losses[shard, 0] = loss

    return train_blocks


@cache
def compile_spans(dim: int) -> Any:
    """The `train_spans` for rows of `dim` floats (a multiple of LANES)."""
    train_blocks = compile_training(dim)

    @cached_njit(**SEPARATE)
    def train_spans(team, order, starts, rates, grams, epoch_key, negative, texts, rows, blocks, notes):
        """Train on the spans ``order[starts[s]:starts[s + 1]]`` with the other threads of `team`.

        Each period trains a span for each shard, at the rate ``rates[s]`` of its first. Returns the sum of
        the losses and the number of n-grams.
        """
        most, loss, num_grams = len(blocks.counts), 0.0, 0
        for s in range(0, len(starts) - 1, most):
            num_shards = min(most, len(starts) - 1 - s)
            for shard in range(team.thread, num_shards, team.num_threads):
                draw_blocks(
                    shard, order, starts[s + shard], starts[s + shard + 1], grams, epoch_key, negative,
                    blocks, notes.drawn,
                )  # fmt: skip
                if most > 1:
                    touch_rows(shard, blocks, rows)
            wait_for_all(team.barrier, team.num_threads)
            for shard in range(team.thread, num_shards, team.num_threads):
                if most > 1:
                    separate(shard, num_shards, dim, blocks, rows)
                train_blocks(shard, blocks, texts, rows.matrix, rates[s], negative, notes)
            wait_for_all(team.barrier, team.num_threads)
            for shard in range(num_shards):
                loss += blocks.losses[shard, 0]
                num_grams += blocks.counts[shard, 8]
            if most > 1:
                merge(rows, num_shards, team.thread, team.num_threads, dim, notes.places)
            wait_for_all(team.barrier, team.num_threads)  # before the notes of this period are overwritten
        return loss, num_grams

    return train_spans


@cached_njit(**SEPARATE)
def average(grams, offsets, first, stop, weights, matrix, means):
    """means[text] = the weighted mean of the rows of its n-grams, for the texts from `first` to `stop`."""
    for text in range(first, stop):
        total_weight = 0.0
        for i in range(offsets[text], offsets[text + 1]):
            gram, weight = grams[i], weights[grams[i]]
            total_weight += weight
            for d in range(matrix.shape[1]):
                means[text, d] += weight * matrix[gram, d]
        if total_weight > 0:
            for d in range(matrix.shape[1]):
                means[text, d] = np.float32(means[text, d] / total_weight)
