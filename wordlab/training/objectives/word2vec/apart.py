"""A period whose shards are trained in several places: by processes that share all rows, or by machines.

A place is a process. Those of one machine are a team: they share the rows and all that says which of them
shards touch, and do what threads do (periods.py), part by part; between two parts they meet. If there are
other machines, shards train on copies of all rows that they touch. The copies are what other machines need;
each then has the copies of all shards and merges them, as threads merge those that they share. A row that
only one shard has touched becomes its copy, which is what training in place makes of it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from wordlab.compiled.draws import reached
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.shards import copy_touched_rows, list_touched, touch_nothing
from wordlab.training.objectives.word2vec.kernel import Variant, train_span
from wordlab.training.objectives.word2vec.periods import (
    compose_part,
    decompose_part,
    draw_period,
    find_places,
    is_apart,
    separate,
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


class Parts(NamedTuple):
    """The compiled parts of a period, each of which is called by all of a team.

    They take a `place`, which of all places this is, or a `team`, which of the team, and no barrier.
    """

    draw: Any
    """Draw the windows of a place's shards, and note what they touch."""
    list_words: Any
    """List the words that the shards touch of which `here` is true; one place of the team does it for all."""
    compose: Any
    """Make a part of these words of their members."""
    train: Any
    """Train a place's shards, on copies of what they touch: of all of it, or of what others touch as well."""
    merge: Any
    """Merge a part of the copies."""
    decompose: Any
    """Add a part of what the words have changed by to their members."""


@cache
def compile_parts(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool,
    composed: bool, positioned: bool, guided: bool,
) -> Parts:  # fmt: skip
    """The Parts of a model; the constants are those of `periods.compile_training`.

    These decide in which order LLVM adds up: only with the same ones is the result the same to the bit.
    """

    variant = Variant(cbow, mean, hierarchical, composed, positioned, guided)

    @cached_njit(**SEPARATE)
    def draw(place, text, starts, rates, epoch_key, targets, weights, windows):
        draw_period(0, 0, place.thread, place.num_threads, starts, text, epoch_key, targets, shrink, windows)
        if is_apart(weights.inputs) or composed:
            touch_shards(place, len(starts) - 1, 0, rates, variant, targets, weights, windows)

    @cached_njit(**SEPARATE)
    def list_words(here, num_shards, weights, words):
        for shard in range(num_shards):
            if not here[shard]:
                touch_nothing(weights.inputs, shard)
        words.sizes[0] = list_touched(weights.inputs, num_shards, words.ids)

    @cached_njit(**SEPARATE)
    def compose_words(team, weights, words):
        compose_part(team, dim, weights.inputs, words)

    @cached_njit(**SEPARATE)
    def train(place, num_shards, all_touched, rates, window, targets, weights, words, windows, notes):
        for shard in range(place.thread, num_shards, place.num_threads):
            span = span_of(shard, shard, windows, rates, weights.inputs)
            if all_touched:
                copy_touched_rows(weights.inputs, shard, dim)
                copy_touched_rows(weights.outputs, shard, dim)
                copy_touched_rows(weights.positions, shard, dim)
                find_places(span, variant, weights)
            else:
                separate(span, num_shards, variant, dim, weights)
            windows.losses[shard, 0], windows.num_pairs[shard, 0] = train_span(
                span, variant, window, dim, num_targets, targets, weights, words.members, notes
            )

    @cached_njit(**SEPARATE)
    def merge(team, num_shards, weights, notes):
        unite(team, num_shards, dim, weights, notes)

    @cached_njit(**SEPARATE)
    def decompose_words(team, weights, words):
        decompose_part(team, dim, weights.inputs, words)

    return Parts(draw, list_words, compose_words, train, merge, decompose_words)
