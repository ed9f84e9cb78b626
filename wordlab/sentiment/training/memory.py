"""What training a network takes of the memory, compared with what is left before anything is made."""

from __future__ import annotations

from wordlab.errors import ResourceError
from wordlab.resources import available_memory
from wordlab.sentiment.models.network import Network

_BYTES = 16  # of a weight: itself, its gradient, and the two moments of the optimiser


def check_memory(network: Network) -> None:
    """Raise ResourceError if less memory is left than training `network`, an outline, takes at least."""
    num_weights = sum(weight.numel() for weight in network.parameters())
    left = available_memory()
    if left is not None and _BYTES * num_weights > left:
        raise ResourceError(
            f"memory: training the {network.title}'s {num_weights:,} weights takes "
            f"{_BYTES * num_weights / 1e9:.1f} GB, {left / 1e9:.1f} GB are left; smaller layers need less"
        )
