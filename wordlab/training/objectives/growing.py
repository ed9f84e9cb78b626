"""Words of a corpus joined with those of the vectors that training continues from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordlab.text import Vocabulary


class Joined(NamedTuple):
    """Rows of weights, first those of the corpus by its own ids, then the words that only the start has."""

    counts: np.ndarray
    """int64 (num_rows,): how often the word of each row occurs, all runs together."""
    vocabulary: Vocabulary
    """All words, in descending count."""
    rows: np.ndarray
    """int64 (num_rows,): the row of each word of `vocabulary`."""
    row_of_old: np.ndarray
    """int64 (len(old),): the row of each word of the start."""
    new: np.ndarray
    """int64: the rows of words that the start does not have."""


def join(words: Sequence[str], counts: np.ndarray, old: Vocabulary, *, counted: bool) -> Joined:
    """The words of a corpus with their counts, and the vocabulary `old` of vectors.

    Counts are added up, unless those of `old` include the corpus already (`counted`).
    """
    old_ids = np.array([old.get(word) if word in old else -1 for word in words], dtype=np.int64)
    known, new = np.flatnonzero(old_ids >= 0), np.flatnonzero(old_ids < 0)
    absent = np.setdiff1d(np.arange(len(old)), old_ids)  # words of the start that the corpus does not have
    row_of_old = np.empty(len(old), dtype=np.int64)
    row_of_old[old_ids[known]] = known
    row_of_old[absent] = len(words) + np.arange(len(absent))
    sums = np.zeros(len(words) + len(absent), dtype=np.int64)
    sums[row_of_old] = old.counts
    added = new if counted else np.arange(len(words))  # a subset lacks words that its run had counted
    sums[added] += counts[added]
    seen = np.concatenate([row_of_old, new])  # in the order in which the words were first seen
    vocabulary, rows = by_count((*words, *(old.words[id] for id in absent)), sums, seen)
    return Joined(sums, vocabulary, rows, row_of_old, new)


def by_count(words: Sequence[str], counts: np.ndarray, order: np.ndarray) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary of `words`, and the place in `words` of each of its own, int64 (num_words,).

    `order` says which of two words of one count comes first.
    """
    rows = order[np.argsort(-counts[order], kind="stable")]
    return Vocabulary([words[row] for row in rows], counts[rows]), rows


def in_order(matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of `matrix` (num_rows, ...) in another order; itself if it is so already."""
    if np.array_equal(rows, np.arange(len(rows))):  # always, without a start and line ends
        return matrix
    return np.asarray(matrix[rows])
