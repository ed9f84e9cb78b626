"""Hubness: words that are among the neighbours of very many others, and words of none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.diagnosis.findings import SHOWN, Finding, judged
from wordlab.embeddings.neighbours import all_neighbours
from wordlab.progress import OnProgress, Reporter

_USUAL_SKEWNESS = (-1.0, 4.0)
_USUAL_LONELY = (0.0, 0.15)  # share of words that are nobody's neighbour
_TYPICAL = "1.6 to 1.9 in skip-gram, CBOW, GloVe and glove.6B.50d alike"
_CENTRE = (
    "hubs are near to everything: embeddings postprocess VECTORS --centre, or --remove-top 1, "
    "often makes them fewer; compare the scores"
)


@dataclass(frozen=True)
class Hubs:
    """Of how many of `words` each is among the `k` nearest: `occurrences`, int64 (num_words,).

    `skewness` is that of the occurrences (Radovanovic, Nanopoulos and Ivanovic 2010, "Hubs in Space",
    equation 1); None where all are equal.
    """

    words: Sequence[str]
    k: int
    occurrences: np.ndarray
    skewness: float | None

    @property
    def num_lonely(self) -> int:
        """How many words are among the neighbours of none: anti-hubs."""
        return int(np.count_nonzero(self.occurrences == 0))

    def largest(self, number: int = SHOWN) -> list[tuple[str, int]]:
        """The words with most occurrences, and these; equal ones by frequency."""
        order = np.argsort(-self.occurrences, kind="stable")[:number]
        return [(self.words[id], int(self.occurrences[id])) for id in order.tolist()]

    def lonely(self, number: int = SHOWN) -> list[str]:
        """The most frequent words that are among the neighbours of none."""
        return [self.words[id] for id in np.flatnonzero(self.occurrences == 0)[:number].tolist()]

    def findings(self) -> Iterator[Finding]:
        """A line on hubs and one on words that are no neighbours."""
        among = f"of the {len(self.words):,} most frequent words"
        if self.skewness is not None:
            verdict = judged(self.skewness, _USUAL_SKEWNESS)
            largest = tuple(f"{word} {number:,}" for word, number in self.largest())
            yield Finding(
                "hubs", f"skewness {self.skewness:.2f} of the occurrences among {self.k} nearest, {among}",
                verdict, "" if verdict == "usual" else _CENTRE, examples=largest, typical=_TYPICAL,
            )  # fmt: skip
        if self.num_lonely:
            verdict = judged(self.num_lonely / len(self.words), _USUAL_LONELY)
            yield Finding(
                "anti-hubs", f"words {among} that are among the {self.k} nearest of no other", verdict,
                "" if verdict == "usual" else _CENTRE, self.num_lonely, tuple(self.lonely()),
            )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The measures, ready for JSON."""
        return {
            "num_words": len(self.words),
            "k": self.k,
            "skewness": self.skewness,
            "num_anti_hubs": self.num_lonely,
            "hubs": [{"word": word, "occurrences": number} for word, number in self.largest()],
        }


def find_hubs(words: Sequence[str], matrix: np.ndarray, k: int, on_progress: OnProgress | None) -> Hubs:
    """How often each of `words` is among the `k` nearest of the others, by the rows of `matrix` (n, D).

    The rows should differ: equal ones are neighbours of each other only, and cost much.
    """
    reporter = Reporter(on_progress, "find neighbours", "words", len(matrix))
    near = all_neighbours(matrix, k, reporter).ids
    reporter.report(len(matrix))
    occurrences = np.bincount(near.ravel(), minlength=len(matrix)).astype(np.int64)
    spread = float(occurrences.std())
    centred = occurrences - occurrences.mean()
    skewness = float((centred**3).mean() / spread**3) if spread else None
    return Hubs(words, near.shape[1], occurrences, skewness)
