"""Whether a function is convex, by four properties, each with a witness where it fails.

A failed check proves that the function is not convex: its witness can be checked by hand. A check that
holds has only looked at samples, unless sympy could decide: then it is a proof as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.convex_sets import Segment
from wordlab.vision_theory.theory.convexity_proof import prove_convexity
from wordlab.vision_theory.theory.critical_points import CriticalPoint, critical_points
from wordlab.vision_theory.theory.functions import Landscape

NUM_SAMPLES = 20_000
"""Segments, or points, that a check draws."""
JENSEN = "Jensen's inequality"
BELOW_SETS = "convex below sets"
LOCAL_MINIMA = "no local minimum but global ones"
SECOND_ORDER = "second-order condition"
_ROUNDING = 1e-9  # of the size of the values: a smaller excess is no witness


@dataclass(frozen=True)
class Curvature:
    """A point and an eigenvalue of the Hessian there."""

    point: tuple[float, ...]
    eigenvalue: float


@dataclass(frozen=True)
class Check:
    """One property: whether it holds, how that is known, and the witness if it does not."""

    name: str
    """JENSEN, BELOW_SETS, LOCAL_MINIMA or SECOND_ORDER."""
    holds: bool
    num_samples: int
    """The number of segments, points or, for LOCAL_MINIMA, minima that were looked at."""
    witness: Segment | Curvature | CriticalPoint | None = None
    excess: float | None = None
    """How far the function exceeds its limit on a segment that fails; infinite where it has no value."""
    lowest: float | None = None
    """A value below that of a local minimum that fails."""
    proof: str | None = None
    """What sympy proved not negative, one of `convexity_proof.PROOFS`, if it decided."""

    @property
    def proven(self) -> bool:
        """Whether the answer is certain: always for a failure, and where sympy decided."""
        return not self.holds or self.proof is not None


@dataclass(frozen=True)
class JensenGap:
    """Both sides of Jensen's inequality for a uniform random point of the domain."""

    value_of_mean: float
    mean_of_values: float

    @property
    def gap(self) -> float:
        """Mean of values less value of mean: not negative for a convex function."""
        return self.mean_of_values - self.value_of_mean


def jensen_gap(landscape: Landscape, *, seed: int = 1, num_samples: int = NUM_SAMPLES) -> JensenGap:
    """E f(X) and f(E X) for X drawn uniformly from where in the domain f is finite (`seed`)."""
    points = _samples(landscape, num_samples, seed)
    mean = points.mean(axis=0)
    return JensenGap(float(landscape.value(mean)), float(landscape.value(points).mean()))


def check_convexity(
    landscape: Landscape, *, seed: int = 1, num_samples: int = NUM_SAMPLES
) -> tuple[Check, Check, Check, Check]:
    """Jensen's inequality, below sets, local minima and the second-order condition, in this order.

    Raises ConfigError if the function is finite almost nowhere in its domain.
    """
    points = _samples(landscape, 2 * num_samples, seed)
    half = len(points) // 2
    a, b = points[:half], points[half : 2 * half]
    weights = np.random.default_rng(seed + 1).uniform(size=half)
    return (
        _jensen(landscape, a, b, weights),
        _below_sets(landscape, a, b, weights),
        _local_minima(landscape, points, seed),
        _second_order(landscape, points),
    )


def _samples(landscape: Landscape, number: int, seed: int) -> np.ndarray:
    low, high = np.array(landscape.domain).T
    points = np.random.default_rng(seed).uniform(low, high, size=(number, len(low)))
    finite = points[np.isfinite(landscape.value(points))]
    if len(finite) < 100:
        raise ConfigError(
            f"function: expected finite values in the domain, found {len(finite)} in {number:,} points"
        )
    return np.asarray(finite)


def _jensen(landscape: Landscape, a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> Check:
    """f(weight * a + (1 - weight) * b) <= weight * f(a) + (1 - weight) * f(b)."""
    at_a, at_b = landscape.value(a), landscape.value(b)  # (num_samples,)
    chords = weights * at_a + (1 - weights) * at_b
    return _along_segments(landscape, (a, b, weights), chords, JENSEN)


def _below_sets(landscape: Landscape, a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> Check:
    """{x: f(x) <= level} is convex at the level max(f(a), f(b)): f between is no higher."""
    levels = np.maximum(landscape.value(a), landscape.value(b))
    return _along_segments(landscape, (a, b, weights), levels, BELOW_SETS)


def _along_segments(
    landscape: Landscape,
    segments: tuple[np.ndarray, np.ndarray, np.ndarray],
    limits: np.ndarray,
    name: str,
) -> Check:
    a, b, weights = segments
    between = weights[:, None] * a + (1 - weights[:, None]) * b
    values = landscape.value(between)
    sizes = np.maximum(np.abs(landscape.value(a)), np.abs(landscape.value(b)))
    excess = np.where(np.isfinite(values), values - limits, np.inf)
    broken = excess > _ROUNDING * (sizes + 1e-300)
    if not broken.any():
        return Check(name, True, len(a))
    worst = int(excess.argmax())
    witness = Segment(tuple(a[worst].tolist()), tuple(b[worst].tolist()), float(weights[worst]))
    return Check(name, False, len(a), witness, excess=float(excess[worst]))


def _local_minima(landscape: Landscape, points: np.ndarray, seed: int) -> Check:
    """Nothing in the domain is lower than a local minimum."""
    minima = [found for found in critical_points(landscape, seed=seed) if found.kind == "minimum"]
    if not minima:
        return Check(LOCAL_MINIMA, True, 0)
    highest = minima[-1]
    lowest = min(minima[0].value, float(landscape.value(points).min()))
    if highest.value - lowest > 1e-6 * (1 + abs(highest.value)):
        return Check(LOCAL_MINIMA, False, len(minima), highest, lowest=lowest)
    return Check(LOCAL_MINIMA, True, len(minima))


def _second_order(landscape: Landscape, points: np.ndarray) -> Check:
    """The Hessian has no negative eigenvalue."""
    hessians = landscape.hessian(points)
    usable = np.isfinite(hessians).all(axis=(-1, -2))
    points, hessians = points[usable], hessians[usable]
    eigenvalues = np.linalg.eigvalsh(hessians)  # (num_samples, num_variables), ascending
    sizes = np.abs(eigenvalues).max(axis=-1, initial=0)
    broken = eigenvalues[:, 0] < -1e-7 * (sizes + 1e-300)
    if broken.any():
        worst = int(np.where(broken, eigenvalues[:, 0], np.inf).argmin())
        witness = Curvature(tuple(points[worst].tolist()), float(eigenvalues[worst, 0]))
        return Check(SECOND_ORDER, False, len(points), witness)
    return Check(SECOND_ORDER, True, len(points), proof=prove_convexity(landscape.expression))
