"""Places: which directories a server serves, under which names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wordlab import artifact
from wordlab.errors import ConfigError
from wordlab.io.urls import Url, is_url, place_of


@dataclass(frozen=True)
class Places:
    """The directories of vectors and classifiers by the names that requests use; the first is the default.

    What is at a URL is fetched into the cache: a server serves the copy.
    Raises ConfigError if there is none.
    """

    vectors: Mapping[str, Path] = field(default_factory=dict)
    classifiers: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.vectors and not self.classifiers:
            raise ConfigError("vectors: expected a directory of vectors or a classifier, found none")

    @classmethod
    def of(cls, vectors: Iterable[str], classifiers: Iterable[str] = ()) -> Places:
        """The places that arguments DIR or NAME=DIR stand for; ConfigError for a name that comes twice."""
        return cls(_by_name("vectors", vectors), _by_name("classifier", classifiers))

    def to_dict(self) -> dict[str, Any]:
        """The names and absolute paths, for a process that may start elsewhere."""
        return {
            "vectors": {name: os.path.abspath(path) for name, path in self.vectors.items()},
            "classifiers": {name: os.path.abspath(path) for name, path in self.classifiers.items()},
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Mapping[str, str]]) -> Places:
        """The places that `to_dict` told."""
        parts = ("vectors", "classifiers")
        return cls(*({name: Path(path) for name, path in found[part].items()} for part in parts))


def _by_name(what: str, given: Iterable[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for argument in given:
        name, equals, path = argument.partition("=")
        if not equals or os.path.isdir(argument) or is_url(argument):  # names may have an equals sign
            path = argument
            place = place_of(argument)
            name = place.name if isinstance(place, Url) else os.path.basename(os.path.abspath(place))
        if not name or not path:
            raise ConfigError(f"{what}: expected DIR or NAME=DIR, found {argument!r}")
        if not name.isprintable():
            raise ConfigError(f"{what}: expected a name of printable characters, found {name!r}")
        if name in found:
            raise ConfigError(
                f"{what}: expected different names, found {name!r} for {found[name]} and {path}; use NAME=DIR"
            )
        found[name] = artifact.local_directory(path)
    return found
