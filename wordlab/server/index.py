"""How the nearest words are searched: exactly, or through a graph that usearch makes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from wordlab.embeddings.answers import Neighbour
from wordlab.embeddings.queries import cosines
from wordlab.embeddings.vectors import WordVectors
from wordlab.extras import need
from wordlab.progress import OnProgress, Reporter

_AT_ONCE = 4_096  # words that the graph takes between two reports of progress
_NUM_SAMPLED = 200  # words that recall is measured on
_SEED = 1


class Index(Protocol):
    """Finds the nearest words, as `WordVectors.nearest` does."""

    def nearest(self, words: list[str], k: int) -> list[list[Neighbour]]:
        """The `k` words nearest to each word, best first."""


class UsearchIndex:
    """A graph of small worlds (Malkov & Yashunin 2016) over the vectors, in usearch's file.

    Words that the graph misses are missing; the cosines of those found are exact.
    """

    def __init__(self, vectors: WordVectors, path: Path) -> None:
        with need("usearch", extra="index"):
            from usearch.index import Index as Graph
        self._vectors = vectors
        self._graph: Any = Graph.restore(os.fspath(path), view=True)  # mapped, so that processes share it

    def nearest(self, words: list[str], k: int) -> list[list[Neighbour]]:
        """The `k` words nearest to each word, best first, as far as the graph finds them."""
        rows = self._vectors[words]
        found: Any = self._graph.search(rows, min(k + 1, len(self._vectors)), threads=1)
        matches = [found] if len(words) == 1 else found
        return [
            self._named(word, row, match.keys.astype(np.int64), k)
            for word, row, match in zip(words, rows, matches, strict=True)
        ]

    def _named(self, word: str, row: np.ndarray, ids: np.ndarray, k: int) -> list[Neighbour]:
        ids = ids[ids != self._vectors.vocabulary.get(word)]
        exact = cosines(np.asarray(self._vectors.matrix[ids]), np.broadcast_to(row, (len(ids), len(row))))
        order = np.lexsort((ids, -exact))[:k]
        names = self._vectors.vocabulary.words
        return [Neighbour(names[ids[place]], float(exact[place])) for place in order.tolist()]


def write_usearch(vectors: WordVectors, path: Path, *, on_progress: OnProgress | None = None) -> None:
    """Write the graph of all words to `path`; one thread makes it, so that it is always the same."""
    with need("usearch", extra="index"):
        from usearch.index import Index as Graph
    graph: Any = Graph(ndim=vectors.dim, metric="cos", dtype="f32")
    reporter = Reporter(on_progress, "make index", "words", len(vectors))
    for start in range(0, len(vectors), _AT_ONCE):
        ids = np.arange(start, min(start + _AT_ONCE, len(vectors)))
        graph.add(ids, np.ascontiguousarray(vectors.matrix[ids]), threads=1)
        reporter.report(int(ids[-1]) + 1)
    graph.save(os.fspath(path))


def recall(index: Index, vectors: WordVectors, k: int = 10) -> float:
    """The share of the exact `k` nearest words that `index` finds, over 200 words drawn with a fixed seed."""
    sampled = np.random.default_rng(_SEED).choice(
        len(vectors), min(_NUM_SAMPLED, len(vectors)), replace=False
    )
    words = [vectors.vocabulary.words[id] for id in sampled.tolist()]
    pairs = zip(index.nearest(words, k), vectors.nearest(words, k), strict=True)
    found = [(_names(ours), _names(exact)) for ours, exact in pairs]
    return sum(len(ours & exact) for ours, exact in found) / max(1, sum(len(exact) for _, exact in found))


def _names(neighbours: Sequence[Neighbour]) -> set[str]:
    return {neighbour.word for neighbour in neighbours}
