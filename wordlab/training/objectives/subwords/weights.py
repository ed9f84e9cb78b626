"""The weights of subword training: own rows of words, if they have any, then one a bucket that occurs."""

from __future__ import annotations

import dataclasses

import numpy as np

from wordlab.compiled.members import Members
from wordlab.compiled.rows import padded_zeros
from wordlab.embeddings import WordVectors
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.errors import ConfigError
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.weights import Weights, randomise

_BLOCK = 1 << 16  # buckets copied at a time


def find_members(words: list[str], config: SubwordConfig, kept: np.ndarray) -> tuple[Members, np.ndarray]:
    """What each of `words` is the mean of, and the buckets of all n-grams and in `kept`, uint32, ascending.

    Row i of the inputs is the own vector of word i, row ``num_own + j`` that of the j-th of the buckets.
    """
    num_own = config.num_own(len(words))
    parts = list(hash_ngrams(words, **config.ngrams))
    hashed = np.concatenate([part.buckets for part in parts]).astype(np.uint32)
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    buckets = np.union1d(hashed, kept).astype(np.uint32)
    offsets = np.concatenate([[0], np.cumsum(counts + (num_own > 0))])
    ids = np.empty(offsets[-1], np.uint32)
    is_own = np.zeros(len(ids), bool)
    is_own[offsets[:-1]] = num_own > 0
    ids[is_own] = np.arange(num_own)
    ids[~is_own] = num_own + np.searchsorted(buckets, hashed)
    return Members(offsets, ids), buckets


def with_buckets(
    words: Weights, buckets: np.ndarray, config: SubwordConfig, start: WordVectors | None, num_runs: int
) -> Weights:
    """The weights of words, or none if they have no own, and rows for `buckets`: those of `start`, or random.

    Like new words, new buckets are drawn from a stream of their own for each of the `num_runs` before. One
    more row, of zeros, will stand for all other buckets.
    """
    num_own = config.num_own(len(words.inputs))
    inputs = padded_zeros(num_own + len(buckets) + 1, config.dim)
    inputs[:num_own] = words.inputs[:num_own]
    rows = inputs[num_own:-1, : config.dim]
    randomise(rows, np.random.PCG64([config.seed, num_runs, 1]))
    subwords = None if start is None else start.subwords
    if subwords is not None:
        known = np.isin(buckets, subwords.known)
        for first in range(0, len(buckets), _BLOCK):
            part = slice(first, first + _BLOCK)
            rows[part][known[part]] = subwords.rows_of(buckets[part][known[part]])
    return dataclasses.replace(words, inputs=inputs)


def check_start(start: WordVectors, config: SubwordConfig) -> None:
    """Raise ConfigError if the n-grams of `start` are others than those of `config`, or it has none."""
    if start.subwords is None:
        raise ConfigError("subwords: expected vectors with subwords to start from, found vectors without")
    facts = start.subwords
    if facts.pruned:
        raise ConfigError("subwords: expected vectors whose n-grams all count, found those of a pruned model")
    for name, found, expected in (
        ("min_ngram", config.min_ngram, facts.min_n),
        ("max_ngram", config.max_ngram, facts.max_n),
        ("hashes", config.hashes, facts.num_hashes),
        ("buckets", config.buckets, facts.num_buckets),
    ):
        if found != expected:
            raise ConfigError(
                f"{name}: expected {expected}, as the vectors to start from have, found {found}"
            )


def own_vectors(start: WordVectors) -> WordVectors:
    """`start` with the words' own vectors, if they have any, in the place of their means with the n-grams."""
    subwords = start.subwords
    if subwords is None or subwords.num_hashes:
        return start
    return WordVectors(
        start.vocabulary,
        subwords.own_vectors(start.vocabulary.words, start.matrix),
        outputs=start.outputs,
        position_weights=start.position_weights,
        subwords=subwords,
        tokenizer=start.tokenizer,
        details=start.details,
    )
