"""Vectors whose plain mean is what a fitted pooling gives: for programs that know no other pooling.

A pooled text is linear in the vectors of its words: the mean of weighted rows, less their projections, is the
weighted mean, less its own.
"""

from __future__ import annotations

import numpy as np

from wordlab.embeddings import queries
from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.documents.encoder import TextEncoder


def baked(encoder: TextEncoder) -> WordVectors:
    """The vectors of the words, without subwords, whose means are the vectors that `encoder` gives texts.

    They record its tokenizer, and the pooling in ``details["pooling"]``.
    """
    vectors, fitted = encoder.vectors, encoder.fitted
    matrix = np.empty(vectors.matrix.shape, np.float32)
    weights = fitted.weights[: len(vectors), None]  # the last one is that of unknown words
    for block in queries.row_blocks(matrix):
        np.multiply(vectors.matrix[block], weights[block], out=matrix[block])
        fitted.components.remove(matrix[block])
    details = {"pooling": {**fitted.pooling.to_dict(), "num_texts": fitted.num_texts}}
    return WordVectors(
        vectors.vocabulary, matrix, tokenizer=encoder.tokenizer, details={**vectors.details, **details}
    )
