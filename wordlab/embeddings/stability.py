"""Which words have the same neighbours in every training of one text, and which by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.neighbours import neighbours_in_each, num_shared
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress

BANDS = (0, 100, 1_000, 5_000, 20_000)
"""Where bands of frequency end, as ranks."""


class Band(NamedTuple):
    """The words of ranks `first` to `last`, from 1, and the counts of these two.

    `mean` is their mean overlap of neighbours, `low` and `high` the quantiles of a tenth and of nine tenths.
    """

    first: int
    last: int
    counts: tuple[int, int]
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Stability:
    """How much of each word's nearest words different trainings share.

    `words` are by descending frequency, `overlaps`, float64 (num_words,), from 0 to 1: the mean, over all
    pairs of the `num_sets` trainings, of the share of the `k` nearest words that both have.
    """

    words: tuple[str, ...]
    counts: np.ndarray
    overlaps: np.ndarray
    num_sets: int
    k: int

    @property
    def bands(self) -> tuple[Band, ...]:
        """The overlaps by bands of frequency."""
        return tuple(self._bands())

    def _bands(self) -> Iterator[Band]:
        for start, end in pairwise(BANDS):
            part = self.overlaps[start:end]
            if len(part):
                last = start + len(part)
                low, high = np.quantile(part, [0.1, 0.9]).tolist()
                counts = int(self.counts[start]), int(self.counts[last - 1])
                yield Band(start + 1, last, counts, float(part.mean()), low, high)

    def least(self, number: int, *, among: int = 1_000) -> list[tuple[str, float]]:
        """The least stable of the `among` most frequent words, the worst first."""
        order = np.argsort(self.overlaps[:among], kind="stable")[:number]
        return [(self.words[id], float(self.overlaps[id])) for id in order.tolist()]

    def to_dict(self) -> dict[str, Any]:
        """Bands and the overlap of every word, ready for JSON."""
        return {
            "num_sets": self.num_sets,
            "k": self.k,
            "bands": [band._asdict() for band in self.bands],
            "words": dict(zip(self.words, self.overlaps.round(4).tolist(), strict=True)),
        }


def neighbour_stability(
    sets: Sequence[WordVectors],
    *,
    k: int = 10,
    num_words: int = 20_000,
    on_progress: OnProgress | None = None,
) -> Stability:
    """The overlap of neighbours over trainings that differ in their seeds alone.

    The `num_words` most frequent words are looked at, also as neighbours (Wendlandt, Kummerfeld and Mihalcea
    2018, "Factors Influencing the Surprising Instability of Word Embeddings", section 3). A word
    whose neighbours a new seed exchanges has none to speak of. Raises ConfigError for fewer than two sets
    or sets of different words.
    """
    if len(sets) < 2:
        raise ConfigError(f"expected two trainings or more, found {len(sets)}")
    if k < 1 or num_words < 2:
        raise ConfigError(f"expected k of 1 or more and num_words of 2 or more, found {k} and {num_words}")
    vocabulary = sets[0].vocabulary
    if any(each.vocabulary.words != vocabulary.words for each in sets):
        raise ConfigError("expected trainings of one corpus, found sets of different words")
    num_words = min(num_words, len(vocabulary))
    if num_words < 2:
        raise ConfigError("expected two words or more, found one")
    near = neighbours_in_each([each.matrix[:num_words] for each in sets], k, on_progress)
    shared = np.mean([num_shared(one, two) for one, two in combinations(near, 2)], axis=0)
    overlaps = shared / near[0].shape[1]
    return Stability(
        vocabulary.words[:num_words], np.asarray(vocabulary.counts[:num_words]), overlaps, len(sets), k
    )
