"""A period whose shards are trained in several places, each of which holds all rows.

A place trains some of the shards, on copies of all rows that these touch. The copies are what the other
places need of it; each then has the copies of all shards and merges them, as threads merge those that they
share (periods.py). A row that only one shard has touched becomes its copy, which is what training in place
makes of it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from wordlab.compiled.draws import reached
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.shards import copy_touched_rows, touch_nothing
from wordlab.training.objectives.word2vec.kernel import Variant, train_span
from wordlab.training.objectives.word2vec.periods import (
    Team,
    compose_words,
    decompose_words,
    draw_period,
    find_places,
    is_apart,
    span_of,
    touch_shards,
    unite,
)


@cached_njit(**SEPARATE)
def find_reach(text, starts, stops, keys, lows, highs):
    """Write which tokens the windows of each span reach in any of the epochs that `keys` stand for."""
    for i in range(len(starts)):
        lows[i], highs[i] = starts[i], stops[i]
        for key in keys:
            low, high, _, _, _ = reached(text, starts[i], stops[i], key)
            lows[i], highs[i] = min(lows[i], low), max(highs[i], high)


@cache
def compile_part(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool,
    composed: bool, positioned: bool, guided: bool,
) -> Any:  # fmt: skip
    """The `train_part` and `merge_parts` of a model; the constants are those of `periods.compile_training`.

    These decide in which order LLVM adds up: only with the same ones is the result the same to the bit.
    """

    variant = Variant(cbow, mean, hierarchical, composed, positioned, guided)

    @cached_njit(**SEPARATE)
    def train_part(place, text, starts, rates, epoch_key, targets, weights, words, windows, notes):
        """Train every `place.num_threads`-th of the spans [starts[s], starts[s + 1]), from its own on.

        Losses and pairs are left in `windows`.
        """
        num_shards = len(starts) - 1
        draw_period(0, 0, place.thread, place.num_threads, starts, text, epoch_key, targets, shrink, windows)
        if is_apart(weights.inputs) or composed:
            touch_shards(place, num_shards, 0, rates, variant, targets, weights, windows)
        if composed:
            for shard in range(num_shards):
                if shard % place.num_threads != place.thread:
                    touch_nothing(weights.inputs, shard)
            compose_words(Team(0, 1, place.barrier), num_shards, dim, weights.inputs, words)
        for shard in range(place.thread, num_shards, place.num_threads):
            span = span_of(shard, shard, windows, rates, weights.inputs)
            copy_touched_rows(weights.inputs, shard, dim)
            copy_touched_rows(weights.outputs, shard, dim)
            copy_touched_rows(weights.positions, shard, dim)
            find_places(span, variant, weights)
            windows.losses[shard, 0], windows.num_pairs[shard, 0] = train_span(
                span, variant, text.window, dim, num_targets, targets, weights, words.members, notes
            )

    @cached_njit(**SEPARATE)
    def merge_parts(barrier, num_shards, weights, words, notes):
        """Merge the copies of all shards, wherever they were trained."""
        alone = Team(0, 1, barrier)
        if composed and is_apart(weights.inputs):  # else they are composed, and were trained in place
            compose_words(alone, num_shards, dim, weights.inputs, words)
        unite(alone, num_shards, dim, weights, notes)
        if composed:
            decompose_words(alone, dim, weights.inputs, words)

    return train_part, merge_parts
