"""What the vectors of texts have in common: found from their second moments, and removed from others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wordlab.errors import CorpusError

_NOTHING = 1e-12  # of a squared length: what float32 leaves of a vector that is removed as a whole


@dataclass(frozen=True, eq=False)
class Components:
    """Directions (m, D) of length 1, at right angles, and the share of each that is removed (m,); float32."""

    directions: np.ndarray
    shares: np.ndarray

    @classmethod
    def none(cls, dim: int) -> Components:
        """No components of `dim` dimensions."""
        return cls(np.zeros((0, dim), np.float32), np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.shares)

    def remove(self, rows: np.ndarray) -> None:
        """Take the shares of the components from `rows` (n, D), in place.

        Each row is computed by itself, so that its bytes do not depend on the others. One of which only
        rounding is left becomes zero.
        """
        if not len(self):
            return
        before = _squared_lengths(rows)
        for direction, share in zip(self.directions, self.shares, strict=True):
            rows -= np.einsum("ij,j->i", rows, direction)[:, None] * (share * direction)
        rows[_squared_lengths(rows) <= _NOTHING * before] = 0


class Moments:
    """The sum of ``v v^T`` over vectors, float64 (D, D), from which their singular vectors follow exactly.

    Nothing of the size of the vectors is held, however many there are.
    """

    def __init__(self, dim: int) -> None:
        self.matrix = np.zeros((dim, dim))
        self.num_rows = 0

    def add(self, rows: np.ndarray) -> None:
        """Add the vectors `rows` (n, D); those that are zero do not count."""
        exact = rows.astype(np.float64)
        self.matrix += exact.T @ exact
        self.num_rows += int(np.count_nonzero(rows.any(axis=1)))

    def components(self, number: int, shares: Callable[[np.ndarray], np.ndarray]) -> Components:
        """The first `number` singular vectors, or as many as there are; `shares` as in `Pooling.shares`.

        CorpusError for fewer than two vectors: one alone would be all that they have in common.
        """
        if self.num_rows < 2:
            raise CorpusError(
                f"pooling: expected two texts with known words, or more, to find what they share, found "
                f"{self.num_rows}; fit on other texts, or use the pooling mean"
            )
        squares, vectors = np.linalg.eigh(self.matrix)  # ascending
        squares, vectors = squares[::-1][:number], vectors[:, ::-1][:, :number]
        there = squares > squares[0] * len(self.matrix) * np.finfo(np.float64).eps
        squares, vectors = squares[there], vectors[:, there]
        return Components(np.ascontiguousarray(vectors.T, np.float32), shares(squares).astype(np.float32))


def _squared_lengths(rows: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
