"""Where on this machine things are kept that can be made or fetched again."""

from __future__ import annotations

import os
from pathlib import Path

from wordlab.io.urls import PathName


def cache_directory(kind: str, cache: PathName | None = None) -> Path:
    """Where things of a kind are kept: below what `named_cache` finds, else among the user's caches."""
    named = named_cache(cache)
    return user_cache(kind) if named is None else named / kind


def named_cache(cache: PathName | None = None) -> Path | None:
    """`cache`, or what WORDLAB_CACHE names; None if neither names anything."""
    named = cache if cache is not None else os.environ.get("WORDLAB_CACHE")
    return Path(named).expanduser() if named else None


def user_cache(kind: str) -> Path:
    """wordlab's directory for things of a kind among the user's caches."""
    import platformdirs

    return platformdirs.user_cache_path("wordlab") / kind
