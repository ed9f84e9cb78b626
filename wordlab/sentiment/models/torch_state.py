"""torch's threads and random draws, kept as the caller had them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.devices import torch_threads
from wordlab.extras import need

with need("torch"):
    import torch


@contextmanager
def own_torch_state(threads: int, device: str = "cpu") -> Iterator[None]:
    """Inside, torch has this many threads and its random draws are ours; afterwards all is as before."""
    devices = [torch.device(device)] if device.startswith("cuda") else []
    with torch_threads(threads), torch.random.fork_rng(devices=devices):
        yield


def seed_torch(seed: int, epoch: int, device: str) -> None:
    """Start the draws of an epoch, which depend on nothing that was drawn before."""
    mixed = (seed * 1_000_003 + epoch) % 2**63
    torch.default_generator.manual_seed(mixed)  # torch.manual_seed would seed every GPU, too
    if device.startswith("cuda"):
        with torch.cuda.device(device):
            torch.cuda.manual_seed(mixed)
