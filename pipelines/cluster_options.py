"""The options of commands that spread work over a cluster: where it is, and how many workers it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pipelines.config_options import config_options, was_typed
from wordlab.cluster import ClusterConfig
from wordlab.errors import ConfigError

F = TypeVar("F", bound=Callable[..., Any])

CLUSTER = "ray"
"""The engine that these options are for."""

cluster_options: Callable[[F], F] = config_options(
    ClusterConfig,
    defaults={"address": "this machine"},
    kinds={"address": (click.STRING, "ADDRESS")},
)


def pop_cluster(options: dict[str, Any], engine: str) -> dict[str, Any]:
    """The `address` and `workers` of `options`, taken out; nothing for another engine than Ray.

    ConfigError for one of them that was typed beside another engine.
    """
    found = {name: options.pop(name) for name in ("address", "workers")}
    if engine == CLUSTER:
        return found
    for name in found:
        if was_typed(name):
            raise ConfigError(f"{name}: expected --engine {CLUSTER} beside it, found {engine}")
    return {}
