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
        yield text.strip(), label
    reporter.report(len(files))


def class_files(directory: Path) -> tuple[list[ClassFile], list[str]]:
    """The files of all classes, sorted, and notes on what is left out.

    Hidden files and those that do not end in .txt are passed over. Raises SourceError if no folder
    holds texts, FormatError if the folders hold folders.
    """
    try:
        entries = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
        folders = [path for path in entries if path.is_dir()]
        texts = {folder: _texts(folder) for folder in folders}
    except OSError as error:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from error
    notes = []
    unlabelled = texts.pop(directory / UNLABELLED, None)
    if unlabelled is not None:
        notes.append(f"{UNLABELLED}/ is left out, as it has no labels ({_count_files(len(unlabelled))})")
    num_loose = sum(_is_text(path) for path in entries if path.is_file())
    if num_loose:
        notes.append(f"left out beside the folders: {_count_files(num_loose)}")
    nested = [folder.name for folder in texts if _has_folders(folder)]  # aclImdb/ itself, say
    if nested:
        raise FormatError(
            f"{directory}: expected a folder for each class with texts in it, found folders in "
            f"{' and '.join(nested)}; did you mean {directory / nested[0]}?"
        )
    files = [ClassFile(folder.name, path) for folder, paths in texts.items() for path in paths]
    if not files:
        raise SourceError(f"{directory}: expected a folder for each class with .txt files in it, found none")
    return files, notes


def _count_files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _texts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and _is_text(path))


def _is_text(path: Path) -> bool:
    plain = without_suffix(path)
    return not plain.name.startswith(".") and plain.suffix.lower() in _SUFFIXES


def _has_folders(folder: Path) -> bool:
    return any(path.is_dir() for path in folder.iterdir() if not path.name.startswith("."))


FOLDERS = LabelledFormat(read_folders, is_directory=True)
