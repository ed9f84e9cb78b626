"""Points where the gradient is zero, and their kind: minimum, maximum or saddle point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.vision_theory.theory.functions import Landscape

_GRID = {1: 400, 2: 30}  # starts along each axis; random ones in more dimensions
_RANDOM_STARTS = 1_000
_NEWTON_STEPS = 80
_SAME = 1e-4  # of the domain's width: nearer points are one
_SINGULAR = 1e-6  # of the largest eigenvalue, or of 1: smaller ones count as zero
_MOST = 200


@dataclass(frozen=True)
class CriticalPoint:
    """A point with gradient zero, the value there, and the eigenvalues of the Hessian, ascending."""

    point: tuple[float, ...]
    value: float
    eigenvalues: tuple[float, ...]

    @property
    def kind(self) -> str:
        """`minimum`, `maximum`, `saddle point`, or `degenerate`: then the Hessian does not decide.

        The eigenvalues are all positive, all negative, or of both signs; an eigenvalue of zero leaves open
        what the function does along its direction, unless the others already make the point a saddle.
        """
        scale = max(1.0, *(abs(value) for value in self.eigenvalues))
        signs = {
            0 if abs(value) <= _SINGULAR * scale else 1 if value > 0 else -1 for value in self.eigenvalues
        }
        if {1, -1} <= signs:
            return "saddle point"
        if 0 in signs:
            return "degenerate"
        return "minimum" if signs == {1} else "maximum"


def classify(landscape: Landscape, point: np.ndarray) -> CriticalPoint:
    """`point`, taken to be critical, with its value and eigenvalues."""
    eigenvalues = np.linalg.eigvalsh(landscape.hessian(point)) + 0.0  # no minus zero
    return CriticalPoint(tuple(point.tolist()), float(landscape.value(point)), tuple(eigenvalues.tolist()))


def critical_points(landscape: Landscape, *, seed: int = 1) -> list[CriticalPoint]:
    """The critical points within the domain that Newton's method finds from many starts, lowest first.

    The starts are a grid, in more than two dimensions random (`seed`). There may be others, and where
    critical points are not isolated these are only some of them, at most 200.
    """
    low, high = np.array(landscape.domain).T  # (num_variables,) each
    width = high - low
    found = _newton(landscape, _starts(low, high, seed), width)  # (num_found, num_variables)
    found = found[((found >= low - _SAME * width) & (found <= high + _SAME * width)).all(axis=-1)]
    kept: list[np.ndarray] = []
    for point in found[np.lexsort(found.round(6).T[::-1])]:
        if len(kept) < _MOST and all(np.abs((point - other) / width).max() > _SAME for other in kept):
            kept.append(point)
    return sorted(
        (classify(landscape, point) for point in kept), key=lambda found: (round(found.value, 9), found.point)
    )


def nearest_critical_point(landscape: Landscape, point: np.ndarray) -> CriticalPoint | None:
    """The critical point to which Newton's method leads from `point`, or None."""
    low, high = np.array(landscape.domain).T
    found = _newton(landscape, point[None], high - low)
    return classify(landscape, found[0]) if len(found) else None


def _starts(low: np.ndarray, high: np.ndarray, seed: int) -> np.ndarray:
    if len(low) in _GRID:
        # An even number, so that no start is in the middle, where many functions are special.
        axes = [np.linspace(a, b, _GRID[len(low)]) for a, b in zip(low, high, strict=True)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(low))
    return np.random.default_rng(seed).uniform(low, high, size=(_RANDOM_STARTS, len(low)))


def _newton(landscape: Landscape, points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Where Newton's method for gradient = 0 leads from `points`, without those for which it fails.

    No step is longer than a tenth of `width`.
    """
    for _ in range(_NEWTON_STEPS):
        gradients, hessians = landscape.gradient(points), landscape.hessian(points)
        usable = np.isfinite(gradients).all(axis=-1) & np.isfinite(hessians).all(axis=(-1, -2))
        points, gradients, hessians = points[usable], gradients[usable], hessians[usable]
        if not len(points):
            return points
        inverses = np.linalg.pinv(hessians, rcond=1e-12, hermitian=True)
        steps = -np.einsum("pij,pj->pi", inverses, gradients)  # (num_points, num_variables)
        longest = np.abs(steps / width).max(axis=-1, keepdims=True)
        points = points + steps * np.minimum(1.0, 0.1 / np.maximum(longest, 1e-300))
    slopes = np.linalg.norm(landscape.gradient(points), axis=-1)
    hessians = landscape.hessian(points)
    scale = 1 + np.abs(hessians).max(axis=(-1, -2))  # not finite where there is no Hessian
    points = points[np.isfinite(scale) & (slopes <= 1e-9 * scale)]
    return np.where(np.abs(points) < 1e-9 * width, 0.0, points)
