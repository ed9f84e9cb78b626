"""The sigmoid as word2vec.c, gensim and fastText look it up: in a table of a few hundred entries."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from wordlab.compiled.jit import cached_njit


class Sigmoid(NamedTuple):
    """A table of sigmoids of [-limit, limit); `sigmoid_table` makes it."""

    table: np.ndarray
    """float32 (size,)"""
    limit: float
    """The logit at which pairs are saturated."""
    factor: float
    """Entries for each unit of the logit."""


def sigmoid_table(size: int, limit: int) -> Sigmoid:
    """gensim's EXP_TABLE: 1,000 entries to 6 in its Word2Vec, 512 to 8 in its FastText.

    Only i / size, the exponentials and the result are rounded to float32: Cython writes whole numbers
    in float expressions as C doubles, so that everything between is computed in double.
    """
    shares = (np.arange(size, dtype=np.float32) / np.float32(size)).astype(np.float64)
    exact = [math.exp(logit) for logit in ((shares * 2 - 1) * limit).tolist()]  # the C library's
    exponentials = np.array(exact, dtype=np.float32).astype(np.float64)
    table = (exponentials / (exponentials + 1)).astype(np.float32)
    return Sigmoid(table, float(limit), float(size // limit // 2))  # in C's whole numbers


@cached_njit
def look_up(logit: np.float32, sigmoid: Sigmoid) -> Any:  # pragma: no cover - compiled
    """The sigmoid by the table; 0 and 1 from its ends on."""
    if -sigmoid.limit < logit < sigmoid.limit:  # a NaN must not become an index
        return sigmoid.table[int((np.float64(logit) + sigmoid.limit) * sigmoid.factor)]
    return np.float32(logit > 0)
