"""QuantisingConfig: how the vectors of a linear classifier are stored in fewer bytes."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number


@dataclass(frozen=True, kw_only=True)
class QuantisingConfig:
    """How to quantise; the defaults are fastText's, but that it keeps all vectors unless told otherwise.

    Raises ConfigError, which names the field, its value and what is allowed.
    """

    cutoff: int = 100_000
    """Keep only so many vectors, the longest of them, and the end of a text; 0 keeps all."""
    part: int = 2
    """Dimensions that have a byte together."""
    qnorm: bool = False
    """Give the length of each vector a byte of its own."""
    seed: int = 1
    """Seed of the draw of vectors that the centroids are learnt from, and of their start."""

    def __post_init__(self) -> None:
        check_number(self, "cutoff", int, 0, 2**31 - 1)
        check_number(self, "part", int, 1, 10_000)
        check_number(self, "seed", int, 0, 2**32 - 1)
