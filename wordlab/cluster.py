"""A Ray cluster for the time of a context: one that runs already, or one of this machine's own processes."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from wordlab.checks import check_number
from wordlab.errors import ConfigError, ResourceError
from wordlab.extras import need, variable

MAX_WORKERS = 1_024
_PATIENCE = 5.0  # seconds until a host that says nothing counts as not there
_SILENT = "RAY_IGNORE_UNHANDLED_ERRORS"
_ADDRESS = re.compile(r"(ray://)?(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")


@dataclass(frozen=True, kw_only=True)
class ClusterConfig:
    """Where work is spread to, and how far; ConfigError, which names the field, for what makes no sense."""

    address: str | None = None
    """The Ray cluster: auto for the one that runs on this machine, host:port or ray://host:port for one
    elsewhere. Without it processes of this machine are started for the time of the work."""
    workers: int = 2
    """Processes that work side by side, each on a core of its own."""

    def __post_init__(self) -> None:
        check_number(self, "workers", int, 1, MAX_WORKERS)
        if self.address in (None, "auto"):
            return
        found = _ADDRESS.fullmatch(self.address) if isinstance(self.address, str) else None
        if found is None or not 0 < int(found[3]) < 65_536:
            raise ConfigError(f"address: expected auto, host:port or ray://host:port, found {self.address!r}")


@contextmanager
def joined(address: str | None = None, *, workers: int = ClusterConfig.workers) -> Iterator[None]:
    """Inside, tasks and actors of Ray run: on the cluster at `address`, or on `workers` processes of this
    machine.

    Where the program has called ``ray.init`` already, that cluster is used, and left running. Raises
    ConfigError for an address or a number that makes no sense, and ResourceError if there is no cluster at
    `address`, or one with fewer processors than `workers`.
    """
    ClusterConfig(address=address, workers=workers)
    with _authentication(address):
        with need("ray"):
            import ray
        if ray.is_initialized():
            _check_size(workers)
            yield
            return
        # Sockets lie there, whose paths may not be long.
        with tempfile.TemporaryDirectory(prefix="wl", ignore_cleanup_errors=True) as scratch:
            with variable("RAY_USAGE_STATS_ENABLED", "0", unless="RAY_USAGE_STATS_ENABLED"), _own_signals():
                _connect(address, workers, scratch)
            try:
                _check_size(workers)
                # When a worker is lost, others fail at what needs it, and Ray would print each such error.
                with variable(_SILENT, "1", unless=_SILENT):
                    yield
            finally:
                ray.shutdown()


def _authentication(address: str | None) -> AbstractContextManager[None]:
    """Inside, Ray shows a cluster the token that this machine has, if it has one.

    Left to itself it does so only where it starts a cluster, which then turns those away that show none.
    """
    named = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & os.environ.keys()
    if address is None or not (named or os.path.exists(os.path.expanduser("~/.ray/auth_token"))):
        return nullcontext()
    return variable("RAY_AUTH_MODE", "token", unless="RAY_AUTH_MODE")


@contextmanager
def _own_signals() -> Iterator[None]:
    """Afterwards SIGTERM does what it did before: Ray's way of ending leaves half-written files behind."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)


def _connect(address: str | None, workers: int, scratch: str) -> None:
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        # Else a variable of the environment may name a cluster.
        ray.init("local", num_cpus=workers, include_dashboard=False, _temp_dir=scratch, **quiet)
        return
    try:
        _knock(address)
        ray.init(address=address, **quiet)
    except (OSError, ImportError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error).strip()
        reason = said.partition("\n")[0] or type(error).__name__
        raise ResourceError(f"address: expected a Ray cluster at {address}: {reason}") from error


def _knock(address: str) -> None:
    """Raise OSError if nobody listens at `address`, for which Ray itself waits half a minute."""
    found = _ADDRESS.fullmatch(address)
    if found is not None:
        socket.create_connection((found[2].strip("[]"), int(found[3])), timeout=_PATIENCE).close()


def _check_size(workers: int) -> None:
    import ray

    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    num_cpus = int(resources.get("CPU", 0))
    if num_cpus < workers:
        raise ResourceError(
            f"workers: expected at most the {num_cpus} processors of the cluster, found {workers}"
        )
