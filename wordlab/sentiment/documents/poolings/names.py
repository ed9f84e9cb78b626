"""The poolings by name, found without loading any of them: no array library is imported here.

A new pooling is a file with a subclass of `base.Pooling`, and a line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.sentiment.documents.poolings.base import Pooling


class Listed(NamedTuple):
    """Where a pooling's class is, and a `summary` that completes a sentence which begins with its name."""

    path: str
    summary: str


_HERE = "wordlab.sentiment.documents.poolings"

POOLINGS = {
    "mean": Listed(f"{_HERE}.mean.Mean", "weighs all words alike"),
    "idf": Listed(f"{_HERE}.idf.Idf", "weighs words by the rarity of their texts"),
    "sif": Listed(f"{_HERE}.sif.Sif", "weighs rare words more, and removes what the texts share"),
    "usif": Listed(f"{_HERE}.usif.Usif", "does so without a constant to choose"),
}
"""Ways to make one vector of the vectors of a text's words."""


def pooling_class(name: str) -> Any:
    """The class of the pooling called `name`; KeyError if there is none."""
    module, _, attribute = POOLINGS[name].path.rpartition(".")
    return getattr(import_module(module), attribute)


def make_pooling(pooling: str | Pooling) -> Pooling:
    """`pooling` itself, or the one of that name with its defaults; ConfigError for anything else."""
    from wordlab.sentiment.documents.poolings.base import Pooling

    if isinstance(pooling, Pooling):
        return pooling
    if not isinstance(pooling, str) or pooling not in POOLINGS:
        raise ConfigError(f"pooling: expected one of {', '.join(POOLINGS)}, found {pooling!r}")
    made: Pooling = pooling_class(pooling)()
    return made
