"""What the kernel predicts: the centre word among noise words, or the path to it in the Huffman tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.noise import noise_tables
from wordlab.training.objectives.word2vec.config import PATH_GROUP, Ties, Word2VecConfig
from wordlab.training.objectives.word2vec.weights import Weights


class Paths(NamedTuple):
    """Huffman paths cut into groups; word w has the groups ``offsets[w]`` to ``offsets[w + 1]``.

    `nodes` uint32 (num_groups, PATH_GROUP) are rows of the output vectors; `signs` float32 of the same
    shape hold +1 for code 0 and -1 for code 1, as in word2vec.c. The last group of a word is padded with
    its first node and the sign -1, which the kernel skips like a noise word equal to the centre.
    """

    nodes: np.ndarray
    signs: np.ndarray
    offsets: np.ndarray


def huffman_paths(counts: np.ndarray, ties: Ties = "gensim") -> Paths:
    """The paths of all words, for counts (V,) in the order of their ids.

    >>> paths = huffman_paths(np.array([3, 2, 1]))
    >>> paths.nodes[paths.offsets[1]].tolist(), paths.signs[paths.offsets[1]].tolist()
    ([1, 0, 1, 1, 1, 1], [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0])
    """
    points, codes, offsets = huffman_codes(counts, ties)
    lengths = np.diff(offsets)
    group_offsets = np.concatenate([[0], np.cumsum(-(-lengths // PATH_GROUP))])
    depth = np.arange(len(points)) - np.repeat(offsets[:-1], lengths)
    group, place = np.repeat(group_offsets[:-1], lengths) + depth // PATH_GROUP, depth % PATH_GROUP
    nodes = np.empty((group_offsets[-1], PATH_GROUP), np.uint32)
    nodes[group[place == 0]] = points[place == 0, None]
    nodes[group, place] = points
    signs = np.full(nodes.shape, -1, np.float32)
    signs[group, place] = 1 - 2 * codes.astype(np.float32)
    return Paths(nodes, signs, group_offsets)


class Targets(NamedTuple):
    """What the kernel needs to find a word's targets; arrays that the loss does not use are empty.

    `noise_accept` and `noise_alias` are those of `noise_tables`, the rest those of `huffman_paths`.
    """

    noise_accept: np.ndarray
    noise_alias: np.ndarray
    path_nodes: np.ndarray
    path_signs: np.ndarray
    path_offsets: np.ndarray


def noise_targets(counts: np.ndarray, exponent: float) -> Targets:
    """The Targets of negative sampling."""
    no_nodes, no_signs = np.empty((0, PATH_GROUP), np.uint32), np.empty((0, PATH_GROUP), np.float32)
    return Targets(*noise_tables(counts, exponent), no_nodes, no_signs, np.zeros(1, np.int64))


def path_targets(counts: np.ndarray, words: np.ndarray | None = None, ties: Ties = "gensim") -> Targets:
    """The Targets of hierarchical softmax, for counts (V,).

    Token id i stands for word ``words[i]`` if given, else for word i: so the tree can be that of a
    vocabulary in another order than the ids.
    """
    paths = huffman_paths(counts, ties)
    if words is None:
        words = np.arange(len(counts))
    sizes = np.diff(paths.offsets)[words]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    groups = np.repeat(paths.offsets[words] - offsets[:-1], sizes) + np.arange(offsets[-1])
    no_accept, no_alias = np.empty(0, np.float32), np.empty(0, np.int32)
    return Targets(no_accept, no_alias, paths.nodes[groups], paths.signs[groups], offsets)


def find_targets(weights: Weights, config: Word2VecConfig) -> Targets:
    """The Targets of the rows of `weights`."""
    if config.hierarchical:
        return path_targets(weights.vocabulary.counts, weights.word_ids, config.ties)
    return noise_targets(weights.counts, config.ns_exponent)
