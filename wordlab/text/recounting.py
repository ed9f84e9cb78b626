"""A corpus whose tokens have changed: its words counted and sorted again, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa

from wordlab.text.storage import Chunk, compact
from wordlab.text.vocabulary import Vocabulary

_NEVER = np.iinfo(np.int64).max


def recount(
    chunks: Callable[[], Iterable[Chunk]], words: pa.StringArray
) -> tuple[Vocabulary, Iterator[Chunk]]:
    """The vocabulary of a text, and the text in its ids, without tokens of id -1 and empty lines.

    `chunks` gives the text in ids of `words`, twice: to count them, and as the result is read. Words without
    a token are left out.
    """
    counts, first_seen = _count(chunks(), len(words))
    order = np.lexsort((first_seen, -counts))[: np.count_nonzero(counts)]
    # The last element belongs to -1, the mark of a dropped token.
    new_ids = np.full(len(counts) + 1, -1, dtype=np.int32)
    new_ids[order] = np.arange(len(order), dtype=np.int32)
    recoded = compact((new_ids[ids], line_ends) for ids, line_ends in chunks())
    return Vocabulary(words.take(pa.array(order)), counts[order]), recoded


def _count(chunks: Iterable[Chunk], num_words: int) -> tuple[np.ndarray, np.ndarray]:
    """Count and first position of each word among the kept tokens, both int64 (num_words,)."""
    counts = np.zeros(num_words + 1, dtype=np.int64)  # the first belongs to -1
    first_seen = np.full(num_words + 1, _NEVER)
    first_seen[-1] = 0  # the last does
    start = 0
    for ids, _ in chunks:
        counts += np.bincount(ids + 1, minlength=num_words + 1)
        fresh = np.flatnonzero(first_seen[ids] == _NEVER)
        words, places = np.unique(ids[fresh], return_index=True)  # the first place of each
        first_seen[words] = start + fresh[places]
        start += len(ids)
    return counts[1:], first_seen[:-1]
