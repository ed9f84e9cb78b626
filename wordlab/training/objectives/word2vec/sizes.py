"""Sizes: how much text shards train between two merges, and how many rows that can touch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.training.ledger import SPAN
from wordlab.training.objectives.word2vec.config import MOST_USUAL_SHARDS, Word2VecConfig

_LONGEST_PERIOD = 32_768  # tokens of all shards together: longer ones cost more than 0.02 on WordSim-353
_SPANS = 1_024  # of an epoch, at least: a corpus so short that this matters is trained in no time
_SHORTEST = 64  # tokens
_TOKENS_PER_SHARD = 4_000_000


def span_length(num_tokens: int, num_shards: int, *, longest: int = SPAN) -> int:
    """Tokens that each of the shards trains between two merges, for a corpus of `num_tokens`.

    >>> span_length(17_000_000, num_shards=4), span_length(17_000_000, num_shards=32)
    (4096, 1024)
    """
    longest = max(_SHORTEST, min(longest, _LONGEST_PERIOD // num_shards))
    return int(np.clip(num_tokens // _SPANS, _SHORTEST, longest))


def usual_shards(num_tokens: int) -> int:
    """Shards for a corpus of `num_tokens`, where the config does not say."""
    return int(np.clip(num_tokens // _TOKENS_PER_SHARD, 1, MOST_USUAL_SHARDS))


def most_kept(span: int, config: Word2VecConfig) -> int:
    """Room for the tokens of a span, those that its windows reach, and a window's width beyond."""
    num_line_ends = span if config.line_end else 0  # at most
    return span + num_line_ends + 4 * config.window + 1


class Copies(NamedTuple):
    """Rows of each matrix that a shard can have copies of, at most."""

    inputs: int
    outputs: int
    positions: int


def most_copies(num_words: int, span: int, config: Word2VecConfig) -> Copies:
    """The Copies of each of the config's shards; none where all rows are changed in place."""
    if config.num_shards == 1:
        return Copies(0, 0, 0)
    kept, num_outputs = most_kept(span, config), config.num_outputs(num_words)
    drawn = num_outputs if config.hierarchical else 0 if config.compass else kept * config.num_targets
    positions = 2 * config.window if config.position_weights else 0
    return Copies(min(kept, num_words), min(drawn, num_outputs), positions)


def most_words(num_words: int, span: int, config: Word2VecConfig) -> int:
    """The most words of a period."""
    return min(num_words, config.num_shards * most_kept(span, config))


def spare_rows(num_words: int, num_tokens: int, config: Word2VecConfig) -> Copies:
    """Rows behind each matrix of the weights that are room for the copies of all shards.

    Words that are made of members are copied elsewhere.
    """
    copies = most_copies(num_words, span_length(num_tokens, config.num_shards), config)
    inputs = 0 if config.ngrams else copies.inputs
    return Copies(*(config.num_shards * number for number in copies._replace(inputs=inputs)))
