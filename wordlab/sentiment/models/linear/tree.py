"""The Huffman tree of the classes, for hierarchical softmax, as fastText builds it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.huffman import huffman_codes


class Paths(NamedTuple):
    """The path of class c is ``points[offsets[c]:offsets[c + 1]]``, from the root; `labels` are the turns.

    `points` int32 are inner nodes, which are outputs; `labels` float32 are 0 or 1; `offsets` int64
    (num_classes + 1,).
    """

    points: np.ndarray
    labels: np.ndarray
    offsets: np.ndarray


def class_paths(counts: np.ndarray, by_count: np.ndarray) -> Paths:
    """The paths of classes with `counts` (num_classes,) texts; `by_count` are the classes in that order."""
    codes = huffman_codes(counts[by_count], "fasttext")
    ranks = np.argsort(by_count)  # of each class
    lengths = np.diff(codes.offsets)[ranks]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(offsets[-1]) + np.repeat(codes.offsets[ranks] - offsets[:-1], lengths)
    return Paths(codes.points[places], codes.codes[places].astype(np.float32), offsets)
