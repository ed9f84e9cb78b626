"""The word embedding association test: do two sets of words lean to different sides?

Caliskan, Bryson and Narayanan (2017), "Semantics derived automatically from language corpora contain
human-like biases", Science 356, supplementary material.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, islice
from typing import Any

import numpy as np

from wordlab.embeddings.evaluation.bootstrap import check_seed
from wordlab.embeddings.queries import unit_rows
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose
from wordlab.errors import ConfigError
from wordlab.visible import listed

_AT_ONCE = 10_000  # partitions
_NAMES = ("targets X", "targets Y", "attributes A", "attributes B")
_FEWEST = 2  # words of a list, without which nothing can be exchanged


@dataclass(frozen=True)
class AssociationTest:
    """How much more the first targets lean to the first attributes than the second targets do.

    `effect_size` is the difference of mean associations in standard deviations, those of all targets with
    `ddof` degrees of freedom taken off: 0 as in the package WEFE, 1 as in the paper's own program.
    `p_value` is the share of the partitions of all targets into halves of these sizes whose test statistic is
    at least as large, one-sided; `num_partitions` were tried, all of them if `exact`. `lost` are the words
    of each of the four lists without a vector.
    """

    effect_size: float
    statistic: float
    p_value: float
    num_partitions: int
    exact: bool
    ddof: int
    num_targets: tuple[int, int]
    num_attributes: tuple[int, int]
    lost: tuple[tuple[str, ...], ...]
    associations: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return asdict(self)


def association_test(
    vectors: WordVectors,
    targets: tuple[Sequence[str], Sequence[str]],
    attributes: tuple[Sequence[str], Sequence[str]],
    *,
    ddof: int = 0,
    max_partitions: int = 100_000,
    seed: int = 1,
) -> AssociationTest:
    """The test of `targets` X and Y with the `attributes` A and B.

    The association of a word is s(w) = mean cos(w, a) - mean cos(w, b), the statistic the sum of s over X
    less that over Y, and the effect size (mean of s over X - mean over Y) / deviation of s over both. Where
    there are more than `max_partitions` partitions, that many are drawn, and the one found counts among them
    (Phipson and Smyth 2010), so that p is never 0.

    Words without a vector are left out and told; n-grams give theirs where there are subwords. Raises
    ConfigError for a list of fewer than two known words, a word that is in both targets, and associations
    that are all equal.
    """
    check_seed(seed)
    if ddof not in (0, 1) or max_partitions < 1:
        raise ConfigError(
            f"expected a ddof of 0 or 1 and 1 partition or more, found {ddof} and {max_partitions}"
        )
    lists = [list(dict.fromkeys(words)) for words in (*targets, *attributes)]
    in_second = set(lists[1])
    both = [word for word in lists[0] if word in in_second]
    if both:
        raise ConfigError(f"targets: expected different words in both lists, found {listed(both, 5)} in both")
    known = [_known(vectors, words) for words in lists]
    for name, words, found in zip(_NAMES, lists, known, strict=True):
        if len(found) < _FEWEST:
            raise ConfigError(
                f"{name}: expected {_FEWEST} words with a vector or more, found {len(found)} of {len(words)}"
            )
    x, y, *_ = known
    x_rows, y_rows, a_rows, b_rows = (unit_rows(vectors[words]).astype(np.float64) for words in known)
    s = np.concatenate([x_rows, y_rows]) @ (a_rows.mean(axis=0) - b_rows.mean(axis=0))
    deviation = s.std(ddof=ddof)
    if deviation < 1e-12:
        raise ConfigError("targets: expected words of different associations, found all equal")
    statistic = s[: len(x)].sum() - s[len(x) :].sum()
    num_partitions, exact, share = _permute(s, len(x), statistic, max_partitions, seed)
    return AssociationTest(
        effect_size=float((s[: len(x)].mean() - s[len(x) :].mean()) / deviation),
        statistic=float(statistic),
        p_value=share,
        num_partitions=num_partitions,
        exact=exact,
        ddof=ddof,
        num_targets=(len(x), len(y)),
        num_attributes=(len(a_rows), len(b_rows)),
        lost=tuple(
            tuple(word for word in words if word not in found)
            for words, found in zip(lists, map(set, known), strict=True)
        ),
        associations=dict(zip((*x, *y), s.tolist(), strict=True)),
    )


def _known(vectors: WordVectors, words: Sequence[str]) -> list[str]:
    """Those of `words` that have a vector, of their own or by their n-grams."""
    made = compose(words, vectors.vocabulary, vectors.subwords)
    return [word for word in words if word in vectors or (made is not None and word in made.row_of)]


def _permute(
    s: np.ndarray, size: int, statistic: float, max_partitions: int, seed: int
) -> tuple[int, bool, float]:
    """How many partitions were tried, whether these are all, and the share with a statistic as large."""
    total, slack = s.sum(), 1e-9 * max(1.0, float(np.abs(s).sum()))  # sums in another order are equal
    num_all = math.comb(len(s), size)
    exact = num_all <= max_partitions
    as_large = 0
    for chosen in _all_halves(len(s), size) if exact else _drawn_halves(len(s), size, max_partitions, seed):
        as_large += int((2 * s[chosen].sum(axis=1) - total >= statistic - slack).sum())
    if exact:
        return num_all, True, as_large / num_all
    return max_partitions, False, (as_large + 1) / (max_partitions + 1)


def _all_halves(num_words: int, size: int) -> Iterator[np.ndarray]:
    """The ids of the first half of every partition, (n, size) at a time."""
    every = combinations(range(num_words), size)
    while block := list(islice(every, _AT_ONCE)):
        yield np.array(block)


def _drawn_halves(num_words: int, size: int, number: int, seed: int) -> Iterator[np.ndarray]:
    """The same of `number` partitions drawn at random."""
    rng = np.random.default_rng(seed)
    for start in range(0, number, _AT_ONCE):
        keys = rng.random((min(_AT_ONCE, number - start), num_words))
        yield np.argpartition(keys, size - 1, axis=1)[:, :size]
