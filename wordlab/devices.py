"""Where torch computes, with how many threads and which draws, for every room that trains with torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.errors import ConfigError

_MAX_THREADS = 128


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Inside, torch uses `number` threads on the CPU, at most 128; afterwards as many as before.

    OpenMP aborts the process where the system refuses a thread, and torch gains nothing from more. A failed
    allocation is a MemoryError, as everywhere else.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(min(number, _MAX_THREADS))
    try:
        yield
    except RuntimeError as error:
        wanted = re.search(r"can't allocate memory: you tried to allocate (\d+) bytes", str(error))
        if wanted is None:
            raise
        raise MemoryError(f"torch asked for {int(wanted[1]):,} bytes") from error
    finally:
        torch.set_num_threads(before)


@contextmanager
def own_torch_state(threads: int, device: str = "cpu") -> Iterator[None]:
    """Inside, torch has this many threads and its random draws are ours; afterwards all is as before."""
    import torch

    devices = [torch.device(device)] if device.startswith("cuda") else []
    with torch_threads(threads), torch.random.fork_rng(devices=devices):
        yield


def seed_torch(seed: int, epoch: int, device: str) -> None:
    """Start the draws of an epoch, which depend on nothing that was drawn before."""
    import torch

    mixed = (seed * 1_000_003 + epoch) % 2**63
    torch.default_generator.manual_seed(mixed)  # torch.manual_seed would seed every GPU, too
    if device.startswith("cuda"):
        with torch.cuda.device(device):
            torch.cuda.manual_seed(mixed)


def check_device(device: str) -> None:
    """Raise ConfigError unless torch can compute on `device`; the message names the usable ones."""
    import torch

    try:
        torch.zeros(1, device=device).item()  # "meta" can make tensors but not read them
    # AssertionError where torch was built without CUDA, the others for names that denote no device
    except (RuntimeError, AssertionError, ValueError, TypeError, ImportError, AttributeError) as error:
        usable = ", ".join(
            ["cpu", *(name for name in ("cuda", "mps") if getattr(torch, name).is_available())]
        )
        raise ConfigError(
            f"device: expected one that this torch can use ({usable}), found {device!r}"
        ) from error
