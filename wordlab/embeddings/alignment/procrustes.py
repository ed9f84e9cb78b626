"""Turn one set of vectors onto another, so that the same word has nearly the same vector in both.

Two trainings end in spaces that are turned against each other at random. The orthogonal Procrustes
problem (Schönemann 1966) has a closed solution: with the unit vectors of the anchors as rows of A and B, and
the singular value decomposition U S V' of B'A, the rotation R = U V' minimises |B R - A|. Hamilton et al.
(2016) compare decades so, and Artetxe et al. (2016) languages. Anchors that changed take the rotation with
them: a second one may do without those that the first left furthest apart, one step of least trimmed squares
(Rousseeuw 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from wordlab.embeddings.alignment.anchors import Pair, common_words, known_pairs, rows_of
from wordlab.embeddings.alignment.config import AlignConfig
from wordlab.embeddings.alignment.csls import retrieval_ranks
from wordlab.embeddings.queries import cosines, unit_rows
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Reporter


@dataclass(frozen=True)
class Alignment:
    """A rotation of `other` onto the first set, and how well it does.

    `rotation` is float64 (D, D): a row of `other` times it is the row in the space of the first. It is
    fitted to `num_anchors` pairs, without `num_left_out` that a first one left furthest apart. `held_out`
    are the pairs that judge: `before` and `after` are the mean cosines of their two words, and
    `precision_at` says for 1, 5 and 10 which share of them is found among that many nearest of
    `num_candidates` words, by CSLS. The three are None if nothing is held out.
    """

    other: WordVectors
    rotation: np.ndarray
    num_anchors: int
    num_held_out: int
    num_unknown: int
    before: float | None
    after: float | None
    precision_at: dict[int, float] | None
    num_candidates: int
    num_left_out: int = 0

    @cached_property
    def vectors(self) -> WordVectors:
        """`other`, turned. Cosines within it are as before, and words outside the vocabulary turn with it.

        What training would continue from is left out: it belongs to the space as it was.
        """
        subwords = self.other.subwords
        if subwords is not None:
            subwords = replace(subwords.without_own(), matrix=self.turned(subwords.matrix))
        return WordVectors(
            self.other.vocabulary,
            self.turned(self.other.matrix),
            subwords=subwords,
            tokenizer=self.other.tokenizer,
            details={**self.other.details, "aligned": self.facts()},
        )

    def facts(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {
            "num_anchors": self.num_anchors,
            "num_left_out": self.num_left_out,
            "num_held_out": self.num_held_out,
            "num_unknown": self.num_unknown,
            "cosine_before": self.before,
            "cosine_after": self.after,
            "precision_at": self.precision_at and {str(k): share for k, share in self.precision_at.items()},
            "num_candidates": self.num_candidates,
        }

    def turned(self, matrix: np.ndarray) -> np.ndarray:
        """Rows of `other`'s space (n, D) in the space of the first set, float32 (n, D)."""
        return np.asarray(matrix @ self.rotation.astype(np.float32), np.float32)


def align(
    vectors: WordVectors,
    other: WordVectors,
    config: AlignConfig | None = None,
    *,
    anchors: Sequence[Pair] | None = None,
    test_anchors: Sequence[Pair] | None = None,
    on_progress: OnProgress | None = None,
) -> Alignment:
    """The rotation of `other` that brings anchors nearest to their partners in `vectors`.

    `anchors` are pairs of a word of `vectors` and one of `other`, by default the frequent words that both
    have. With `test_anchors` these judge, and none is held out. Raises ConfigError for sets of different
    dimensions and for fewer anchors than dimensions, which would fit any rotation.
    """
    config = config or AlignConfig()
    found, judging = fit_rotation(vectors, other, config, anchors=anchors, test_anchors=test_anchors)
    return _judged(found, vectors, judging, config, on_progress) if judging else found


