"""The memory that training a network takes, compared with what is left before any is allocated."""

from __future__ import annotations

from wordlab.errors import ResourceError
from wordlab.resources import available_memory
from wordlab.sentiment.models.network import Network

_BYTES = 16  # of a weight: itself, its gradient, and the two moments of the optimiser


def check_memory(network: Network) -> None:
    """Raise ResourceError if less memory is left than training `network`, on any device, takes at least."""
    num_weights = sum(weight.numel() for weight in network.parameters())
    left = available_memory()
    if left is not None and _BYTES * num_weights > left:
        raise ResourceError(
            f"memory: expected {_BYTES * num_weights / 1e9:.1f} GB to train the {network.title}'s "
            f"{num_weights:,} weights, found {left / 1e9:.1f} GB; smaller layers need less"
        )
