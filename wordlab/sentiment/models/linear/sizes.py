"""How many vectors of a linear classifier fit into a file of fastText of a given size."""

from __future__ import annotations

import numpy as np

from wordlab.sentiment.models.linear.codes import NUM_CENTROIDS
from wordlab.sentiment.models.linear.fasttext_file import PREFIX
from wordlab.sentiment.models.linear.model import LinearModel
from wordlab.sentiment.models.linear.quantising import by_length
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig

_HEAD = 64 + 28  # settings, and the numbers of the dictionary
_ENTRY = 1 + 8 + 1  # after a word: its end, its count and what it is
_PAIR = 8  # a bucket that is left, and its row
_MATRIX = 1 + 1 + 16 + 4 + 16  # flags, shape, number of codes, sizes of the quantiser
_OUTPUT = 1 + 16  # a flag and the shape


def fitting_cutoff(model: LinearModel, size: int) -> int | None:
    """The `cutoff` with which the `.ftz` of `model`, without norms, has at most `size` bytes.

    It is 0 if all vectors fit, and None if none does.
    """
    parts = -(-model.dim // QuantisingConfig.part)
    words = [len(word.encode()) + _ENTRY for word in model.features.vocabulary.words]
    costs = np.array([*words, *[_PAIR] * len(model.features.buckets)], np.int64) + parts
    left = size - _fixed(model)
    num_buckets = model.config.buckets if model.config.has_buckets else 0
    if sum(words) + parts * (len(words) + num_buckets) <= left:
        return 0
    number = int(np.searchsorted(np.cumsum(costs[by_length(model)]), left, side="right"))
    return min(number, len(costs) - 1) or None


def _fixed(model: LinearModel) -> int:
    """Bytes that do not depend on the number of vectors."""
    labels = sum(len((PREFIX + label).encode()) + _ENTRY for label in model.classes)
    numbers = NUM_CENTROIDS * model.dim + len(model.classes) * model.dim
    return _HEAD + labels + _MATRIX + _OUTPUT + 4 * numbers
