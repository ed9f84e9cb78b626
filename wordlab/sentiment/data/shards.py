"""The files that an input of labelled texts stands for: itself, a directory's shards, a pattern's matches."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path, PurePath, PurePosixPath

from wordlab.errors import FormatError, SourceError
from wordlab.io.compression import without_suffix
from wordlab.io.listing import files_at
from wordlab.io.urls import Place, Url, place_of
from wordlab.text.sources import counted, is_pattern, matches

_SPLIT = re.compile(r"(train|training|test|testing|validation|valid|val|dev|eval)(?=[-_.]|$)", re.IGNORECASE)


def find_files(inputs: Sequence[str], suffixes: Collection[str], notes: list[str]) -> list[str]:
    """The names of all files, in order; what a directory leaves out goes into `notes`.

    A directory with files whose names end in one of `suffixes`, and without folders, stands for these;
    another one has a folder for each class, and stays. A pattern that is no file's name stands for what
    matches it, sorted. Raises SourceError for a pattern without a match, and FormatError for a directory of
    several formats, or of several splits, such as train and test.
    """
    found: list[str] = []
    for given in inputs:
        place = Path(given) if given == "-" else place_of(given)
        if isinstance(place, Url):
            found += _elsewhere(place, suffixes, notes)
            continue
        names = matches(str(place)) if is_pattern(str(place)) else [str(place)]
        if not names:
            raise SourceError(f"{given}: expected files that match the pattern, found none")
        for name in names:
            is_directory = name != "-" and Path(name).is_dir()
            found += (_shards(Path(name), suffixes, notes) if is_directory else []) or [name]
    return found


def _elsewhere(url: Url, suffixes: Collection[str], notes: list[str]) -> list[str]:
    """The names of the files that a URL stands for: of a folder, the shards that are directly in it."""
    files, is_folder = files_at(url)
    if not is_folder:
        return [str(each) for each, _ in files]
    start = len(url.rest.rstrip("/")) + 1
    inside = [PurePosixPath(each.rest) for each, _ in files if not each.rest[start:].startswith(".")]
    tables = [path for path in inside if _suffix(path) in suffixes]
    is_flat = not any("/" in each.rest[start:] for each, _ in files)
    if not tables or not is_flat:
        raise SourceError(
            f"{url}: expected files of labelled texts and no folders, found {counted(inside)}; "
            f"name some by a pattern, such as '{url / '*.csv'}'"
        )
    _check_alike(url, tables, [path for path in inside if path not in tables], notes)
    return [f"{url.scheme}://{path}" for path in tables]


def _shards(directory: Path, suffixes: Collection[str], notes: list[str]) -> list[str]:
    """The shards in a directory; none if it has folders, or no table."""
    try:
        entries = sorted(entry for entry in directory.iterdir() if not entry.name.startswith("."))
        has_folders = any(entry.is_dir() for entry in entries)
        tables = [path for path in entries if _suffix(path) in suffixes and path.is_file()]
    except OSError as error:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from error
    if has_folders or not tables:
        return []
    _check_alike(directory, tables, [path for path in entries if path not in tables], notes)
    return [str(path) for path in tables]


def _check_alike(
    directory: Place, tables: Sequence[PurePath], others: Sequence[PurePath], notes: list[str]
) -> None:
    """Raise FormatError for files of several formats or splits; `others` go into `notes`."""
    formats = sorted({_suffix(path) for path in tables})
    if len(formats) > 1:
        raise FormatError(
            f"{directory}: expected files of one format, found {' and '.join(formats)}; "
            f"name some by a pattern, such as '{directory / f'*{formats[0]}'}'"
        )
    splits = sorted({match[0] for path in tables if (match := _SPLIT.match(path.name))})
    if len(splits) > 1:
        raise FormatError(
            f"{directory}: expected one split, found {' and '.join(splits)}; "
            f"name one by a pattern, such as '{directory / f'{splits[0]}*'}'"
        )
    if others:
        notes.append(f"{directory}: {counted(others)} left out beside the {formats[0]} files")


def _suffix(path: PurePath) -> str:
    return without_suffix(path).suffix.lower()
