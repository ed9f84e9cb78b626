"""Sets of points, convex or not, and the check that tells by a segment that leaves the set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from wordlab.errors import ConfigError

NUM_SEGMENTS = 20_000
"""Segments that a check draws."""


class PointSet(Protocol):
    """A bounded window onto a set of points."""

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """For each coordinate the ends between which the set is drawn and sampled."""

    def contains(self, points: np.ndarray) -> np.ndarray:
        """For points (..., num_coordinates) whether each is in the set, bool (...,)."""


@dataclass(frozen=True)
class Ball:
    """The points no farther from `centre` than `radius`: convex."""

    centre: tuple[float, ...]
    radius: float

    def __post_init__(self) -> None:
        if not 0 < self.radius < np.inf:
            raise ConfigError(f"radius: expected a positive number, found {self.radius!r}")

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The cube around the ball."""
        return tuple((c - self.radius, c + self.radius) for c in self.centre)

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in the ball."""
        return np.asarray(((points - np.array(self.centre)) ** 2).sum(axis=-1) <= self.radius**2)  # (...,)


@dataclass(frozen=True)
class Box:
    """The points between `low` and `high` in each coordinate: convex."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.low) != len(self.high) or not all(
            a < b for a, b in zip(self.low, self.high, strict=True)
        ):
            raise ConfigError(f"high: expected a number above each of {self.low}, found {self.high}")

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The box itself."""
        return tuple(zip(self.low, self.high, strict=True))

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in the box."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=-1))  # (...,)


@dataclass(frozen=True)
class HalfSpace:
    """The points x with normal.x <= offset, in the plane a half-plane: convex, and without an end."""

    normal: tuple[float, ...]
    offset: float
    window: tuple[tuple[float, float], ...]

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is on this side."""
        return np.asarray(points @ np.array(self.normal) <= self.offset)  # (...,)


@dataclass(frozen=True)
class Annulus:
    """The points whose distance from `centre` is from `inner` to `outer`: not convex, for the hole."""

    centre: tuple[float, ...]
    inner: float
    outer: float

    def __post_init__(self) -> None:
        if not 0 < self.inner < self.outer < np.inf:
            raise ConfigError(f"inner: expected a number between 0 and {self.outer}, found {self.inner!r}")

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The cube around the outer circle."""
        return Ball(self.centre, self.outer).window

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is between the circles."""
        squares = ((points - np.array(self.centre)) ** 2).sum(axis=-1)
        return np.asarray((squares >= self.inner**2) & (squares <= self.outer**2))  # (...,)


@dataclass(frozen=True)
class Intersection:
    """The points that are in all of `sets`: convex if they all are."""

    sets: tuple[PointSet, ...]

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """Where the windows of all sets overlap."""
        ends = np.array([part.window for part in self.sets])  # (num_sets, num_coordinates, 2)
        return tuple(zip(ends[..., 0].max(axis=0).tolist(), ends[..., 1].min(axis=0).tolist(), strict=True))

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in all of them."""
        return np.asarray(np.logical_and.reduce([part.contains(points) for part in self.sets]))  # (...,)


@dataclass(frozen=True)
class Union:
    """The points that are in any of `sets`: as a rule not convex, though they be."""

    sets: tuple[PointSet, ...]

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The box around the windows of all sets."""
        ends = np.array([part.window for part in self.sets])  # (num_sets, num_coordinates, 2)
        return tuple(zip(ends[..., 0].min(axis=0).tolist(), ends[..., 1].max(axis=0).tolist(), strict=True))

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in one of them."""
        return np.asarray(np.logical_or.reduce([part.contains(points) for part in self.sets]))  # (...,)


SETS: dict[str, PointSet] = {
    "ball": Ball((0.0, 0.0), 1.0),
    "box": Box((-1.0, -0.5), (1.0, 0.5)),
    "half-plane": HalfSpace((1.0, 2.0), 0.5, ((-1.0, 1.0), (-1.0, 1.0))),
    "lens": Intersection((Ball((-0.5, 0.0), 1.0), Ball((0.5, 0.0), 1.0))),
    "annulus": Annulus((0.0, 0.0), 0.5, 1.0),
    "two-balls": Union((Ball((-0.8, 0.0), 1.0), Ball((0.8, 0.0), 1.0))),
}
"""Sets in the plane that have names."""


@dataclass(frozen=True)
class Segment:
    """Two points of a set (or of a function's domain) and the place weight * a + (1 - weight) * b between."""

    a: tuple[float, ...]
    b: tuple[float, ...]
    weight: float

    @property
    def between(self) -> tuple[float, ...]:
        """The point between."""
        return tuple(self.weight * p + (1 - self.weight) * q for p, q in zip(self.a, self.b, strict=True))


@dataclass(frozen=True)
class SetCheck:
    """What a check of a set found: a segment that leaves it, or none among `num_segments`."""

    witness: Segment | None
    num_segments: int

    @property
    def holds(self) -> bool:
        """Whether the set looks convex: a witness disproves it, none is no proof."""
        return self.witness is None


def check_set(points: PointSet, *, seed: int = 1, num_segments: int = NUM_SEGMENTS) -> SetCheck:
    """Whether random segments between points of the set stay in it (`seed`).

    Of those that leave it, the witness is the one whose point between is nearest to the middle.
    Raises ConfigError if next to no random point of the window is in the set.
    """
    rng = np.random.default_rng(seed)
    low, high = np.array(points.window).T
    inside = rng.uniform(low, high, size=(8 * num_segments, len(low)))
    inside = inside[points.contains(inside)][: 2 * num_segments]
    if len(inside) < 100:
        raise ConfigError("set: expected one that fills a part of its window, found next to no point of it")
    a, b = inside[: len(inside) // 2], inside[len(inside) // 2 : len(inside) // 2 * 2]
    weights = rng.uniform(size=(len(a), 1))
    outside = np.flatnonzero(~points.contains(weights * a + (1 - weights) * b))
    if not len(outside):
        return SetCheck(None, len(a))
    clearest = outside[np.abs(weights[outside, 0] - 0.5).argmin()]
    segment = Segment(tuple(a[clearest].tolist()), tuple(b[clearest].tolist()), float(weights[clearest, 0]))
    return SetCheck(segment, len(a))
