"""Matrices in fewer bytes: float16, or int8 with a scale for each row; the loss is bounded and stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.choices import PRECISIONS, Precision
from wordlab.errors import ConfigError

_INT8_MAX = 127  # symmetric, so that -x is stored as precisely as x
_SCALE_BITS = 16  # significant bits of a scale: its products with an int8 are then exact in float32


@dataclass(frozen=True)
class Quantised:
    """A matrix as stored: `values` (V, D) and, for int8 only, float32 `scales` (V,).

    A number is its value, times its row's scale if there are scales. `to_float32` gives these numbers
    exactly, and quantising them again changes nothing.
    """

    values: np.ndarray
    scales: np.ndarray | None = None

    def to_float32(self) -> np.ndarray:
        """The matrix, float32 (V, D)."""
        if self.scales is None:
            return np.asarray(self.values, dtype=np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # numbers of a damaged file become not finite
            return np.asarray(self.values * self.scales[:, None], dtype=np.float32)

    def tensors(self, name: str) -> dict[str, np.ndarray]:
        """The arrays by name: `name`, and ``name_scales`` if there are scales."""
        return {name: self.values} | ({} if self.scales is None else {f"{name}_scales": self.scales})

    @classmethod
    def of_tensors(cls, tensors: Mapping[str, np.ndarray], name: str) -> Quantised:
        """The inverse of `tensors`; ValueError if the arrays do not fit together."""
        values, scales = tensors[name], tensors.get(f"{name}_scales")
        if values.ndim != 2 or values.dtype.name not in PRECISIONS:
            raise ValueError(
                f"expected a matrix of {', '.join(PRECISIONS)}, found {values.dtype} {values.shape}"
            )
        expected = (len(values),) if values.dtype == np.int8 else None
        found = None if scales is None else scales.shape
        if found != expected or (scales is not None and scales.dtype != np.float32):
            shown = "none" if scales is None else f"{scales.dtype} {scales.shape}"
            raise ValueError(f"expected float32 scales of shape {expected}, found {shown}")
        return cls(values, scales)


def quantise(matrix: np.ndarray, precision: Precision) -> Quantised:
    """The float32 `matrix` (V, D) in another precision, each number rounded to the nearest.

    ``float16`` keeps 11 significant bits: a number changes by at most 1/2048 of itself (by 3e-8 if it is
    below 6e-5). ``int8`` changes it by at most 1/254 of the largest number in its row. Raises ConfigError
    for another precision, and for numbers that float16 cannot hold.
    """
    if precision not in PRECISIONS:
        raise ConfigError(f"precision: expected one of {', '.join(PRECISIONS)}, found {precision!r}")
    if precision == "float32":
        return Quantised(np.asarray(matrix, dtype=np.float32))
    if precision == "float16":
        with np.errstate(over="ignore"):
            halves = matrix.astype(np.float16)
        if not np.isfinite(halves).all():
            raise ConfigError(
                f"precision: expected numbers up to 65,504 for float16, found {np.abs(matrix).max():,.6g}; "
                "int8 has no such limit"
            )
        return Quantised(halves)
    scales = _scales(matrix)
    divisors = np.where(scales == 0, np.float32(1), scales)  # rows of zeros stay zeros
    values = matrix / divisors[:, None]
    np.rint(values, out=values)
    np.clip(values, -_INT8_MAX, _INT8_MAX, out=values)
    return Quantised(values.astype(np.int8), scales)


def _scales(matrix: np.ndarray) -> np.ndarray:
    """Each row's largest number / 127, rounded up to 16 significant bits."""
    largest = np.maximum(np.abs(matrix.max(axis=1)), np.abs(matrix.min(axis=1)))
    scales = (largest / np.float32(_INT8_MAX)).astype(np.float32)
    dropped = np.uint32((1 << (24 - _SCALE_BITS)) - 1)  # float32 has 24 significant bits
    top = np.float32(np.finfo(np.float32).max / _INT8_MAX).view(np.uint32)  # 127 times more must be finite
    bits = np.minimum(scales.view(np.uint32) + dropped, top) & ~dropped
    return np.asarray(bits.view(np.float32))
