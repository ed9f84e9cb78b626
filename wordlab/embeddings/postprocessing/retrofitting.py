"""Retrofitting: vectors drawn towards those of related words."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix


def retrofit(matrix: np.ndarray, related: np.ndarray, rounds: int = 10) -> np.ndarray:
    """The rows of `matrix` (V, D) drawn towards the rows of related words, float32 (V, D).

    `related` (num_edges, 2) are pairs of ids, in both directions. In each round the new row of every word
    with n related ones is the mean of its old row, n times, and theirs as they are at the time, one word
    after the other (Faruqui et al. 2015, "Retrofitting Word Vectors to Semantic Lexicons", equation 1 with
    their program's weights):

        q_i <- (n q_i^ + sum of q_j) / (2 n)
    """
    new = matrix.astype(np.float64)
    size = len(matrix)
    table = csr_matrix((np.ones(len(related)), (related[:, 0], related[:, 1])), (size, size))
    for _ in range(rounds):
        for word in np.flatnonzero(np.diff(table.indptr)).tolist():
            others = table.indices[table.indptr[word] : table.indptr[word + 1]]
            new[word] = (matrix[word] + new[others].mean(axis=0)) / 2
    return new.astype(np.float32)
