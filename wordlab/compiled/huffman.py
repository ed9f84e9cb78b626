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

from wordlab.compiled.jit import cached_njit


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
    parent, turn = _merge(counts) if ties == "gensim" else _merge_queues(counts)
    return HuffmanCodes(*_walks(parent, turn, len(counts)))


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


@cached_njit
def _sift_down(heap: np.ndarray, weights: np.ndarray, start: int, place: int) -> None:  # pragma: no cover
    """Let the entry at `place` rise above heavier ones, as far as `start` (heapq's _siftdown)."""
    node = heap[place]
    while place > start:
        above = (place - 1) >> 1
        if weights[node] >= weights[heap[above]]:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = node


@cached_njit
def _sift_up(heap: np.ndarray, weights: np.ndarray, size: int, place: int) -> None:  # pragma: no cover
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


@cached_njit
def _pop(heap: np.ndarray, weights: np.ndarray, size: int) -> int:  # pragma: no cover - compiled
    """Take the lightest of `size` nodes off the heap."""
    lightest = heap[0]
    heap[0] = heap[size - 1]
    if size > 1:
        _sift_up(heap, weights, size - 1, 0)
    return int(lightest)


@cached_njit
def _merge(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    """Merge the two lightest nodes until one is left: each node's parent and its side (1: right).

    Leaves are nodes 0 .. V - 1, the inner node made by merge i is V + i.
    """
    n = len(counts)
    weights = np.empty(2 * n - 1, np.int64)
    weights[:n] = counts
    parent = np.zeros(2 * n - 1, np.int32)
    turn = np.zeros(2 * n - 1, np.uint8)
    heap = np.arange(n).astype(np.int32)
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
    return parent, turn


@cached_njit
def _merge_queues(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    """As `_merge`, for descending counts: words wait in one queue, inner nodes in another."""
    n = len(counts)
    weights = np.empty(2 * n - 1, np.int64)
    weights[:n] = counts
    parent = np.zeros(2 * n - 1, np.int32)
    turn = np.zeros(2 * n - 1, np.uint8)
    word, inner = n - 1, n
    for node in range(n, 2 * n - 1):
        weights[node] = 0
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
    return parent, turn


@cached_njit
def _walks(
    parent: np.ndarray, turn: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    """The arrays of HuffmanCodes; each walk is filled from its leaf upwards."""
    root = 2 * n - 2
    depth = np.zeros(2 * n - 1, np.int64)
    for node in range(root - 1, -1, -1):  # parents come after their children
        depth[node] = depth[parent[node]] + 1
    offsets = np.zeros(n + 1, np.int64)
    offsets[1:] = np.cumsum(depth[:n])
    points = np.empty(offsets[n], np.int32)
    codes = np.empty(offsets[n], np.uint8)
    for word in range(n):
        node = word
        for step in range(offsets[word + 1] - 1, offsets[word] - 1, -1):
            codes[step] = turn[node]
            node = int(parent[node])
            points[step] = node - n
    return points, codes, offsets
