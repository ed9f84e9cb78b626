"""Vectors by name: where they would come from, and loading them from there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.dispatch import read_vectors
from wordlab.embeddings.formats.names import DuplicatePolicy
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.pretrained.archives import open_member
from wordlab.embeddings.pretrained.cache import (
    CachedFile,
    cache_directory,
    check_cached,
    find_cached,
    slot,
)
from wordlab.embeddings.pretrained.catalogue import PretrainedSet, find_set
from wordlab.embeddings.pretrained.installed import (
    InstalledSet,
    find_installed,
    installable,
    read_installed,
)
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError, SourceError
from wordlab.progress import OnProgress, Progress
from wordlab.text.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a set would come from: an installed package, a file in the cache, or its address."""

    kind: Literal["package", "cache", "download"]
    where: str
    """Name and version of the package, path of the file, or address."""
    installed: InstalledSet | None = None
    cached: CachedFile | None = None


def find_origin(name: str | PretrainedSet, *, cache: str | os.PathLike[str] | None = None) -> Origin:
    """Where the set called `name` would come from now; reads nothing. SourceError for an unknown name."""
    known = find_set(name) if isinstance(name, str) else name
    installed = find_installed(known.name)
    if installed is not None:
        where = f"{installed.package} {installed.version}"
        return Origin(kind="package", where=where, installed=installed)
    cached = find_cached(known, cache_directory(cache))
    if cached is not None:
        return Origin(kind="cache", where=str(cached.path), cached=cached)
    return Origin(kind="download", where=known.url)


def load_pretrained(
    name: str,
    *,
    cache: str | os.PathLike[str] | None = None,
    download: bool = True,
    only: Iterable[str] | None = None,
    duplicates: DuplicatePolicy = "first",
    lenient: bool = False,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """The vectors called `name`: from an installed package, else from the cache, else downloaded.

    `cache` is the directory for downloads, by default what WORDLAB_CACHE names or the user's own; files
    of torchtext's ``.vector_cache`` are found in it as well. `only`, `duplicates` and `lenient` are those
    of `read_vectors`. ``details["pretrained"]`` holds name, licence, source and digests. Raises
    SourceError for an unknown name, if the network or the server fails, for a file with another digest
    than it should have, and if a download is needed but `download` is false; FormatError for wrong
    content.
    """
    known = find_set(name)
    options = ReadOptions(
        duplicates=duplicates,
        lenient=lenient,
        only=only if only is None or isinstance(only, str) else frozenset(only),
    )
    origin = find_origin(known, cache=cache)
    if origin.installed is not None:
        return _from_package(known, origin.installed, options)
    cached = origin.cached
    if cached is None:
        cached = _download(known, cache_directory(cache), on_progress, allowed=download)
        digest = str(cached.sha256)
    else:
        digest = check_cached(cached)
    source = {"url": known.url, "digests": {_plain_name(known, cached): digest}}
    vectors = _from_file(known, cached, options, on_progress)
    details = _labelled(vectors.details, known, source)
    return WordVectors(vectors.vocabulary, vectors.matrix, details=details)


def _from_package(known: PretrainedSet, installed: InstalledSet, options: ReadOptions) -> WordVectors:
    words, matrix = read_installed(installed)
    details: dict[str, Any] = {
        "origin": installed.matrix.name,
        "format": "npy",
        "num_duplicates": 0,
        "duplicates": options.duplicates,
    }
    if options.only is not None:
        wanted = pc.is_in(words, value_set=pa.array(sorted(options.only), pa.string()))
        kept = np.flatnonzero(wanted.to_numpy(zero_copy_only=False))
        if not len(kept):
            raise FormatError(f"{known.name}: expected at least one of the {len(options.only):,} wanted "
                              f"words, found none")  # fmt: skip
        words, matrix = words.take(pa.array(kept)), np.array(matrix[kept])
        details["only"] = {"num_wanted": len(options.only), "num_found": len(kept)}
    source = {"package": f"{installed.package} {installed.version}", "digests": dict(installed.digests)}
    vocabulary = Vocabulary(words, np.zeros(len(words), np.int64))
    return WordVectors(vocabulary, matrix, details=_labelled(details, known, source))


def _download(
    known: PretrainedSet, directory: Path, on_progress: OnProgress | None, *, allowed: bool
) -> CachedFile:
    if not allowed:
        package = installable(known.name)
        hint = f"; the package {package} has it" if package else ""
        raise SourceError(
            f"{known.name}: expected {known.file_name} in {directory}, found none, "
            f"and nothing may be downloaded{hint}"
        )
    from wordlab.embeddings.pretrained.download import fetch

    target = slot(known, directory)
    is_archive = known.member is not None
    record = fetch(
        known.url,
        target,
        num_bytes=known.num_bytes,
        sha256=known.sha256,
        archive=is_archive,
        on_progress=on_progress,
    )
    return CachedFile(path=target, is_archive=is_archive, num_bytes=record.num_bytes, sha256=record.sha256)


def _from_file(
    known: PretrainedSet, cached: CachedFile, options: ReadOptions, on_progress: OnProgress | None
) -> WordVectors:
    def read(source: Any, listener: OnProgress | None) -> WordVectors:
        return read_vectors(
            source,
            duplicates=options.duplicates,
            lenient=options.lenient,
            only=options.only,
            on_progress=listener,
        )

    if not cached.is_archive or known.member is None:
        vectors = read(cached.path, on_progress)
    else:
        most_bytes = known.most_bytes(cached.path.stat().st_size)
        with open_member(cached.path, known.member, most_bytes=most_bytes) as member:
            vectors = read(member, _with_total(on_progress, member.size))
    if vectors.dim != known.dim:
        raise FormatError(f"{cached.path}: expected {known.dim} dimensions, found {vectors.dim}")
    return vectors


def _with_total(on_progress: OnProgress | None, total: int) -> OnProgress | None:
    """A listener that adds the length of an archive's member, which readers of streams cannot know."""
    if on_progress is None:
        return None
    listener = on_progress

    def listen(event: Progress) -> None:
        listener(replace(event, total=total))

    return listen


def _plain_name(known: PretrainedSet, cached: CachedFile) -> str:
    return known.file_name if cached.is_archive else known.text_name


def _labelled(details: Mapping[str, Any], known: PretrainedSet, source: dict[str, Any]) -> dict[str, Any]:
    # Not the path of the file: equal vectors have equal manifests, whether downloaded or cached.
    label = {"name": known.name, "licence": known.licence, **source}
    return {**details, "origin": known.name, "pretrained": label}
