"""The files that an input of labelled texts stands for: itself, a directory's shards, a pattern's matches."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from wordlab.errors import FormatError, SourceError
from wordlab.io.compression import without_suffix
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
        names = matches(given) if is_pattern(given) else [given]
        if not names:
            raise SourceError(f"{given}: expected files that match the pattern, found none")
        for name in names:
            is_directory = name != "-" and Path(name).is_dir()
            found += (_shards(Path(name), suffixes, notes) if is_directory else []) or [name]
    return found


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
    others = [path for path in entries if path not in tables]
    if others:
        notes.append(f"{directory}: {counted(others)} left out beside the {formats[0]} files")
    return [str(path) for path in tables]


def _suffix(path: Path) -> str:
    return without_suffix(path).suffix.lower()
