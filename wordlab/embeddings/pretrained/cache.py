"""The directory of downloaded files: where it is, what is in it, and whether that is undamaged.

A download has a name made of its address, so that files of equal names never collide. Beside it is a
record, NAME.json, with its address, size and digest. Files under their own names, as in torchtext's
``.vector_cache`` or as somebody put them there, are found as well.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from wordlab.embeddings.pretrained.catalogue import PretrainedSet
from wordlab.errors import SourceError
from wordlab.io.atomic import staged_file
from wordlab.io.caches import named_cache, user_cache
from wordlab.io.digests import check_digest


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known about a download: its address, size in bytes and SHA-256."""

    url: str
    num_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class CachedFile:
    """A file of a set in the cache: an archive with it, or the text itself; size and digest if known."""

    path: Path
    is_archive: bool
    num_bytes: int | None
    sha256: str | None


def cache_directory(cache: str | os.PathLike[str] | None = None) -> Path:
    """`cache`, or what WORDLAB_CACHE names, or wordlab's directory among the user's caches."""
    return named_cache(cache) or user_cache("pretrained")


def slot(known: PretrainedSet, directory: Path) -> Path:
    """The path of a set's download in the cache; its name holds a digest of its address."""
    key = hashlib.sha256(known.url.encode()).hexdigest()[:16]
    return directory / f"{key}-{known.file_name}"


def find_cached(known: PretrainedSet, directory: Path) -> CachedFile | None:
    """The file of a set in `directory`, not yet checked; None if there is none.

    Pickles that torchtext left (``.pt``) are never opened.
    """
    own = slot(known, directory)
    is_archive = known.member is not None
    if own.is_file():
        record = read_record(own)
        return CachedFile(
            path=own,
            is_archive=is_archive,
            num_bytes=known.num_bytes if record is None else record.num_bytes,
            sha256=known.sha256 or (record.sha256 if record else None),
        )
    text = directory / known.text_name
    if is_archive and text.is_file():
        return CachedFile(path=text, is_archive=False, num_bytes=None, sha256=None)
    file = directory / known.file_name
    if file.is_file():
        return CachedFile(path=file, is_archive=is_archive, num_bytes=known.num_bytes, sha256=known.sha256)
    return None


def check_cached(cached: CachedFile) -> str:
    """The SHA-256 of a cached file; SourceError if its size or digest is not as known."""
    hint = "remove it to have it downloaded again"
    try:
        size = cached.path.stat().st_size
    except OSError as error:
        raise SourceError(f"{cached.path}: cannot be read: {error.strerror}") from error
    if cached.num_bytes is not None and size != cached.num_bytes:
        raise SourceError(f"{cached.path}: expected {cached.num_bytes:,} bytes, found {size:,}; {hint}")
    return check_digest(cached.path, cached.sha256, hint=hint)


def read_record(path: Path) -> Record | None:
    """The record beside the file `path`, or None if there is no readable one."""
    try:
        found = json.loads(_record_path(path).read_bytes())
        record = Record(url=found["url"], num_bytes=found["num_bytes"], sha256=found["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if isinstance(record.num_bytes, int) and isinstance(record.sha256, str) else None


def write_record(path: Path, record: Record) -> None:
    """Write the record beside the file `path`."""
    write_json(_record_path(path), asdict(record))


def write_json(path: Path, content: dict[str, object]) -> None:
    """Write a small file, whole or not at all; ArtifactError if it cannot be written."""
    with staged_file(path, overwrite=True) as staging:
        staging.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _record_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")
