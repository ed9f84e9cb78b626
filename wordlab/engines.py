"""Engines by their names: a room that has several keeps a dict of where the class of each one is."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from wordlab.errors import ConfigError


def made(engines: Mapping[str, str], name: str, options: Mapping[str, Any]) -> Any:
    """The engine of `engines` called `name`, with these options; its module is imported now.

    Raises ConfigError for an unknown name, and for an option that the engine lacks; MissingExtraError.
    """
    if name not in engines:
        raise ConfigError(f"engine: expected one of {', '.join(engines)}, found {name!r}")
    found = resolve_name(engines[name])
    for option in options.keys() - inspect.signature(found).parameters.keys():
        raise ConfigError(f"{option}: expected an engine that has this option, found {name}")
    return found(**options)
