"""What the kernel predicts: noise words by Walker's alias method, or paths through the Huffman tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.training.objectives.word2vec.huffman import huffman_codes

PATH_GROUP = 6  # nodes of a path that the kernel treats at once: the best of 4 to 16 by measurement


def epoch_keys(seed: int, num_epochs: int) -> np.ndarray:
    """The key from which the kernel makes all draws of an epoch, uint64 (num_epochs,)."""
    return np.random.SeedSequence(seed).generate_state(num_epochs, np.uint64)


class Paths(NamedTuple):
    """Huffman paths cut into groups; word w has the groups ``offsets[w]`` to ``offsets[w + 1]``.

    `nodes` uint32 (num_groups, PATH_GROUP) are rows of the output vectors; `signs` float32 of the same
    shape hold +1 for code 0 and -1 for code 1, as in word2vec.c. The last group of a word is filled up
    with its first node and the sign -1, which the kernel skips like a noise word that hit.
    """

    nodes: np.ndarray
    signs: np.ndarray
    offsets: np.ndarray


def huffman_paths(counts: np.ndarray) -> Paths:
    """The paths of all words, for counts (V,) in the order of their ids.

    >>> paths = huffman_paths(np.array([3, 2, 1]))
    >>> paths.nodes[paths.offsets[1]].tolist(), paths.signs[paths.offsets[1]].tolist()
    ([1, 0, 1, 1, 1, 1], [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0])
    """
    points, codes, offsets = huffman_codes(counts)
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


def noise_tables(counts: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Alias tables (accept, alias) that draw word w in proportion to counts[w] ** exponent.

    Both have shape (V,), float32 and int32. Draw a slot uniformly; keep it with probability
    accept[slot], otherwise take alias[slot] (Walker 1977, built as Vose 1991 does). Unlike a table
    of samples it is exact and small, and every word with a positive count can be drawn. A word
    whose count is not known, 0, never is, whatever the exponent.

    >>> accept, alias = noise_tables(np.array([3, 1]), 1.0)
    >>> accept.tolist(), alias.tolist()
    ([1.0, 0.5], [0, 0])
    """
    # Scaled by the largest count first, so that no exponent overflows.
    shares = (counts / counts.max()).astype(np.float64)
    weights = np.power(shares, exponent, where=counts > 0, out=np.zeros(len(counts)))
    accept, alias = _alias_tables(weights * (len(weights) / weights.sum()))
    return accept, alias


@njit(cache=True)
def _alias_tables(load: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    n = len(load)
    accept = np.ones(n, np.float32)
    alias = np.arange(n).astype(np.int32)
    light = np.empty(n, np.int64)
    heavy = np.empty(n, np.int64)
    num_light = num_heavy = 0
    for word in range(n):
        if load[word] < 1:
            light[num_light] = word
            num_light += 1
        else:
            heavy[num_heavy] = word
            num_heavy += 1
    while num_light and num_heavy:
        num_light -= 1
        word, donor = light[num_light], heavy[num_heavy - 1]
        accept[word] = load[word]
        alias[word] = donor
        load[donor] -= 1 - load[word]
        if load[donor] < 1:
            num_heavy -= 1
            light[num_light] = donor
            num_light += 1
    return accept, alias  # what is left over differs from 1 by rounding only


class Targets(NamedTuple):
    """What the kernel needs to find a word's targets; what the loss has no use for is empty.

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


def path_targets(counts: np.ndarray, words: np.ndarray | None = None) -> Targets:
    """The Targets of hierarchical softmax, for counts (V,).

    Token id i stands for word ``words[i]`` if given, else for word i: so the tree can be that of a
    vocabulary in another order than the ids.
    """
    paths = huffman_paths(counts)
    if words is None:
        words = np.arange(len(counts))
    sizes = np.diff(paths.offsets)[words]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    groups = np.repeat(paths.offsets[words] - offsets[:-1], sizes) + np.arange(offsets[-1])
    no_accept, no_alias = np.empty(0, np.float32), np.empty(0, np.int32)
    return Targets(no_accept, no_alias, paths.nodes[groups], paths.signs[groups], offsets)
