"""Words that are used otherwise in another set of vectors than most words as frequent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.alignment.anchors import common_words, rows_of
from wordlab.embeddings.alignment.config import LEFT_OUT_OF_SHIFTS, AlignConfig
from wordlab.embeddings.alignment.procrustes import Alignment, align, fit_rotation
from wordlab.embeddings.neighbours import neighbours_in_each, num_shared
from wordlab.embeddings.queries import cosines
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress

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
        return float(_excess(self.change, self.usual, self.bound))

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

    `other` is aligned (see `align`), by default without the half of the anchors that changed most in a first
    alignment (`AlignConfig.left_out`), as words that changed take the rotation with them. The change of each
    of the `num_words` most frequent common words is 1 - cosine, as in Hamilton, Leskovec and Jurafsky (2016),
    "Diachronic Word Embeddings Reveal Statistical Laws of Semantic Change", section 3. Rare words change more
    by noise alone (Dubossarsky, Weinshall and Grossman 2017, "Outta Control"), so a word counts only beyond
    the 95% quantile of the 500 words nearest to it in frequency. Without `control` these are the words
    themselves: one in twenty is always beyond, and the order is what says something. With `control`, another
    training of the text of `vectors` with another seed, they are the changes from `vectors` to it, which are
    noise and nothing else.

    Raises ConfigError for different dimensions or too few words in common.
    """
    if k < 1 or most < 1 or num_words < 2:
        raise ConfigError(
            f"expected k and most of 1 or more and num_words of 2 or more, found {k}, {most} and {num_words}"
        )
    config = config or AlignConfig(left_out=LEFT_OUT_OF_SHIFTS)
    found = align(vectors, other, config, on_progress=on_progress)
    pairs = common_words(vectors, other, num_words)
    words = [word for word, _ in pairs]
    ours, theirs = rows_of(pairs, vectors, other)
    left, right = vectors.matrix[ours], found.turned(other.matrix[theirs])
    changes = 1 - cosines(left, right)
    noise = changes if control is None else _noise(vectors, control, words, config)
    usual, bound = _of_like_frequency(noise)
    near, near_there = neighbours_in_each((left, right), k, on_progress)
    overlaps = num_shared(near, near_there) / near.shape[1]
    excess = _excess(changes, usual, bound)
    order = np.argsort(-excess, kind="stable")
    beyond = order[excess[order] > 1]
    shifts = tuple(
        Shift(
            words[id], float(changes[id]), float(usual[id]), float(bound[id]), float(overlaps[id]),
            gained=_only_in(near_there[id], near[id], words), lost=_only_in(near[id], near_there[id], words),
        )
        for id in beyond[:most].tolist()
    )  # fmt: skip
    return Shifts(shifts, len(words), len(beyond), float(overlaps.mean()), control is not None, found)


def _noise(vectors: WordVectors, control: WordVectors, words: list[str], config: AlignConfig) -> np.ndarray:
    """The change of each word from `vectors` to `control`, (num_words,); ConfigError if words lack."""
    if control.dim != vectors.dim:
        raise ConfigError(f"control: expected {vectors.dim} dimensions as the first set, found {control.dim}")
    missing = [word for word in words if word not in control]
    if missing:
        raise ConfigError(
            f"control: expected another training of the first set's text, with all its words; found no "
            f"{missing[0]!r}"
        )
    found, _ = fit_rotation(vectors, control, config)
    ours, theirs = rows_of([(word, word) for word in words], vectors, control)
    return 1 - cosines(vectors.matrix[ours], found.turned(control.matrix[theirs]))


def _excess(change: Any, usual: Any, bound: Any) -> np.ndarray:
    """How far changes are beyond what is usual, as multiples of how far the bounds are."""
    return np.asarray((change - usual) / np.maximum(bound - usual, 1e-12))


def _only_in(ids: np.ndarray, others: np.ndarray, words: list[str]) -> tuple[str, ...]:
    """The words of `ids`, in their order, that are not among the `others`."""
    known = set(others.tolist())
    return tuple(words[id] for id in ids.tolist() if id not in known)


def _of_like_frequency(changes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median and the 95% quantile of the changes around each word, float64 (num_words,) each.

    `changes` are in the order of frequency. The first and the last words share those at the end.
    """
    width = min(_ALIKE, len(changes))
    windows = np.lib.stride_tricks.sliding_window_view(changes, width)
    median, bound = np.quantile(windows, [0.5, _LEVEL], axis=1)
    at = np.clip(np.arange(len(changes)) - width // 2, 0, len(windows) - 1)
    return median[at], bound[at]
