"""What formats share that hold all words, all vectors and all counts one after the other, not row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped, decode_word
from wordlab.embeddings.formats.word_filter import WordFilter
from wordlab.errors import FormatError
from wordlab.visible import clipped


def pick_words(
    words: Iterable[bytes], source: Source, options: ReadOptions, skipped: Skipped
) -> tuple[list[str], np.ndarray]:
    """The wanted words, and their indices in `words`, int64; words that are not UTF-8 are skipped."""
    wanted = WordFilter(options)
    kept, rows = [], []
    for row, word in enumerate(words):
        if not wanted.wants(word):
            continue
        try:
            kept.append(decode_word(word, source.record(row + 1)))
            rows.append(row)
        except RowError as error:
            skipped.add(error)
    return kept, np.array(rows, dtype=np.int64)


def not_finite(word: str, where: str) -> RowError:
    """The error for a word whose vector holds NaN or infinity."""
    problem = f"expected finite numbers for {clipped(word)!r}, found NaN or infinity"
    return RowError("not finite", where, problem)


def column_block(
    words: list[str],
    rows: np.ndarray,
    vectors: np.ndarray,
    counts: np.ndarray | None,
    source: Source,
    skipped: Skipped,
) -> Block:
    """A block of words, their rows in the file, their vectors and counts; rows of NaN are skipped.

    `words` and `rows` come from `pick_words`; `vectors` (n, dim) and `counts` (n,) belong to them.
    """
    finite = np.isfinite(vectors).all(axis=1)
    for index in np.flatnonzero(~finite).tolist():
        skipped.add(not_finite(words[index], source.record(int(rows[index]) + 1)))
    if finite.all():
        return Block(pa.array(words, pa.string()), vectors, rows + 1, counts)
    return Block(
        pa.array(words, pa.string()).filter(pa.array(finite)),
        vectors[finite],
        (rows + 1)[finite],
        None if counts is None else counts[finite],
    )


def split_words(data: bytes, offsets: np.ndarray, where: str) -> Iterator[bytes]:
    """The words in `data`, word i from ``offsets[i]`` to ``offsets[i + 1]``; FormatError."""
    if offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) < 2:
        raise FormatError(f"{where}: expected int64 offsets, found {offsets.dtype} of shape {offsets.shape}")
    if offsets[0] != 0 or offsets[-1] != len(data) or np.any(np.diff(offsets) < 0):
        shown = f"{len(offsets)} from {offsets[0]} to {offsets[-1]}"
        raise FormatError(f"{where}: expected offsets that ascend from 0 to {len(data)}, found {shown}")
    # a generator, so that unwanted words take no memory
    return (data[start:end] for start, end in pairwise(offsets.data))


def join_words(words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All words joined in UTF-8, uint8, and the offsets between them, int64 (num_words + 1,)."""
    encoded = [word.encode() for word in words]
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(word) for word in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def checked_counts(counts: np.ndarray, num_words: int, where: str) -> np.ndarray:
    """Counts as int64 (num_words,); FormatError if they are not counts."""
    if counts.dtype.kind not in "iu" or counts.shape != (num_words,) or np.any(counts < 0):
        raise FormatError(
            f"{where}: expected {num_words} counts of 0 or more, found {counts.dtype} {counts.shape}"
        )
    return np.asarray(counts.astype(np.int64))
