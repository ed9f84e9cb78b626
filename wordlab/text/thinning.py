"""Subsample a corpus: words counted and sorted again, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from wordlab.errors import CorpusError
from wordlab.text.storage import Chunk, compact, split_chunks
from wordlab.text.subsampling import check_seed, draw
from wordlab.text.vocabulary import Vocabulary


def thin(
    token_ids: np.ndarray,
    line_offsets: np.ndarray,
    vocabulary: Vocabulary,
    *,
    keep: np.ndarray,
    threshold: float,
    seed: int,
) -> tuple[Vocabulary, Iterator[Chunk]]:
    """The vocabulary and the chunks of the subsampled corpus; CorpusError if no token is left.

    `keep`, float64 (num_words,), are the probabilities that the `threshold` gives.
    The tokens are drawn twice from the same seed: to count them, and as the chunks are read.
    """
    check_seed(seed)

    def drawn() -> Iterator[Chunk]:
        return draw(split_chunks(token_ids, line_offsets), keep, seed)

    counts, first_seen = _count(drawn(), len(keep))
    order = np.lexsort((first_seen, -counts))[: np.count_nonzero(counts)]
    if not len(order):
        raise CorpusError(f"threshold {threshold} leaves not a single token of {len(token_ids)}")
    # The last element belongs to -1, the mark of a dropped token.
    new_ids = np.full(len(counts) + 1, -1, dtype=np.int32)
    new_ids[order] = np.arange(len(order), dtype=np.int32)
    words = pa.array([vocabulary.words[id] for id in order.tolist()], type=pa.string())
    chunks = compact((new_ids[ids], line_ends) for ids, line_ends in drawn())
    return Vocabulary(words, counts[order]), chunks


def _count(chunks: Iterator[Chunk], num_words: int) -> tuple[np.ndarray, np.ndarray]:
    """Count and first position of each word among the kept tokens, both int64 (num_words,)."""
    counts = np.zeros(num_words, dtype=np.int64)
    first_seen = np.full(num_words, np.iinfo(np.int64).max)
    start = 0
    for ids, _ in chunks:
        kept = np.flatnonzero(ids >= 0)
        counts += np.bincount(ids[kept], minlength=num_words)
        np.minimum.at(first_seen, ids[kept], start + kept)
        start += len(ids)
    return counts, first_seen
