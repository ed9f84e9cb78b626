"""What does the computing: compiled threads, the workers of a cluster, or torch.

A new engine is a module here, with a child of `base.Engine`, and a line in ENGINES.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.training.engines.base import Engine
    from wordlab.training.objectives.base import Config

ENGINES = {
    "compiled": "wordlab.training.engines.threads:Threads",
    "ray": "wordlab.training.engines.ray:Ray",
    "torch": "wordlab.training.engines.torch:Torch",
}
"""Where the class of each engine is; it is imported when it is asked for."""

DEFAULT_ENGINE = "compiled"

RECORDED_AS = {"ray": DEFAULT_ENGINE}
"""Engines whose vectors and checkpoints are those of another one, and name it."""


def engine_class(name: str) -> type[Engine]:
    """The class of the engine called `name`; ConfigError if there is none."""
    if name not in ENGINES:
        raise ConfigError(f"engine: expected one of {', '.join(ENGINES)}, found {name!r}")
    found: type[Engine] = resolve_name(ENGINES[name])
    return found


def make_engine(name: str, options: Mapping[str, Any], config: Config) -> Engine:
    """The engine called `name` with these options, for training as `config` says.

    Raises ConfigError if it lacks one of the options, or cannot train so.
    """
    found = engine_class(name)
    for option in options.keys() - inspect.signature(found).parameters.keys():
        raise ConfigError(f"{option}: expected an engine that has this option, found {name}")
    engine = found(**options)
    engine.check(config)
    return engine
