"""What pickle, joblib and processes get of a value: plain attributes, or the place of an artefact on disk.

wordlab writes no pickle and reads none; programs that do, such as joblib, are served here.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol, TypeVar

from wordlab.errors import ArtifactError


class Loadable(Protocol):
    """A value that `load` opens from the directory of an artefact with this `digest`."""

    digest: str | None

    @classmethod
    def load(cls, path: Any, *, verify: bool = ...) -> Any:
        """The value in the directory `path`; ArtifactError."""


L = TypeVar("L", bound=Loadable)


def own_state(value: object) -> dict[str, Any]:
    """The attributes of `value`, without the cached ones, which are computed again when they are needed."""
    kind = type(value)
    return {
        name: found
        for name, found in vars(value).items()
        if not isinstance(getattr(kind, name, None), cached_property)
    }


def load_again(kind: type[L], path: str, digest: str) -> L:
    """The value of which a pickle holds the place; ArtifactError if another one is there, or none.

    Digests of payloads are not compared again, as many processes may open the same one.
    """
    found: L = kind.load(path, verify=False)
    if found.digest != digest:
        raise ArtifactError(
            f"{path}: expected the artefact that was pickled (digest {digest[:12]}...), "
            f"found digest {str(found.digest)[:12]}..."
        )
    return found
