"""Huffman codes for hierarchical softmax, equal to gensim's down to the order of equal counts.

A word is predicted by walking from the root of a binary tree to its leaf; each inner node on the way
is a target with an output vector of its own, and its label says whether the walk turns left (Morin &
Bengio 2005; Mikolov et al. 2013b, section 2.1). Frequent words have short walks.

Which of two equal counts is merged first is decided by the shape of the heap. So that trees are
equal to gensim's, `_sift_up` and `_sift_down` move entries exactly as Python's heapq does. fastText has
two queues instead, of words and of inner nodes, and an inner node goes first.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from wordlab.compiled.jit import PLAIN, cached_njit
from wordlab.compiled.parts import called


class HuffmanCodes(NamedTuple):
    """The walk of word w is ``points[offsets[w]:offsets[w + 1]]``, with the turns in `codes`.

    `points` int32 (total,) are inner nodes, 0 .. V - 2, from the root (V - 2) downwards; `codes`
    uint8 (total,) hold 0 for the left, less frequent, child and 1 for the right one; `offsets` is
    int64 (V + 1,).
    """

    points: np.ndarray
    codes: np.ndarray
    offsets: np.ndarray


def huffman_codes(counts: np.ndarray, ties: Literal["gensim", "fasttext"] = "gensim") -> HuffmanCodes:
    """The walks from the root to each word, for counts (V,) of the words.

    Equal counts give the codes and points that gensim, or fastText, gives to a vocabulary in the same order;
    for fastText's the counts must descend.

    >>> huffman_codes(np.array([3, 2, 1]))
    HuffmanCodes(points=array([1, 1, 0, 1, 0], dtype=int32), codes=array([0, 1, 1, 1, 0], dtype=uint8), \
offsets=array([0, 1, 3, 5]))
    """
    counts = np.asarray(counts, dtype=np.int64)
    if counts.ndim != 1 or not len(counts):
        raise ValueError(f"counts: expected one number a word, found shape {counts.shape}")
    n = len(counts)
    weights = np.concatenate([counts, np.zeros(n - 1, np.int64)])
    parent, turn, depths = (np.zeros(2 * n - 1, dtype) for dtype in (np.int32, np.uint8, np.int64))
    if ties == "gensim":
        _merge(weights, np.arange(n, dtype=np.int32), parent, turn)
    else:
        _merge_queues(weights, n, parent, turn)
    _find_depths(parent, depths)
    offsets = np.concatenate([[0], np.cumsum(depths[:n])])
    points, codes = np.empty(offsets[n], np.int32), np.empty(offsets[n], np.uint8)
    _fill_walks(parent, turn, offsets, points, codes)
    return HuffmanCodes(points, codes, offsets)


def padded_paths(codes: HuffmanCodes, words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The walks to `words` (n,) as arrays (n, longest walk of all words): points, mask and labels.

    `points` int64 are padded with the root, where `mask` is False; `labels` float32 are 1 - code, and 0 for
    padding.
    """
    starts = codes.offsets[words][:, None]  # (n, 1)
    lengths = codes.offsets[words + 1][:, None] - starts  # (n, 1)
    steps = np.arange(np.diff(codes.offsets).max())
    mask = steps < lengths
    places = np.where(mask, starts + steps, starts)
    labels = np.where(mask, 1 - codes.codes[places].astype(np.float32), np.float32(0))
    return codes.points[places].astype(np.int64), mask, labels


@called
def _sift_down(heap, weights, start, place):
    """Let the entry at `place` rise above heavier ones, as far as `start` (heapq's _siftdown)."""
    node = heap[place]
    while place > start:
        above = (place - 1) >> 1
        if weights[node] >= weights[heap[above]]:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = node


@called
def _sift_up(heap, weights, size, place):
    """Move lighter children up to make room at a leaf, then let the entry rise (heapq's _siftup)."""
    start, node = place, heap[place]
    below = 2 * place + 1
    while below < size:
        if below + 1 < size and weights[heap[below]] >= weights[heap[below + 1]]:
            below += 1
        heap[place] = heap[below]
        place = below
        below = 2 * place + 1
    heap[place] = node
    _sift_down(heap, weights, start, place)


@called
def _pop(heap, weights, size):
    """Take the lightest of `size` nodes off the heap."""
    lightest = heap[0]
    heap[0] = heap[size - 1]
    if size > 1:
        _sift_up(heap, weights, size - 1, 0)
    return lightest


@cached_njit(**PLAIN)
def _merge(weights, heap, parent, turn):
    """Merge the two lightest nodes until one is left: each node's parent and its side (1: right).

    Leaves are nodes 0 .. V - 1, those of `heap`; the inner node made by merge i is V + i. `weights`
    (2 V - 1,) begin with the leaves'.
    """
    n = len(heap)
    for place in range(n // 2 - 1, -1, -1):
        _sift_up(heap, weights, n, place)
    size = n
    for node in range(n, 2 * n - 1):
        left = _pop(heap, weights, size)
        right = _pop(heap, weights, size - 1)
        parent[left] = parent[right] = node
        turn[right] = 1
        weights[node] = weights[left] + weights[right]
        size -= 1
        heap[size - 1] = node
        _sift_down(heap, weights, 0, size - 1)


@cached_njit(**PLAIN)
def _merge_queues(weights, n, parent, turn):
    """As `_merge`, for descending counts: words wait in one queue, inner nodes in another."""
    word, inner = n - 1, n
    for node in range(n, 2 * n - 1):
        for side in range(2):
            if word >= 0 and (inner == node or weights[word] < weights[inner]):
                child = word
                word -= 1
            else:
                child = inner
                inner += 1
            parent[child] = node
            turn[child] = side
            weights[node] += weights[child]


@cached_njit(**PLAIN)
def _find_depths(parent, depths):
    """How many nodes are above each; parents come after their children."""
    for node in range(len(parent) - 2, -1, -1):
        depths[node] = depths[parent[node]] + 1


@cached_njit(**PLAIN)
def _fill_walks(parent, turn, offsets, points, codes):
    """The walk to each word, filled from its leaf upwards."""
    n = len(offsets) - 1
    for word in range(n):
        node = word
        for step in range(offsets[word + 1] - 1, offsets[word] - 1, -1):
            codes[step] = turn[node]
            node = parent[node]
            points[step] = node - n
