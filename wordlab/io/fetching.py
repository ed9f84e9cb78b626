"""Directories elsewhere, brought into a cache on this machine: what is in them is mapped, not read.

The cache is called by content: a copy lies under the digest of the file that holds all other digests, so
that it never goes out of date, and what is at a URL twice is fetched once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from wordlab.errors import SourceError
from wordlab.io.atomic import staged_directory
from wordlab.io.caches import cache_directory
from wordlab.io.digests import mismatch
from wordlab.io.remote import open_stream
from wordlab.io.urls import Place, Url
from wordlab.progress import Reporter, in_passing

_BLOCK = 1 << 20


class Expected(NamedTuple):
    """The size in bytes and the SHA-256 of a file."""

    num_bytes: int
    sha256: str


def fetch_directory(url: Url, index: str, content: bytes, files: Mapping[str, Expected]) -> Path:
    """The directory of a copy of these `files`, and of the file called `index`, whose `content` tells them.

    SourceError for one that is missing or is not as expected; ArtifactError if the cache cannot be written.
    """
    place = cache_directory("artefacts") / hashlib.sha256(content).hexdigest()
    if all(_size(place / name) == expected.num_bytes for name, expected in files.items()) and (
        _size(place / index) == len(content)
    ):
        return place
    total = sum(expected.num_bytes for expected in files.values())
    reporter, before = in_passing(f"fetch {url}", "bytes", total), 0
    with staged_directory(place, _may_be_replaced) as staging:
        for name, expected in files.items():
            _fetch(url / name, staging / name, expected, reporter, before)
            before += expected.num_bytes
        (staging / index).write_bytes(content)
    reporter.report(total)
    return place


def _fetch(url: Url, path: Path, expected: Expected, reporter: Reporter, before: int) -> None:
    """Copy a file to `path`; so many bytes of others have been reported before."""
    digest = hashlib.sha256()
    num_bytes = 0
    with open_stream(url) as stream, path.open("xb") as file:
        while block := stream.read(_BLOCK):
            digest.update(block)
            num_bytes += file.write(block)
            if num_bytes > expected.num_bytes:
                break
            reporter.update(before + num_bytes)
    if num_bytes != expected.num_bytes:
        found = f"{num_bytes:,}" if num_bytes < expected.num_bytes else "more"
        raise SourceError(f"{url}: expected {expected.num_bytes:,} bytes, found {found}")
    if digest.hexdigest() != expected.sha256:
        reason = mismatch(expected.sha256, digest.hexdigest())
        raise SourceError(f"{url}: {reason}: the file was changed or damaged")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _may_be_replaced(_: Place) -> None:
    """Whatever bears this name is a copy of the same, or a damaged one."""
