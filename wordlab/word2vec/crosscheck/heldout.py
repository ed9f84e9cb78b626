"""The loss of word vectors on text that they were not trained on, the same for whoever trained them."""

from __future__ import annotations

import numpy as np

from wordlab.word2vec.config import Word2VecConfig
from wordlab.word2vec.huffman import HuffmanCodes, huffman_codes

_BLOCK = 4_096  # positions at a time


def heldout_loss(
    inputs: np.ndarray,
    outputs: np.ndarray,
    token_ids: np.ndarray,
    line_offsets: np.ndarray,
    counts: np.ndarray,
    config: Word2VecConfig,
    *,
    seed: int = 1,
) -> float:
    """The mean loss in nats of predicting each word of a text from its whole window.

    `inputs` (V, D) and `outputs` are the trained matrices, `counts` (V,) those of the training text.
    Nothing is left to chance but the noise words, which depend on the seed alone: windows are not
    shrunk and no word is dropped, whatever `config` says, so that two models see the same pairs.
    Skip-gram predicts the word from each neighbour, CBOW from their mean or sum. Computed in float64.
    """
    rng = np.random.default_rng(seed)
    noise = counts**config.ns_exponent / (counts**config.ns_exponent).sum()
    codes = huffman_codes(counts) if config.loss == "hierarchical" else None
    total, num_pairs = 0.0, 0
    for first in range(0, len(token_ids), _BLOCK):
        centres = np.arange(first, min(first + _BLOCK, len(token_ids)))
        context, present = _windows(token_ids, line_offsets, centres, config.window)
        rows = inputs[context].astype(np.float64) * present[..., None]  # (n, 2 * window, D)
        if config.model == "cbow":
            size = np.maximum(present.sum(axis=1), 1)[:, None] if config.cbow_mean else 1
            rows = (rows.sum(axis=1) / size)[:, None]  # (n, 1, D)
            present = np.atleast_2d(present.any(axis=1)).T
        if codes is None:
            drawn = rng.choice(len(counts), size=(len(centres), config.negative), p=noise)
            targets = np.concatenate([token_ids[centres, None], drawn], axis=1)  # (n, 1 + negative)
            signs = np.where(np.arange(targets.shape[1]) == 0, 1.0, -1.0) * np.ones(targets.shape)
            signs[:, 1:][drawn == token_ids[centres, None]] = 0
        else:
            targets, signs = _paths(codes, token_ids[centres])
        logits = np.einsum("njd,nkd->njk", rows, outputs[targets].astype(np.float64))
        losses = np.logaddexp(0, -signs[:, None] * logits) * (signs != 0)[:, None]
        total += float((losses.sum(axis=2) * present).sum())
        num_pairs += int(present.sum())
    return total / max(num_pairs, 1)


def _windows(
    token_ids: np.ndarray, line_offsets: np.ndarray, centres: np.ndarray, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """The ids around each centre, (n, 2 * window), and which of them are in its line."""
    reach = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])
    places = centres[:, None] + reach
    line = np.searchsorted(line_offsets, centres, side="right") - 1
    present = (places >= line_offsets[line, None]) & (places < line_offsets[line + 1, None])
    return token_ids[np.where(present, places, 0)], present


def _paths(codes: HuffmanCodes, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nodes of each word's Huffman path and their signs, (n, longest); the padding has sign 0."""
    lengths = codes.offsets[words + 1] - codes.offsets[words]
    depth = np.arange(lengths.max())
    there = depth < lengths[:, None]
    places = np.where(there, codes.offsets[words][:, None] + depth, 0)
    return codes.points[places], np.where(there, 1.0 - 2.0 * codes.codes[places], 0.0)
