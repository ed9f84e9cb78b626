"""DeepNet: the network through which gradients are sent back; loads no numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wordlab.checks import check_choice, check_number

ACTIVATIONS = ("sigmoid", "tanh", "relu")
"""What a layer may apply to its sums."""
INITIALS: dict[str, Callable[[int], float]] = {
    "small": lambda width: 0.01,
    "xavier": lambda width: float(width**-0.5),  # Glorot and Bengio 2010
    "he": lambda width: float((2 / width) ** 0.5),  # He et al. 2015
}
"""The standard deviation of the initial weights of layers of `width` units, by name."""


@dataclass(frozen=True, kw_only=True)
class DeepNet:
    """A fully connected network of equal layers: what gradients are sent back through."""

    activation: str = "tanh"
    """What each layer applies to its sums."""
    depth: int = 20
    """Layers."""
    width: int = 64
    """Units in a layer, and numbers in an input."""
    initial: str = "xavier"
    """The standard deviation of the initial weights: `small` is 0.01, `xavier` sqrt(1 / width)
    and `he` sqrt(2 / width)."""
    seed: int = 1
    """Seed of inputs, weights and targets."""

    def __post_init__(self) -> None:
        check_choice(self, "activation", ACTIVATIONS)
        check_choice(self, "initial", tuple(INITIALS))
        check_number(self, "depth", int, 1, 1_000)
        check_number(self, "width", int, 1, 2_048)
        check_number(self, "seed", int, 0, 2**63 - 1)

    @property
    def standard_deviation(self) -> float:
        """The standard deviation of the initial weights."""
        return INITIALS[self.initial](self.width)
