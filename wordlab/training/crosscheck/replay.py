"""gensim's training run, replayed by our sequential path with gensim's draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.compiled.huffman import HuffmanCodes, huffman_codes
from wordlab.training.crosscheck import gensim_draws, noise, sequential
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas
from wordlab.training.crosscheck.sigmoid import Sigmoid, sigmoid_table
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.subwords.weights import find_members
from wordlab.training.objectives.word2vec.config import Word2VecConfig

_NOTHING = np.empty(0, np.uint32)
_NO_TREE = HuffmanCodes(np.empty(0, np.int32), np.empty(0, np.uint8), np.zeros(1, np.int64))


@dataclass(frozen=True, kw_only=True)
class SequentialConfig(Word2VecConfig):
    """A Word2VecConfig for the sequential path, which has one thread; both models begin at one rate."""

    learning_rate: float | None = Word2VecConfig.learning_rates["skipgram"]
    saturation: str = "skip"
    """What becomes of saturated pairs: `skip` (gensim) or `clip` (word2vec.c)."""

    def to_dict(self) -> dict[str, Any]:
        """The fields that have a meaning here, as plain values."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name not in _UNUSED}


@dataclass(frozen=True, kw_only=True)
class SequentialSubwordConfig(SequentialConfig, SubwordConfig):
    """A SequentialConfig with subwords, by which training follows gensim's FastText."""


_UNUSED = ("subsample_form", "line_end", "threads", "deterministic", "shards")


@dataclass(frozen=True)
class Replayed:
    """Matrices of `dim` columns in gensim's numbering, and which words and buckets their rows are.

    `order` (num_words,) are the corpus's ids, and `buckets` (num_buckets,) those that occur, of which
    `inputs` has rows below the words'. `outputs` are gensim's syn1neg, or under hierarchical softmax its
    syn1, whose rows are inner nodes.
    """

    order: np.ndarray
    buckets: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray


def replay(
    token_ids: np.ndarray,
    line_offsets: np.ndarray,
    config: SequentialConfig,
    *,
    words: Sequence[str] = (),
    blas: Blas = OWN_LOOPS,
    on_batch: Callable[[int], None] | None = None,
) -> Replayed:
    """Train on a text as gensim with one worker and min_count 1 trains on its lines.

    `token_ids` (num_tokens,) and `line_offsets` (num_lines + 1,) as in a Corpus, `words` those of the ids,
    which only subwords need. `on_batch` receives the number of tokens read after each batch. Lines beyond
    10,000 words are cut, as gensim does.
    """
    numbering = gensim_draws.renumber(token_ids)
    weights, buckets = _begin(numbering, config, words)
    subwords = isinstance(config, SubwordConfig)
    variant = sequential.variant_of(
        model=config.model,
        loss=config.loss,
        cbow_mean=config.cbow_mean,
        saturation=config.saturation,
        subwords=subwords,
    )
    tree = huffman_codes(numbering.counts) if variant.hierarchical else _NO_TREE
    cumulative = _NOTHING
    if not variant.hierarchical:
        cumulative = gensim_draws.noise_table(numbering.counts, config.ns_exponent)
    lookup = noise.noise_lookup(cumulative)
    sigmoid = sigmoid_of(config)
    for batch in _batches(numbering, line_offsets, config):
        draws = sequential.Draws(batch.reaches, config.negative, lookup)
        sequential.train_batch(
            batch.words, batch.line_offsets, batch.rate, variant, draws, tree, batch.state, sigmoid, weights,
            blas,
        )  # fmt: skip
        if on_batch is not None:
            on_batch(batch.num_tokens)
    return Replayed(numbering.order, buckets, weights.inputs, weights.outputs)


def sigmoid_of(config: SequentialConfig) -> Sigmoid:
    """The table that gensim reads: its FastText's with subwords, else its Word2Vec's."""
    return sigmoid_table(512, 8) if isinstance(config, SubwordConfig) else sigmoid_table(1_000, 6)


def _begin(
    numbering: gensim_draws.Numbering, config: SequentialConfig, words: Sequence[str]
) -> tuple[sequential.Weights, np.ndarray]:
    """gensim's weights before training, and the buckets that have rows in them."""
    num_words = len(numbering.order)
    inputs = gensim_draws.initial_vectors(num_words, config.dim, config.seed)
    outputs = np.zeros_like(inputs)
    if not isinstance(config, SubwordConfig):
        return sequential.Weights(inputs, outputs, sequential.whole_words(num_words)), _NOTHING
    members, buckets = find_members([words[id] for id in numbering.order.tolist()], config, _NOTHING)
    of_buckets = gensim_draws.initial_vectors(config.ngrams["num_buckets"], config.dim, config.seed + 1)[
        buckets
    ]
    return sequential.Weights(np.concatenate([inputs, of_buckets]), outputs, members), buckets


@dataclass(frozen=True)
class _Batch:
    """The words of one of gensim's jobs that are left, with all that was drawn for them."""

    words: np.ndarray
    line_offsets: np.ndarray
    reaches: np.ndarray
    rate: np.float32
    state: np.uint64
    num_tokens: int


def _batches(
    numbering: gensim_draws.Numbering, line_offsets: np.ndarray, config: SequentialConfig
) -> Iterator[_Batch]:
    """All batches of all epochs, with the draws in gensim's order: seed, dropped words, windows."""
    generator = np.random.RandomState(config.seed)  # gensim's own, and legacy on purpose
    thresholds = _NOTHING
    if config.subsample:
        thresholds = gensim_draws.keep_thresholds(numbering.counts, config.subsample)
    needs_seed = not config.hierarchical or config.subsample > 0
    num_lines = len(line_offsets) - 1
    for epoch in range(config.epochs):
        for first, stop in gensim_draws.batches(line_offsets):
            state = gensim_draws.batch_seed(generator) if needs_seed else np.uint64(0)
            words, bounds, state = gensim_draws.kept_words(
                numbering.token_ids, line_offsets[first : stop + 1], thresholds, state
            )
            yield _Batch(
                words=words,
                line_offsets=bounds,
                reaches=gensim_draws.window_reaches(
                    generator, len(words), config.window, shrink=config.shrink_windows
                ),
                rate=gensim_draws.learning_rate(
                    config.learning_rate_at(0),
                    config.min_learning_rate,
                    (epoch + first / num_lines) / config.epochs,
                ),
                state=np.uint64(state),
                num_tokens=int(line_offsets[stop] - line_offsets[first]),
            )