def fit_rotation(
    vectors: WordVectors,
    other: WordVectors,
    config: AlignConfig,
    *,
    anchors: Sequence[Pair] | None = None,
    test_anchors: Sequence[Pair] | None = None,
) -> tuple[Alignment, list[Pair]]:
    """The alignment that `align` finds, not judged yet, and the pairs to judge it by."""
    if vectors.dim != other.dim:
        raise ConfigError(f"other: expected {vectors.dim} dimensions as the first set, found {other.dim}")
    if anchors is None:
        anchors = common_words(vectors, other, config.num_anchors)
    given = list(dict.fromkeys(anchors))
    known = known_pairs(given, vectors, other)
    if test_anchors is None:
        fitted, judging = _split(known, config)
    else:
        judging = known_pairs(test_anchors, vectors, other)
        held_out = set(judging)
        fitted = [pair for pair in known if pair not in held_out]
    if len(fitted) < vectors.dim:
        raise ConfigError(
            f"anchors: expected {vectors.dim} pairs or more to fit, one for each dimension, found "
            f"{len(fitted)} of {len(given)} whose words both sets have"
        )
    ours, theirs = rows_of(fitted, vectors, other)
    rotation, num_left_out = _fitted(vectors.matrix[ours], other.matrix[theirs], config.left_out)
    found = Alignment(
        other,
        rotation,
        num_anchors=len(fitted) - num_left_out,
        num_held_out=len(judging),
        num_unknown=len(given) - len(known),
        before=None,
        after=None,
        precision_at=None,
        num_candidates=0,
        num_left_out=num_left_out,
    )
    return found, judging


def _split(pairs: list[Pair], config: AlignConfig) -> tuple[list[Pair], list[Pair]]:
    """The anchors to fit and those held out, each in their order."""
    order = np.random.default_rng(config.seed).permutation(len(pairs))
    num_held = int(config.held_out * len(pairs))
    held, fitted = (np.sort(part).tolist() for part in np.split(order, [num_held]))
    return [pairs[position] for position in fitted], [pairs[position] for position in held]


def _fitted(left: np.ndarray, right: np.ndarray, share: float) -> tuple[np.ndarray, int]:
    """The rotation of `right` onto `left` (num_anchors, D), and how many anchors it does without.

    These are the `share` of them, but as many stay as there are dimensions, at least.
    """
    left, right = unit_rows(left), unit_rows(right)
    rotation = _rotation(left, right)
    num_left_out = min(int(share * len(left)), len(left) - left.shape[1])
    if num_left_out:
        order = np.argsort(-cosines(left, right @ rotation), kind="stable")
        kept = np.sort(order[: len(order) - num_left_out])
        rotation = _rotation(left[kept], right[kept])
    return rotation, num_left_out


def _rotation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The orthogonal R, float64 (D, D), for which right @ R is nearest to left."""
    u, _, v = np.linalg.svd(right.T.astype(np.float64) @ left.astype(np.float64))
    return np.asarray(u @ v)


def _judged(
    found: Alignment, vectors: WordVectors, judging: Sequence[Pair], config: AlignConfig,
    on_progress: OnProgress | None,
) -> Alignment:  # fmt: skip
    """`found` with its scores on the pairs that judge."""
    ours, theirs = rows_of(judging, vectors, found.other)
    left, right = vectors.matrix[ours], found.other.matrix[theirs]
    # the candidates: the most frequent words, and those that are to be found
    here = np.union1d(np.arange(min(config.num_candidates, len(vectors))), ours)
    there = np.union1d(np.arange(min(config.num_candidates, len(found.other))), theirs)
    reporter = Reporter(on_progress, "look for words", "words", len(there) + len(ours))
    turned = found.turned(found.other.matrix[there])
    ranks = retrieval_ranks(
        np.searchsorted(here, ours), np.searchsorted(there, theirs), vectors.matrix[here], turned,
        report=reporter.update,
    )  # fmt: skip
    reporter.report(len(there) + len(ours))
    return replace(
        found,
        before=float(cosines(left, right).mean()),
        after=float(cosines(left, found.turned(right)).mean()),
        precision_at={k: float((ranks < k).mean()) for k in (1, 5, 10)},
        num_candidates=len(there),
    )
