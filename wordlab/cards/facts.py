"""What the manifest of an artefact says, as the facts of a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordlab import schema
from wordlab.cards.document import as_code
from wordlab.representation import shown


def config_facts(config: Mapping[str, Any]) -> dict[str, str | None]:
    """Settings with their values, by the names of their fields; those that are None are left out."""
    return {name: None if value is None else shown(value) for name, value in config.items()}


def settings_text(settings: Mapping[str, Any]) -> str:
    """Settings on one line.

    >>> settings_text({"name": "word", "lowercase": True, "language": None})
    'name word, lowercase yes'
    """
    return ", ".join(f"{name} {shown(value)}" for name, value in settings.items() if value is not None)


def parent_facts(manifest: Mapping[str, Any], where: str) -> dict[str, str | None]:
    """The digests of what the artefact was made from; ArtifactError, beginning with `where`, for others."""
    found = schema.fields(manifest, {"parents": dict[str, str]}, where, optional=True)
    return {f"made from: {name}": as_code(digest) for name, digest in found.get("parents", {}).items()}


def library_facts(manifest: Mapping[str, Any]) -> dict[str, str | None]:
    """The versions of the libraries that made it."""
    versions = [f"{name} {version}" for name, version in manifest["libraries"].items()]
    return {"made with": ", ".join(versions) or None}


def megabytes(number: int) -> str:
    """A number of bytes as people read it.

    >>> megabytes(1_230_000), megabytes(800)
    ('1.2 MB', '800 bytes')
    """
    if number < 10_000:
        return f"{number:,} bytes"
    return f"{number / 1e6:,.1f} MB" if number < 1e9 else f"{number / 1e9:,.1f} GB"
