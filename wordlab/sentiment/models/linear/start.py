"""Vectors to start from: those of words, and of n-grams of characters where they are cut and hashed alike."""

from __future__ import annotations

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose, row_numbers, rows_in
from wordlab.sentiment.models.linear.features import Features


def start_from(vectors: WordVectors, features: Features, inputs: np.ndarray) -> None:
    """Write the vectors that are known into `inputs` (num_rows, padded dim); the others stay as they are.

    Words without a vector get the mean of their n-grams, if the vectors have any. Where the classifier has
    the same n-grams as these, words start from their own vectors, and n-grams from theirs.
    """
    words, dim = features.vocabulary.words, vectors.dim
    subwords, config = vectors.subwords, features.config
    shares_ngrams = (
        subwords is not None
        and not subwords.num_hashes
        and not subwords.pruned
        and (subwords.min_n, subwords.max_n, subwords.num_buckets)
        == (config.min_ngram, config.max_ngram, config.buckets)
    )
    if subwords is None or not shares_ngrams:
        composed = compose(words, vectors.vocabulary, subwords)
        rows = row_numbers(words, vectors.vocabulary, composed)
        inputs[np.flatnonzero(rows >= 0), :dim] = rows_in(vectors.matrix, composed, rows[rows >= 0])
        return
    rows = row_numbers(words, vectors.vocabulary, None)
    own = subwords.own_vectors(vectors.vocabulary.words, vectors.matrix)
    inputs[np.flatnonzero(rows >= 0), :dim] = own[rows[rows >= 0]]
    met = np.flatnonzero(np.isin(features.buckets, subwords.known))
    inputs[len(words) + met, :dim] = subwords.rows_of(features.buckets[met].astype(np.int64))
