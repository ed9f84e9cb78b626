"""Where torch computes and with how many threads, for every room that trains with torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.errors import ConfigError


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Inside, torch uses `number` threads on the CPU; afterwards as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def check_device(device: str) -> None:
    """Raise ConfigError unless torch can compute on `device`; the message names the usable ones."""
    import torch

    try:
        torch.zeros(1, device=device).item()  # "meta" can make tensors but not read them
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without CUDA
        usable = ", ".join(
            ["cpu", *(name for name in ("cuda", "mps") if getattr(torch, name).is_available())]
        )
        raise ConfigError(
            f"device: expected one that this torch can use ({usable}), found {device!r}"
        ) from error
