"""How well vectors predict a text: its loss, or the log-probability of its sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordlab.compiled.huffman import huffman_codes, padded_paths
from wordlab.embeddings import WordVectors
from wordlab.embeddings.ngrams import num_terms
from wordlab.errors import ConfigError
from wordlab.training.objectives import config_of, recorded_config
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.windows import context_words

_BLOCK = 4_096  # positions at a time


def score_sentences(vectors: WordVectors, sentences: Sequence[Sequence[str]]) -> np.ndarray:
    """The log-probability of each sentence, float64 (num_sentences,), in nats.

    The sum over all words of log p(word | context): for skip-gram over each neighbour in the window
    by itself, for CBOW once for the whole window (Taddy 2015, "Document Classification by Inversion
    of Distributed Language Representations"). Needs hierarchical softmax, which alone is a
    distribution over all words. Words that are not in the vocabulary are skipped. gensim's
    `Word2Vec.score` is the same, but for pairs with a logit beyond 6, which it leaves out.

    Raises ConfigError if the vectors were not trained with hierarchical softmax, have no outputs, or have
    position weights.
    """
    config = config_of(recorded_config(vectors), "the vectors: config")
    if not isinstance(config, Word2VecConfig):
        raise ConfigError(f"model: expected skipgram or cbow to score by, found {config.objective}")
    if config.position_weights:
        raise ConfigError("position_weights: expected vectors without to score by, found them")
    if not config.hierarchical or vectors.outputs is None:
        raise ConfigError(f"loss: expected vectors of hierarchical softmax to score by, found {config.loss}")
    found = [[vectors.vocabulary.get(word) for word in words] for words in sentences]
    known = [[id for id in ids if id is not None] for ids in found]
    lengths = np.array([len(ids) for ids in known], dtype=np.int64)
    token_ids = np.array([id for ids in known for id in ids], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    losses, _ = _window_losses(
        vectors.matrix, vectors.outputs, token_ids, offsets, vectors.vocabulary.counts, config,
        sizes=word_sizes(vectors.vocabulary.words, config), seed=1,
    )  # fmt: skip
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    return np.asarray(sums[offsets[:-1]] - sums[offsets[1:]])


def word_sizes(words: Sequence[str], config: Word2VecConfig) -> np.ndarray | None:
    """How many rows each word is the mean of, int64 (num_words,), its own included; None without subwords."""
    return None if config.ngrams is None else num_terms(words, **config.ngrams)


def heldout_loss(
    inputs: np.ndarray,
    outputs: np.ndarray,
    token_ids: np.ndarray,
    line_offsets: np.ndarray,
    counts: np.ndarray,
    config: Word2VecConfig,
    *,
    sizes: np.ndarray | None = None,
    seed: int = 1,
) -> float:
    """The mean loss in nats of predicting each word of a text from its whole window.

    `inputs` (V, D) and `outputs` are the trained matrices, `counts` (V,) those of the training text.
    Nothing is left to chance but the noise words, which depend on the seed alone: windows are not
    shrunk and no word is dropped, whatever `config` says, so that two models see the same pairs.
    Skip-gram predicts the word from each neighbour, CBOW from their mean or sum; with `sizes` (V,), the
    number of rows that each word is the mean of, from that of all their rows. Computed in float64.
    """
    losses, num_pairs = _window_losses(
        inputs, outputs, token_ids, line_offsets, counts, config, sizes=sizes, seed=seed
    )
    return float(losses.sum() / max(1, num_pairs.sum()))


def _window_losses(
    inputs: np.ndarray,
    outputs: np.ndarray,
    token_ids: np.ndarray,
    line_offsets: np.ndarray,
    counts: np.ndarray,
    config: Word2VecConfig,
    *,
    sizes: np.ndarray | None = None,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """For each position the sum of its pairs' losses, float64 (num_tokens,), and their number."""
    rng = np.random.default_rng(seed)
    weights = np.ones(1) if config.hierarchical else counts**config.ns_exponent
    noise = weights / weights.sum()
    codes = huffman_codes(counts, config.ties) if config.hierarchical else None
    if sizes is None:
        sizes = np.ones(len(inputs))
    losses, num_pairs = np.zeros(len(token_ids)), np.zeros(len(token_ids), dtype=np.int64)
    for first in range(0, len(token_ids), _BLOCK):
        centres = np.arange(first, min(first + _BLOCK, len(token_ids)))
        line = np.searchsorted(line_offsets, centres, side="right") - 1
        context, present = context_words(
            token_ids, centres, line_offsets[line], line_offsets[line + 1], config.window
        )
        weights = present * sizes[context] if config.cbow else present
        rows = inputs[context].astype(np.float64) * weights[..., None]  # (n, 2 * window, D)
        if config.cbow:
            size = np.maximum(weights.sum(axis=1), 1)[:, None] if config.cbow_mean else 1
            rows = (rows.sum(axis=1) / size)[:, None]  # (n, 1, D)
            present = np.atleast_2d(present.any(axis=1)).T
        if codes is None:
            drawn = rng.choice(len(counts), size=(len(centres), config.negative), p=noise)
            targets = np.concatenate([token_ids[centres, None], drawn], axis=1)  # (n, 1 + negative)
            signs = np.where(np.arange(targets.shape[1]) == 0, 1.0, -1.0) * np.ones(targets.shape)
            signs[:, 1:][drawn == token_ids[centres, None]] = 0
        else:
            targets, mask, labels = padded_paths(codes, token_ids[centres])
            longest = mask.sum(axis=1).max()
            targets, signs = targets[:, :longest], ((2.0 * labels - 1) * mask)[:, :longest]
        logits = np.einsum("njd,nkd->njk", rows, outputs[targets].astype(np.float64))
        each = np.logaddexp(0, -signs[:, None] * logits) * (signs != 0)[:, None]
        losses[centres] = (each.sum(axis=2) * present).sum(axis=1)
        num_pairs[centres] = present.sum(axis=1)
    return losses, num_pairs
