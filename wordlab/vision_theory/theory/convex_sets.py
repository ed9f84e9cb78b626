"""Check whether a set is convex: look for a segment between two of its points that leaves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.point_sets import PointSet

NUM_SEGMENTS = 20_000
"""Segments that a check draws."""


@dataclass(frozen=True)
class Segment:
    """Two points of a set or of a function's domain, and the point weight * a + (1 - weight) * b between."""

    a: tuple[float, ...]
    b: tuple[float, ...]
    weight: float

    @property
    def between(self) -> tuple[float, ...]:
        """The point between."""
        return tuple(self.weight * p + (1 - self.weight) * q for p, q in zip(self.a, self.b, strict=True))


@dataclass(frozen=True)
class SetCheck:
    """The result of checking a set: a segment that leaves it, or None among `num_segments`."""

    witness: Segment | None
    num_segments: int

    @property
    def holds(self) -> bool:
        """Whether the set looks convex: a witness disproves it, but the lack of one is no proof."""
        return self.witness is None


def check_set(points: PointSet, *, seed: int = 1, num_segments: int = NUM_SEGMENTS) -> SetCheck:
    """Whether random segments between points of the set stay in it (`seed`).

    Of the segments that leave it, the witness is the one whose point between is nearest to the middle.
    Raises ConfigError if fewer than 100 random points of the window are in the set.
    """
    rng = np.random.default_rng(seed)
    low, high = np.array(points.window).T
    inside = rng.uniform(low, high, size=(8 * num_segments, len(low)))
    inside = inside[points.contains(inside)][: 2 * num_segments]
    if len(inside) < 100:
        raise ConfigError("set: expected one that fills part of its window, found almost no point of it")
    a, b = inside[: len(inside) // 2], inside[len(inside) // 2 : len(inside) // 2 * 2]
    weights = rng.uniform(size=(len(a), 1))
    outside = np.flatnonzero(~points.contains(weights * a + (1 - weights) * b))
    if not len(outside):
        return SetCheck(None, len(a))
    clearest = outside[np.abs(weights[outside, 0] - 0.5).argmin()]
    segment = Segment(tuple(a[clearest].tolist()), tuple(b[clearest].tolist()), float(weights[clearest, 0]))
    return SetCheck(segment, len(a))
