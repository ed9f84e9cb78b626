"""What is at a path, by its content: files, directories, artefacts and patterns."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wordlab import artifact
from wordlab.errors import ArtifactError, SourceError
from wordlab.io.digests import file_digest
from wordlab.io.leftovers import is_empty
from wordlab.io.listing import files_at
from wordlab.io.urls import Url, place_of
from wordlab.text.sources import is_pattern, matches


@dataclass(frozen=True)
class Seen:
    """What was at a path: `digest` says the content, `quick` names, sizes and times of its files."""

    quick: str
    digest: str


def look(text: str, earlier: Seen | None = None) -> Seen | None:
    """What is at a path, or at all that a pattern matches; None if there is nothing.

    Nothing is read where names, sizes and times are those of `earlier`. Of an artefact the manifest counts,
    which holds the digests of its files; at a URL the sizes and what the store calls the contents. What is on
    the Hub is left to the commands that fetch it. Raises SourceError for what cannot be read.
    """
    place = place_of(text)
    if isinstance(place, Url):
        return None if place.scheme == "hf" else _look_elsewhere(place)
    try:
        files = sorted(_files(text))
        if not files:
            return None
        quick = _digest_of_lines(_fact(path) for path in files)
        if earlier is not None and earlier.quick == quick:
            return earlier
        if _is_artefact(Path(text)):
            return Seen(quick, artifact.digest_of(text))
        if len(files) == 1 and Path(text).is_file():
            return Seen(quick, file_digest(files[0]))
        return Seen(quick, _digest_of_lines(f"{path} {file_digest(path)}" for path in files))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{text}: cannot be read: {reason}") from error


def _look_elsewhere(url: Url) -> Seen:
    digest = _digest_of_lines(f"{each} {facts.size} {facts.version}" for each, facts in files_at(url).files)
    return Seen(digest, digest)


def look_at_output(path: Path, earlier: Seen) -> Seen | None:
    """What is where a step wrote `earlier`; None if there is nothing, or a damaged artefact."""
    found = look(str(path), earlier)
    if found is not None and found.quick != earlier.quick and _is_artefact(path):
        try:
            artifact.read(path)
        except ArtifactError:
            return None
    return found


def is_taken(path: Path) -> bool:
    """Whether something is at a path; an empty directory, which an artefact fills, is nothing."""
    return os.path.lexists(path) and not (path.is_dir() and is_empty(path))


def _files(text: str) -> Iterator[Path]:
    """The files at a path, in a directory or matched by a pattern."""
    path = Path(text)
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in names if os.path.isfile(os.path.join(folder, name)))
    elif is_pattern(text):
        for match in matches(text):
            yield from _files(match)


def _is_artefact(path: Path) -> bool:
    return (path / artifact.MANIFEST).is_file()


def _fact(path: Path) -> str:
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def _digest_of_lines(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(os.fsencode(line) + b"\n")
    return digest.hexdigest()
