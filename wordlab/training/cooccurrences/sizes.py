"""How many pairs a corpus has, from the rows of some of its words, and what they take on disk."""

from __future__ import annotations

import os

import numpy as np

from wordlab.errors import CorpusError, ResourceError
from wordlab.resources import free_disk
from wordlab.text import Corpus
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.cooccurrences.counting import count_rows

_FEW = 2_000  # words whose rows are counted
_FREQUENT = 60  # of them at ranks that grow by a factor
_UNCERTAIN = 0.9  # of what was estimated must fit, at least


def check_corpus(corpus: Corpus) -> None:
    """Raise CorpusError if no two words of `corpus` stand together."""
    if np.diff(corpus.line_offsets).max(initial=0) < 2:
        raise CorpusError("expected a line of two words or more, found single words only: nothing co-occurs")


def check_disk(directory: str | os.PathLike[str], needed: int, num_pairs: int) -> None:
    """Raise ResourceError if the disk of `directory` has hardly room for `needed` bytes."""
    free = free_disk(directory)
    if free < _UNCERTAIN * needed:
        raise ResourceError(
            f"{directory}: expected {needed / 1e6:,.0f} MB of disk for about {num_pairs:,} pairs, "
            f"found {free / 1e6:,.0f} MB free; a smaller window or a larger min_count would need less"
        )


def estimate_pairs(corpus: Corpus, config: CooccurrenceConfig, *, memory: int, threads: int) -> int:
    """How many pairs `corpus` has, about: exact for up to 2,000 words, else interpolated by rank."""
    num_words = len(corpus.vocabulary)
    ranks = sampled_ranks(num_words)
    lengths = [
        rows.lengths for rows in count_rows(corpus, config, memory=memory, threads=threads, words=ranks)
    ]
    return round(float(np.interp(np.arange(num_words), ranks, np.concatenate(lengths)).sum()))


def sampled_ranks(num_words: int) -> np.ndarray:
    """The words whose rows stand for all, ascending: few frequent ones, by a factor, the others evenly."""
    if num_words <= _FEW:
        return np.arange(num_words)
    frequent = np.geomspace(1, num_words, _FREQUENT).astype(np.int64) - 1
    even = np.linspace(0, num_words - 1, _FEW - _FREQUENT).astype(np.int64)
    return np.union1d(frequent, even)


def stored_bytes(num_pairs: int, num_words: int) -> int:
    """Bytes of the table of `num_pairs` on disk, without the vocabulary."""
    return 8 * num_pairs + 8 * num_words
