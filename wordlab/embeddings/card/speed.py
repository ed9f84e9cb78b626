"""How fast vectors answer, measured here and now."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.resources import available_cores

_ONE_BY_ONE, _TOGETHER, _ROUNDS = 30, 512, 3


@dataclass(frozen=True)
class QuerySpeed:
    """The median time of a question for the 10 nearest words, and how many a second are answered together."""

    milliseconds: float
    per_second: float
    cores: int

    def to_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return asdict(self)


def measure_speed(vectors: WordVectors) -> QuerySpeed:
    """The speed of exact search on this machine; the best of three rounds for questions together."""
    words = vectors.vocabulary.words
    asked = words[:: max(1, len(words) // _TOGETHER)][:_TOGETHER]
    vectors.nearest(asked[0], k=10)  # norms are computed once
    single = [_seconds(vectors, asked[place % len(asked)]) for place in range(_ONE_BY_ONE)]
    best = min(_seconds(vectors, list(asked)) for _ in range(_ROUNDS))
    return QuerySpeed(1e3 * float(np.median(single)), len(asked) / best, available_cores())


def _seconds(vectors: WordVectors, query: str | list[str]) -> float:
    begun = time.perf_counter()
    vectors.nearest(query, k=10)
    return time.perf_counter() - begun
