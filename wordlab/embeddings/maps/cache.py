"""Maps made once: they are kept in the user's cache directory, under what they were made from."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from wordlab.embeddings.maps.config import MapConfig
from wordlab.embeddings.maps.making import make_map
from wordlab.embeddings.maps.value import FORMAT_VERSION, WordMap
from wordlab.embeddings.queries import row_blocks
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ArtifactError, WordlabError
from wordlab.io.caches import cache_directory
from wordlab.progress import REPORT_INTERVAL, OnProgress, Reporter

_logger = logging.getLogger(__name__)


def map_directory(cache: str | os.PathLike[str] | None = None) -> Path:
    """Where maps are kept: in `cache`, in what WORDLAB_CACHE names, or among the user's caches."""
    return cache_directory("maps", cache)


def kept_map(
    vectors: WordVectors,
    config: MapConfig | None = None,
    *,
    cache: str | os.PathLike[str] | None = None,
    on_progress: OnProgress | None = None,
) -> WordMap:
    """The map as `make_map` makes it, from the cache if it was made before.

    Processes that want the same map wait for the one that makes it. Where the cache cannot be written, the
    map is made anew, and that is logged. Raises what `make_map` raises.
    """
    config = config or MapConfig()
    parent = vectors.digest or _digest(vectors)
    path = map_directory(cache) / _key(parent, config)
    found = _load(path, vectors, config)
    if found is not None:
        return found
    with _only_one(path, on_progress) as is_locked:
        found = _load(path, vectors, config)  # as when another process was faster
        if found is None:
            found = make_map(vectors, config, on_progress=on_progress)
            if is_locked:
                _keep(found, path, parent)
    return found


def _keep(found: WordMap, path: Path, parent: str) -> None:
    try:
        found.save(path, overwrite=True, parents={"vectors": parent})
    except (OSError, ArtifactError) as error:  # such as a full disk
        _say_not_kept(path, error)


def _say_not_kept(path: Path, error: Exception) -> None:
    reason = getattr(error, "strerror", None) or error
    _logger.info("the map is not kept for the next time: %s: %s", path.parent, reason)


def _load(path: Path, vectors: WordVectors, config: MapConfig) -> WordMap | None:
    """The map in the cache; None if there is none, or it is damaged."""
    if not path.exists():
        return None
    try:
        found = WordMap.load(path)
    except ArtifactError as error:
        _logger.info("the map is made again: %s", error)
        return None
    return found if len(found) == config.words_of(len(vectors)) and found.config == config else None


def _key(parent: str, config: MapConfig) -> str:
    facts = json.dumps([FORMAT_VERSION, parent, config.to_dict()])
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _digest(vectors: WordVectors) -> str:
    """SHA-256 of the matrix, for vectors that are no artefact."""
    digest = hashlib.sha256(repr(vectors.matrix.shape).encode())
    for block in row_blocks(vectors.matrix):
        digest.update(vectors.matrix[block].data)
    return digest.hexdigest()


@contextmanager
def _only_one(path: Path, on_progress: OnProgress | None) -> Iterator[bool]:
    """Inside, no other process makes this map; `on_progress` hears of waiting for one that does.

    False, and a log entry, where there can be no lock, as the cache cannot be written.
    """
    lock = filelock.FileLock(path.with_name(path.name + ".lock"))
    reporter = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while not lock.is_locked:
            try:
                lock.acquire(timeout=REPORT_INTERVAL if reporter else 0)
            except filelock.Timeout:
                reporter = reporter or Reporter(on_progress, "map: wait for another process", "words")
                reporter.report(0)
    except OSError as error:
        if isinstance(error, WordlabError):  # the listener's
            raise
        _say_not_kept(path, error)
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
