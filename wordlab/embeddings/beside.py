"""Several sets of vectors as one: the vectors of each word, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordlab.embeddings.queries import row_blocks
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose, row_numbers, rows_in
from wordlab.errors import ConfigError
from wordlab.text.vocabulary import Vocabulary

_ROWS_AT_ONCE = 1 << 14


def side_by_side(sets: Sequence[WordVectors]) -> WordVectors:
    """The vectors of every word that any of `sets` has, float32 (V, D1 + D2 + ...), in the order of the sets.

    A word that a set lacks has what the set's n-grams give it, else zeros in the set's dimensions. Each set
    is scaled as a whole, so that numbers are about as large in all as in the first. The result has no
    n-grams, and no counts; its tokenizer is that of the first set which records one.

    Raises ConfigError without any set, or where the sets record different tokenizers: the words of one
    are not those of the other.

    >>> left = WordVectors(Vocabulary(["cat", "dog"], [2, 1]), [[1.0], [-1.0]])
    >>> right = WordVectors(Vocabulary(["dog", "sun"], [2, 1]), [[0.0, 2.0], [2.0, 0.0]])
    >>> side_by_side([left, right])["dog"].tolist()
    [-1.0, 0.0, 1.4142135381698608]
    """
    if not sets:
        raise ConfigError("vectors: expected one set or more, found none")
    if len(sets) == 1:
        return sets[0]
    recorded = [vectors.tokenizer for vectors in sets if vectors.tokenizer is not None]
    for other in recorded[1:]:
        if other != recorded[0]:
            raise ConfigError(f"vectors: expected sets of one tokenizer, found {recorded[0]} and {other}")
    words = list(dict.fromkeys(word for vectors in sets for word in vectors.vocabulary))
    matrix = np.zeros((len(words), sum(vectors.dim for vectors in sets)), np.float32)
    first, size = 0, _size(sets[0])
    for vectors in sets:
        columns = slice(first, first := first + vectors.dim)
        scale = np.float32(size / (_size(vectors) or 1.0))
        composed = compose(words, vectors.vocabulary, vectors.subwords)
        numbers = row_numbers(words, vectors.vocabulary, composed)
        for start in range(0, len(words), _ROWS_AT_ONCE):
            part = numbers[start : start + _ROWS_AT_ONCE]
            known = np.flatnonzero(part >= 0)
            matrix[start + known, columns] = scale * rows_in(vectors.matrix, composed, part[known])
    return WordVectors(
        Vocabulary(words, np.zeros(len(words), np.int64)),
        matrix,
        tokenizer=recorded[0] if recorded else None,
        details={"sets": [{"dim": vectors.dim, "digest": vectors.digest} for vectors in sets]},
    )


def _size(vectors: WordVectors) -> float:
    """The root mean square of all numbers of a matrix."""
    blocks = (vectors.matrix[rows] for rows in row_blocks(vectors.matrix))
    total = sum(float(np.einsum("ij,ij->", block, block, dtype=np.float64)) for block in blocks)
    return float(np.sqrt(total / vectors.matrix.size))
