"""Labelled texts in folders: one folder per class, one file per text, as in aclImdb/train/."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from wordlab.errors import FormatError, SourceError
from wordlab.io.compression import without_suffix
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource

UNLABELLED = "unsup"
"""The folder of texts without labels in the Large Movie Review Dataset."""

_SUFFIXES = (".txt", ".text", "")


class ClassFile(NamedTuple):
    """A file that holds one text, and the class whose folder it is in."""

    label: str
    path: Path


def read_folders(source: LabelledSource) -> TextLabelPairs:
    """The pairs in the files of all classes; what is left out goes into the source's notes."""
    files, notes = class_files(Path(source.name))
    source.notes.extend(notes)
    reporter = source.reporter("files", len(files))
    for number, (label, path) in enumerate(files, start=1):
        text = source.file_text(path)
        reporter.update(number)
        yield text.strip(), (label,)
    reporter.report(len(files))


def class_files(directory: Path) -> tuple[list[ClassFile], list[str]]:
    """The files of all classes, sorted, and notes on what is left out.

    Only regular files with the suffix .txt or none are read; hidden ones are skipped. Raises
    SourceError if no folder holds texts, FormatError if the folders hold folders.
    """
    try:
        entries = _visible(directory)
        inside = {path: _visible(path) for path in entries if path.is_dir()}
        texts = {folder: [path for path in paths if _is_text(path)] for folder, paths in inside.items()}
        nested = [folder for folder, paths in inside.items() if any(path.is_dir() for path in paths)]
        num_loose = sum(not path.is_dir() for path in entries)
    except OSError as error:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from error
    notes = []
    unlabelled = texts.pop(directory / UNLABELLED, None)
    if unlabelled is not None:
        notes.append(f"{UNLABELLED}/ is left out, as it has no labels ({_count_files(len(unlabelled))})")
        nested = [folder for folder in nested if folder.name != UNLABELLED]
    if num_loose:
        notes.append(f"left out beside the folders: {_count_files(num_loose)}")
    if nested:  # aclImdb/ itself, say
        raise FormatError(
            f"{directory}: expected a folder for each class with texts in it, found folders in "
            f"{' and '.join(folder.name for folder in nested)}; did you mean {nested[0]}?"
        )
    notes += [
        _left_out(folder, inside[folder], paths)
        for folder, paths in texts.items()
        if len(paths) < len(inside[folder])
    ]
    files = [ClassFile(folder.name, path) for folder, paths in texts.items() for path in paths]
    if not files:
        raise SourceError(f"{directory}: expected a folder for each class with .txt files in it, found none")
    return files, notes


def _left_out(folder: Path, inside: list[Path], texts: list[Path]) -> str:
    """A note on what `folder` has besides texts."""
    others = set(inside) - set(texts)
    kinds = sorted({path.suffix if path.is_file() else "not regular" for path in others})
    shown = f"{_count_files(len(others))} ({', '.join(kinds[:5])}{', ...' if len(kinds) > 5 else ''})"
    if not texts:
        return f"{folder.name}/ is left out, as it has no .txt files, only {shown}"
    return f"left out in {folder.name}/, as they are not .txt files: {shown}"


def _count_files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _visible(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if not path.name.startswith("."))


def _is_text(path: Path) -> bool:
    """Whether a path has the name of a text and is a regular file, as a pipe could block for ever."""
    plain = without_suffix(path)
    return path.is_file() and not plain.name.startswith(".") and plain.suffix.lower() in _SUFFIXES


FOLDERS = LabelledFormat(read_folders, is_directory=True)
