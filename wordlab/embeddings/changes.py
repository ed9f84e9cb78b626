"""Words that have other neighbours in another set of vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.embeddings.neighbours import neighbours_in_each, num_shared
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import CorpusError
from wordlab.progress import OnProgress


class Changes(NamedTuple):
    """The words that two sets have in common, and for each the share of neighbours that stayed.

    `words` are the most changed first; equal shares are in the order of the first set. `overlaps` is float32
    (n,), from 0 to 1.
    """

    words: list[str]
    overlaps: np.ndarray

    @property
    def mean_overlap(self) -> float:
        """The mean over all words."""
        return float(self.overlaps.mean(dtype=np.float64))


def changed_words(
    vectors: WordVectors,
    other: WordVectors,
    *,
    k: int = 10,
    num_words: int = 20_000,
    on_progress: OnProgress | None = None,
) -> Changes:
    """How many of each word's `k` nearest words in `vectors` are so in `other` as well.

    Only the `num_words` most frequent words of `vectors` that both sets have are looked at, also as
    neighbours. So sets of different vocabularies and dimensions can be compared, and none needs turning. The
    overlap of neighbours as a measure of change is that of Gonen et al. (2020), "Simple, Interpretable and
    Stable Method for Detecting Words with Usage Change across Corpora". CorpusError for fewer than two words
    in common.
    """
    there = other.vocabulary.find(vectors.vocabulary.words)  # the id of each word in `other`, or -1
    here = np.flatnonzero(there >= 0)[:num_words]
    if len(here) < 2:
        raise CorpusError(f"other: expected two words or more that both sets have, found {len(here)}")
    left, right = neighbours_in_each((vectors.matrix[here], other.matrix[there[here]]), k, on_progress)
    overlaps = num_shared(left, right) / left.shape[1]
    order = np.argsort(overlaps, kind="stable")
    words = vectors.vocabulary.words
    return Changes([words[id] for id in here[order].tolist()], overlaps[order].astype(np.float32))
