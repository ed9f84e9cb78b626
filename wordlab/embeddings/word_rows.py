"""Rows of words, in the vocabulary or made of subwords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordlab.embeddings import queries
from wordlab.embeddings.subwords import Subwords
from wordlab.text.vocabulary import Vocabulary


def rows_of(
    words: Sequence[str], vocabulary: Vocabulary, matrix: np.ndarray, subwords: Subwords | None
) -> np.ndarray:
    """The vectors of words, float32 (n, D), from the matrix or by subwords; UnknownWordError."""
    if subwords is None:
        return np.asarray(matrix[vocabulary.ids(words)])
    ids = np.array([-1 if (id := vocabulary.get(word)) is None else id for word in words], np.int64)
    rows = np.array(matrix[ids])
    unknown = np.flatnonzero(ids < 0).tolist()
    rows[unknown] = subwords.vectors([words[index] for index in unknown])
    return rows


def with_rows_of(
    words: Sequence[str],
    vocabulary: Vocabulary,
    matrix: np.ndarray,
    unit: np.ndarray,
    subwords: Subwords | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The matrix and its unit rows, with rows added for words outside the vocabulary, and all ids (n,)."""
    further = dict.fromkeys(word for word in words if word not in vocabulary)
    if not further or subwords is None:
        return matrix, unit, vocabulary.ids(words)
    rows = rows_of(list(further), vocabulary, matrix, subwords)
    new_ids = {word: len(vocabulary) + index for index, word in enumerate(further)}
    ids = [vocabulary.id(word) if word in vocabulary else new_ids[word] for word in words]
    return (
        np.concatenate([matrix, rows]),
        np.concatenate([unit, queries.unit_rows(rows)]),
        np.array(ids, np.int64),
    )
