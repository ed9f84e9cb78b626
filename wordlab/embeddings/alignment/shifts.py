"""Words that are used otherwise in another set of vectors than most words as frequent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.alignment.anchors import common_words, rows_of
from wordlab.embeddings.alignment.config import AlignConfig
from wordlab.embeddings.alignment.procrustes import Alignment, align
from wordlab.embeddings.neighbours import all_neighbours
from wordlab.embeddings.queries import cosines
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Reporter

_ALIKE = 500  # words of like frequency that a word is compared with
_LEVEL = 0.95


@dataclass(frozen=True)
class Shift:
    """A word, and how its use differs.

    `change` is 1 - cosine of its two vectors once the sets are aligned; `usual` and `bound` are the median
    and the 95% quantile for words of like frequency. `overlap` is the share of its nearest words that are so
    in both sets; `gained` and `lost` are nearest words in one only.
    """

    word: str
    change: float
    usual: float
    bound: float
    overlap: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def excess(self) -> float:
        """How far the change is beyond what is usual, as a multiple of how far the bound is."""
        return (self.change - self.usual) / max(self.bound - self.usual, 1e-12)

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return {**asdict(self), "excess": self.excess}


@dataclass(frozen=True)
class Shifts:
    """What `shifted_words` found: the words beyond their bounds, those that exceed them most first.

    `num_words` were looked at; `mean_overlap` is that of all; `with_control` says that the bounds come from
    two trainings of the same text.
    """

    shifts: tuple[Shift, ...]
    num_words: int
    num_beyond: int
    mean_overlap: float
    with_control: bool
    alignment: Alignment

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return {
            "num_words": self.num_words,
            "num_beyond": self.num_beyond,
            "mean_overlap": self.mean_overlap,
            "with_control": self.with_control,
            "alignment": self.alignment.facts(),
            "words": [shift.to_dict() for shift in self.shifts],
        }


def shifted_words(
    vectors: WordVectors,
    other: WordVectors,
    config: AlignConfig | None = None,
    *,
    control: WordVectors | None = None,
    k: int = 10,
    most: int = 100,
    num_words: int = 20_000,
    on_progress: OnProgress | None = None,
) -> Shifts:
    """The words whose vectors differ most between two sets, measured against words of like frequency.

    `other` is aligned (see `align`), and the change of each of the `num_words` most frequent common words is
    1 - cosine, as in Hamilton, Leskovec and Jurafsky (2016), "Diachronic Word Embeddings Reveal Statistical
    Laws of Semantic Change", section 3. Rare words change more by noise alone (Dubossarsky, Weinshall and
    Grossman 2017, "Outta Control"), so a word counts only beyond the 95% quantile of the 500 words
    nearest to it in frequency. Without `control` these are the words themselves: one in twenty is always
    beyond, and the order is what says something. With `control`, another training of the text of `vectors`
    with another seed, they are the changes from `vectors` to it, which are noise and nothing else.

    Raises ConfigError for different dimensions or too few words in common.
    """
    if k < 1 or most < 1 or num_words < 2:
        raise ConfigError(
            f"expected k and most of 1 or more and num_words of 2 or more, found {k}, {most} and {num_words}"
        )
    found = align(vectors, other, config, on_progress=on_progress)
    pairs = common_words(vectors, other, num_words)
    words = [word for word, _ in pairs]
    ours, theirs = rows_of(pairs, vectors, other)
    left, right = vectors.matrix[ours], found.vectors.matrix[theirs]
    changes = 1 - cosines(left, right)
    noise = changes if control is None else _noise(vectors, control, words, config)
    usual, bound = _of_like_frequency(noise)
    reporter = Reporter(on_progress, "compare neighbours", "words", 2 * len(words))
    near, near_there = (
        all_neighbours(matrix, k, reporter, first=first).ids
        for matrix, first in ((left, 0), (right, len(words)))
    )
    reporter.report(2 * len(words))
    shared = [np.intersect1d(one, two) for one, two in zip(near, near_there, strict=True)]
    overlaps = np.array([len(ids) for ids in shared]) / near.shape[1]
    excess = (changes - usual) / np.maximum(bound - usual, 1e-12)
    order = np.argsort(-excess, kind="stable")
    beyond = order[excess[order] > 1]
    shifts = tuple(
        Shift(
            words[id], float(changes[id]), float(usual[id]), float(bound[id]), float(overlaps[id]),
            gained=tuple(words[near_id] for near_id in near_there[id].tolist() if near_id not in shared[id]),
            lost=tuple(words[near_id] for near_id in near[id].tolist() if near_id not in shared[id]),
        )
        for id in beyond[:most].tolist()
    )  # fmt: skip
    return Shifts(shifts, len(words), len(beyond), float(overlaps.mean()), control is not None, found)


def _noise(
    vectors: WordVectors, control: WordVectors, words: list[str], config: AlignConfig | None
) -> np.ndarray:
    """The change of each word from `vectors` to `control`, (num_words,); ConfigError if words lack."""
    if control.dim != vectors.dim:
        raise ConfigError(f"control: expected {vectors.dim} dimensions as the first set, found {control.dim}")
    missing = [word for word in words if word not in control]
    if missing:
        raise ConfigError(
            f"control: expected another training of the first set's text, with all its words; found no "
            f"{missing[0]!r}"
        )
    turned = align(vectors, control, config).vectors
    pairs = [(word, word) for word in words]
    ours, theirs = rows_of(pairs, vectors, turned)
    return 1 - cosines(vectors.matrix[ours], turned.matrix[theirs])


def _of_like_frequency(changes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median and the 95% quantile of the changes around each word, float64 (num_words,) each.

    `changes` are in the order of frequency. The first and the last words share those at the end.
    """
    width = min(_ALIKE, len(changes))
    windows = np.lib.stride_tricks.sliding_window_view(changes, width)
    median, bound = np.quantile(windows, [0.5, _LEVEL], axis=1)
    at = np.clip(np.arange(len(changes)) - width // 2, 0, len(windows) - 1)
    return median[at], bound[at]
