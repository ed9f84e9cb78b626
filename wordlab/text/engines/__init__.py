"""Who reads and encodes the files of a corpus: the cores of this machine, or a cluster.

A new engine is a module here, with a child of `base.Engine`, and a line in ENGINES.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.text.engines.base import Engine

ENGINES = {
    "local": "wordlab.text.engines.local:Local",
    "ray": "wordlab.text.engines.ray:Ray",
}
"""Where the class of each engine is; it is imported when it is asked for."""

DEFAULT_ENGINE = "local"


def make_engine(name: str, options: Mapping[str, Any]) -> Engine:
    """The engine called `name` with the options that are not None.

    Raises ConfigError if there is no such engine, or it lacks one of the options; MissingExtraError.
    """
    if name not in ENGINES:
        raise ConfigError(f"engine: expected one of {', '.join(ENGINES)}, found {name!r}")
    found: type[Engine] = resolve_name(ENGINES[name])
    given = {option: value for option, value in options.items() if value is not None}
    for option in given.keys() - inspect.signature(found).parameters.keys():
        raise ConfigError(f"{option}: expected an engine that has this option, found {name}")
    return found(**given)
