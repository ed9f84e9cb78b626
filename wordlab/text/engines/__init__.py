"""Who reads and encodes the files of a corpus: the cores of this machine, or a cluster.

A new engine is a module here, with a child of `base.Engine`, and a line in ENGINES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wordlab.engines import made

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

    Raises ConfigError if there is none, or it lacks one of the options; MissingExtraError.
    """
    given = {option: value for option, value in options.items() if value is not None}
    engine: Engine = made(ENGINES, name, given)
    return engine
