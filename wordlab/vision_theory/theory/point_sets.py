"""Sets of points, convex or not; loads no numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Protocol

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np


class PointSet(Protocol):
    """A set of points, and a bounded window onto it."""

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The interval of each coordinate in which the set is drawn and sampled."""

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in the set, bool (...,)."""


@dataclass(frozen=True)
class Ball:
    """The points no farther from `centre` than `radius`: convex."""

    centre: tuple[float, ...]
    radius: float

    def __post_init__(self) -> None:
        if not 0 < self.radius < math.inf:
            raise ConfigError(f"radius: expected a positive number, found {self.radius!r}")

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The cube around the ball."""
        return tuple((c - self.radius, c + self.radius) for c in self.centre)

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in the ball."""
        squares: np.ndarray = ((points - self.centre) ** 2).sum(axis=-1)  # (...,)
        return squares <= self.radius**2


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
        num_outside: np.ndarray = ((points < self.low) | (points > self.high)).sum(axis=-1)  # (...,)
        return num_outside < 1


@dataclass(frozen=True)
class HalfSpace:
    """The points x with normal.x <= offset, in the plane a half-plane: convex and unbounded."""

    normal: tuple[float, ...]
    offset: float
    window: tuple[tuple[float, float], ...]

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is on this side."""
        products: np.ndarray = points @ self.normal  # (...,)
        return products <= self.offset


@dataclass(frozen=True)
class Annulus:
    """The points whose distance from `centre` is from `inner` to `outer`: not convex because of the hole."""

    centre: tuple[float, ...]
    inner: float
    outer: float

    def __post_init__(self) -> None:
        if not 0 < self.inner < self.outer < math.inf:
            raise ConfigError(f"inner: expected a number between 0 and {self.outer}, found {self.inner!r}")

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The cube around the outer circle."""
        return Ball(self.centre, self.outer).window

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is between the circles."""
        squares: np.ndarray = ((points - self.centre) ** 2).sum(axis=-1)  # (...,)
        return (squares >= self.inner**2) & (squares <= self.outer**2)


@dataclass(frozen=True)
class Intersection:
    """The points that are in all of `sets`: convex if they all are."""

    sets: tuple[PointSet, ...]

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """Where the windows of all sets overlap."""
        return tuple(zip(map(max, _ends(self.sets, 0)), map(min, _ends(self.sets, 1)), strict=True))

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in all of them."""
        return reduce(and_, (part.contains(points) for part in self.sets))  # (...,)


@dataclass(frozen=True)
class Union:
    """The points that are in any of `sets`: rarely convex, even if they all are."""

    sets: tuple[PointSet, ...]

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """The box around the windows of all sets."""
        return tuple(zip(map(min, _ends(self.sets, 0)), map(max, _ends(self.sets, 1)), strict=True))

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (..., num_coordinates) is in one of them."""
        return reduce(or_, (part.contains(points) for part in self.sets))  # (...,)


def _ends(sets: Sequence[PointSet], side: int) -> list[list[float]]:
    """The lower (0) or upper (1) ends of all windows, coordinate by coordinate."""
    windows = zip(*(part.window for part in sets), strict=True)
    return [[ends[side] for ends in window] for window in windows]


SETS: dict[str, PointSet] = {
    "ball": Ball((0.0, 0.0), 1.0),
    "box": Box((-1.0, -0.5), (1.0, 0.5)),
    "half-plane": HalfSpace((1.0, 2.0), 0.5, ((-1.0, 1.0), (-1.0, 1.0))),
    "lens": Intersection((Ball((-0.5, 0.0), 1.0), Ball((0.5, 0.0), 1.0))),
    "annulus": Annulus((0.0, 0.0), 0.5, 1.0),
    "two-balls": Union((Ball((-0.8, 0.0), 1.0), Ball((0.8, 0.0), 1.0))),
}
"""The sets in the plane that have a name."""
