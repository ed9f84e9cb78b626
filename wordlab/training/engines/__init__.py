"""What does the computing: compiled threads, the workers of a cluster, or torch.

A new engine is a module here, with a child of `base.Engine`, and a line in ENGINES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wordlab.engines import made

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


def make_engine(name: str, options: Mapping[str, Any], config: Config) -> Engine:
    """The engine called `name` with these options, for training as `config` says.

    Raises ConfigError if there is none, if it lacks one of the options, or cannot train so.
    """
    engine: Engine = made(ENGINES, name, options)
    engine.check(config)
    return engine
