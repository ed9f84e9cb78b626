"""The files that inputs stand for: files, directories and patterns, here or at URLs, and standard input.

Text, JSON lines, CSV, TSV and Parquet; all but Parquet may be compressed with gzip, bzip2, xz or
zstandard. The compression shows in a file's first bytes, the format in its name.
"""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from wordlab.errors import ConfigError, SourceError
from wordlab.io.compression import COMPRESSED_SUFFIXES
from wordlab.io.listing import files_at
from wordlab.io.remote import Facts
from wordlab.io.urls import Place, Url, place_of
from wordlab.text.choices import INPUT_FORMATS

SUFFIXES = {
    ".txt": "text", ".text": "text",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Where in a plain file of `file_size` bytes a part begins, and if its last line goes on after it."""

    start: int
    file_size: int
    goes_on: bool


@dataclass(frozen=True)
class Source:
    """One file, or standard input if `path` is None; `size` in bytes, None where it is not known.

    `version` is what a store elsewhere calls the file's content, if it does. A `part` of a file has its own
    size.
    """

    name: str
    path: Place | None
    format: str
    size: int | None
    version: str | None = None
    part: Part | None = None


def find_sources(
    inputs: Sequence[str | os.PathLike[str]],
    input_format: str | None = None,
    notes: list[str] | None = None,
) -> list[Source]:
    """The files that `inputs` stand for, in order, all checked before anything is read.

    A directory stands for all files below it whose names end in a known suffix, sorted, without
    hidden ones; a pattern (``*``, ``?``, ``[...]``, ``**``) that is not a file's name for what matches
    it; a URL (``s3://bucket/news/*.jsonl.gz``) for the same elsewhere; "-" for standard input. `input_format`
    overrides what the names say; an unknown suffix means text. What a directory or a pattern leaves out goes
    into `notes`. Raises TypeError for what is not a path, SourceError for what is missing, unreadable or
    stands for nothing.
    """
    if input_format is not None and input_format not in INPUT_FORMATS:
        raise ConfigError(f"input_format: expected one of {', '.join(INPUT_FORMATS)}, found {input_format!r}")
    if isinstance(inputs, str | os.PathLike):
        inputs = [inputs]
    names = [_name(name) for name in inputs]
    if not names:
        raise ConfigError("inputs: expected a file, a directory, a pattern or -, found none")
    if names.count("-") > 1:
        raise ConfigError("inputs: expected - (standard input) once, found it several times")
    notes = [] if notes is None else notes
    return [source for name in names for source in _expand(name, input_format, notes)]


def _name(path: object) -> str:
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"inputs: expected paths, found {type(path).__name__}")
    return os.fsdecode(path)


def _expand(name: str, input_format: str | None, notes: list[str]) -> Iterator[Source]:
    if name == "-":
        if input_format == "parquet":
            raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
        yield Source("stdin", None, input_format or "text", None)
        return
    place = place_of(name)
    if isinstance(place, Url):
        yield from _elsewhere(place, input_format, notes)
        return
    name = str(place)
    if place.is_dir():
        yield from _directory(Path(name), input_format, notes)
    elif is_pattern(name):
        yield from _pattern(name, input_format, notes)
    else:
        yield _file(place, input_format)


def _elsewhere(url: Url, input_format: str | None, notes: list[str]) -> Iterator[Source]:
    """The files that a URL stands for: one, those below a folder, or those that match a pattern."""
    found = files_at(url)
    files = _texts_below(url, found.files, notes) if found.is_folder else found.files
    for each, facts in files:
        name = str(each)
        format = _format(PurePosixPath(each.rest), name, input_format)
        yield Source(name, each, format, facts.size, facts.version)


def _texts_below(url: Url, files: Sequence[tuple[Url, Facts]], notes: list[str]) -> list[tuple[Url, Facts]]:
    """Those of the files below a folder whose names say that they are texts, without hidden ones."""
    seen = [each for each in files if "/." not in each[0].rest[len(url.rest.rstrip("/")) :]]
    formats = [format_of(PurePosixPath(each.rest)) for each, _ in seen]
    texts = [each for each, format in zip(seen, formats, strict=True) if format is not None]
    others = [
        PurePosixPath(each.rest) for (each, _), format in zip(seen, formats, strict=True) if format is None
    ]
    _check_left_out(url, len(texts), others, notes)
    return texts


def _check_left_out(directory: Place, num_texts: int, others: Sequence[PurePath], notes: list[str]) -> None:
    """Add a note on the files that a directory leaves out; SourceError if nothing else is there."""
    known = " ".join(SUFFIXES)
    if not num_texts:
        found = f"{counted(others)}; name them, or give a pattern" if others else "none"
        raise SourceError(f"{directory}: expected files that end in one of {known}, found {found}")
    if others:
        suffixes = Counter(path.suffix for path in others if path.suffix)
        pattern = f"**/*{max(suffixes, key=suffixes.__getitem__)}" if suffixes else others[0].name
        notes.append(
            f"{directory}: {counted(others)} left out, because only {known} are read; "
            f"to read others, name them or give a pattern, such as {str(directory / pattern)!r}"
        )


def _pattern(name: str, input_format: str | None, notes: list[str]) -> Iterator[Source]:
    found = matches(name)
    if not found:
        raise SourceError(f"{name}: expected files that match the pattern, found none")
    if "**" in name:  # which matches a directory as well as what is in it
        found = [path for path in found if not os.path.isdir(path)] or found
    special = [Path(path) for path in found if _is_special(path)]
    if special:
        notes.append(f"{name}: {counted(special)} left out, because only regular files are read")
    for path in found:
        if not _is_special(path):
            yield from _expand(path, input_format, notes)


def is_pattern(name: str) -> bool:
    """Whether a name is a pattern and no file's own."""
    return glob.has_magic(name) and not os.path.lexists(name)


def matches(pattern: str) -> list[str]:
    """What matches a pattern, sorted; ``**`` follows no links, which may form cycles."""
    parts = Path(pattern).parts
    if "**" not in parts:
        return sorted(glob.glob(pattern))
    first = next(place for place, part in enumerate(parts) if glob.has_magic(part))
    root, wanted = Path(*parts[:first]), [*parts[first:], *(["*"] if parts[-1] == "**" else [])]
    hidden = any(part.startswith(".") for part in wanted)
    return sorted(
        str(path)
        for path in root.glob("/".join(wanted))
        if hidden or not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _directory(directory: Path, input_format: str | None, notes: list[str]) -> Iterator[Source]:
    def fail(error: OSError) -> None:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from error

    paths, links = [], []
    for parent, folders, files in os.walk(directory, onerror=fail):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        links += [Path(parent, folder) for folder in folders if os.path.islink(os.path.join(parent, folder))]
        paths += [Path(parent, file) for file in files if not file.startswith(".")]
    special = [path for path in paths if _is_special(path)]  # opening a pipe could block for ever
    regular = sorted(set(paths) - set(special))
    texts = [path for path in regular if format_of(path) is not None]
    others = [path for path in regular if format_of(path) is None]
    _check_left_out(directory, len(texts), others, notes)
    if special:
        notes.append(f"{directory}: {counted(special)} left out, because only regular files are read")
    if links:
        notes.append(
            f"{directory}: {counted(links, 'linked folder')} left out; name them to read what is in them"
        )
    for path in texts:
        yield _file(path, input_format)


def counted(paths: Sequence[PurePath], what: str = "file", at_most: int = 3) -> str:
    """The number of files, and the names of the first."""
    names = ", ".join(path.name for path in paths[:at_most])
    more = ", ..." if len(paths) > at_most else ""
    return f"{len(paths):,} {what}{'' if len(paths) == 1 else 's'} ({names}{more})"


def _is_special(path: str | Path) -> bool:
    """Whether there is a pipe, a socket or a device."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False  # reported where the file is looked at
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def format_of(path: PurePath) -> str | None:
    """The format that a name shows; None for an unknown suffix."""
    plain = path.with_suffix("") if path.suffix.lower() in COMPRESSED_SUFFIXES else path
    return SUFFIXES.get(plain.suffix.lower())


def _file(path: Path, input_format: str | None) -> Source:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceError(f"{path}: cannot be read: {reason}") from error
    if not os.access(path, os.R_OK):
        raise SourceError(f"{path}: cannot be read: Permission denied")
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    return Source(str(path), path, _format(path, str(path), input_format), size)


def _format(path: PurePath, name: str, input_format: str | None) -> str:
    """The format of a file; SourceError for Parquet that is compressed once more."""
    format = input_format or format_of(path) or "text"
    if format == "parquet" and path.suffix.lower() in COMPRESSED_SUFFIXES:
        raise SourceError(f"{name}: expected a Parquet file, found a compressed one; decompress it first")
    return format
