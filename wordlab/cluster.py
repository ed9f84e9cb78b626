"""A Ray cluster for the time of a context: one that runs already, or one of this machine's own processes."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wordlab.errors import ResourceError
from wordlab.extras import need, variable

with need("ray"):
    import ray


@contextmanager
def joined(address: str | None = None, *, workers: int) -> Iterator[None]:
    """Inside, tasks and actors of Ray run: on the cluster at `address`, or on `workers` processes of this
    machine.

    `address` is Ray's own: ``auto`` for the cluster of this machine, ``ray://host:port`` for one elsewhere.
    Where the program has called ``ray.init`` already, that cluster is used, and left running. Raises
    ResourceError if there is no cluster at `address`.
    """
    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    # Sockets lie there, whose paths may not be long.
    with tempfile.TemporaryDirectory(prefix="wl", ignore_cleanup_errors=True) as scratch:
        with variable("RAY_USAGE_STATS_ENABLED", "0", unless="RAY_USAGE_STATS_ENABLED"):
            if address is None:
                ray.init(num_cpus=workers, include_dashboard=False, _temp_dir=scratch, **quiet)
            else:
                try:
                    ray.init(address=address, **quiet)
                except (ConnectionError, ImportError, ValueError) as error:
                    reason = str(error).partition("\n")[0]
                    raise ResourceError(f"address: expected a Ray cluster at {address}: {reason}") from error
        try:
            yield
        finally:
            ray.shutdown()
