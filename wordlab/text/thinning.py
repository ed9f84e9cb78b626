"""Subsample a corpus: words counted and sorted again, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from wordlab.errors import CorpusError
from wordlab.text.recounting import recount
from wordlab.text.storage import Chunk, split_chunks
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

    kept, chunks = recount(drawn, pa.array(vocabulary.words, type=pa.string()))
    if not len(kept):
        raise CorpusError(f"threshold {threshold} leaves not a single token of {len(token_ids)}")
    return kept, chunks
