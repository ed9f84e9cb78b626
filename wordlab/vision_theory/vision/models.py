"""The networks by name, and what a config must know of each; loads no torch.

A new network is a file in `networks` with a function `build(config, shape, num_classes)`, and a line in
`NETWORKS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """One network: the file in `networks` that builds it, and the choices it leaves open."""

    file: str
    activations: tuple[str, ...] = ("relu",)
    """The activations that it can have, its default first."""
    always_normalised: bool = True
    """Whether batch normalisation is part of it."""
    residual: bool = False
    """Whether it has residual blocks, which can be pre-activated or begin with a scale of 0."""


DEPTHS = (8, 20, 32, 44, 56, 110)
"""Layers of the small networks, residual and plain."""

NETWORKS = {
    "lenet": Network("lenet", activations=("sigmoid", "relu"), always_normalised=False),
    "resnet18": Network("resnet18", residual=True),
    **{f"resnet{depth}": Network("small_resnet", residual=True) for depth in DEPTHS},
    **{f"plain{depth}": Network("small_resnet") for depth in DEPTHS},
}

ACTIVATIONS = tuple(dict.fromkeys(name for network in NETWORKS.values() for name in network.activations))
