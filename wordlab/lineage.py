"""What an artefact is, how it was made, and from which others, of whatever kind it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wordlab import artifact, schema

_PARENTS = {"parents": dict[str, str]}


@dataclass(frozen=True)
class Parent:
    """An artefact that another was made from: what it was for, and its digest.

    `directory` is where it was found, None if it was not.
    """

    role: str
    digest: str
    directory: str | None


@dataclass(frozen=True)
class Lineage:
    """The story of an artefact; `details` is what its maker wrote down: settings, results, origin.

    `payloads` are the bytes of its files by their names. `digest` is that by which others name it.
    """

    directory: str
    kind: str
    format_version: int
    digest: str
    libraries: Mapping[str, str]
    parents: tuple[Parent, ...]
    payloads: Mapping[str, int]
    details: Mapping[str, Any]

    @property
    def num_bytes(self) -> int:
        """The size of all payloads."""
        return sum(self.payloads.values())

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings that it was made with, as far as they are recorded."""
        config = self.details.get("config")
        return config if isinstance(config, Mapping) else {}

    def to_dict(self) -> dict[str, Any]:
        """All fields and the size, ready for JSON."""
        return {**asdict(self), "bytes": self.num_bytes}


def lineage(path: str | os.PathLike[str], *, verify: bool = True) -> Lineage:
    """The Lineage of the artefact in directory `path`.

    Parents are looked for in the directories beside it and in the working directory. Sizes are checked, and
    digests as well if `verify`. Raises ArtifactError.
    """
    source = artifact.read(path, verify=verify)
    manifest = source.manifest
    digests = schema.fields(manifest, _PARENTS, source.where, optional=True).get("parents", {})
    places = _by_digest(source) if digests else {}
    return Lineage(
        directory=str(path),
        kind=manifest["kind"],
        format_version=manifest["format_version"],
        digest=source.digest,
        libraries=manifest["libraries"],
        parents=tuple(Parent(role, digest, places.get(digest)) for role, digest in digests.items()),
        payloads={name: facts["bytes"] for name, facts in manifest["payloads"].items()},
        details=source.details,
    )


def _by_digest(source: artifact.Artifact) -> dict[str, str]:
    """The artefacts near one, by their digests; nobody looks around at a URL."""
    found: dict[str, str] = {}
    beside = [source.directory.absolute().parent] if source.url is None else []
    for place in (*beside, Path.cwd()):
        for manifest in sorted(place.glob(f"*/{artifact.MANIFEST}")):
            with suppress(OSError):  # what nobody may read is not known
                found.setdefault(artifact.digest_of(manifest.parent), os.path.relpath(manifest.parent))
    return found
