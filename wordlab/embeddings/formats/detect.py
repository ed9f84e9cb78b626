"""Which format a file or a directory has, by its content; the name of a file plays no part."""

from __future__ import annotations

from pathlib import Path

from wordlab.artifact import MANIFEST
from wordlab.embeddings.formats.foreign import foreign_kind
from wordlab.embeddings.formats.format import directory_forms, file_forms
from wordlab.errors import FormatError, SourceError
from wordlab.io.lines import without_byte_order_mark


def detect_format(head: bytes, name: str) -> str:
    """The name of a file's format, from its first (decompressed) bytes; `name` is the file's.

    Formats with a signature are asked first, then those that only look like themselves. Never one
    that runs code, such as "gensim": the caller has to name it. Raises FormatError for an empty file
    and for one of no known format.
    """
    if not without_byte_order_mark(head).strip():
        raise FormatError(f"{name}: expected vectors, found an empty file")
    for format, form in file_forms().items():
        if form.has_signature is not None and form.has_signature(head):
            return format
    check_kind(head, name, "vectors in a known format")
    for format, form in file_forms().items():
        if form.looks_like is not None and form.looks_like(head):
            return format
    raise FormatError(f"{name}: expected vectors in a known format, found other binary data")


def check_kind(head: bytes, name: str, expected: str) -> None:
    """Raise FormatError if a file with this head is of a known kind that holds no vectors or words."""
    found = foreign_kind(head)
    if found is not None:
        raise FormatError(f"{name}: expected {expected}, found {found}")


def detect_directory(directory: Path) -> str:
    """The name of a directory's format; SourceError if it has none, naming the files that are missing."""
    for format, form in directory_forms().items():
        if form.is_one(directory):
            return format
    if (directory / MANIFEST).is_file():
        raise SourceError(f"{directory}: expected a file of vectors, found an artefact of wordlab")
    partial = []
    for format, form in directory_forms().items():
        missing = [name for name in form.needed if not (directory / name).is_file()]
        if len(missing) < len(form.needed):
            partial.append((format, " and ".join(form.needed), missing))
    if partial:
        format, needed, missing = min(partial, key=lambda each: len(each[2]))
        raise SourceError(
            f"{directory}: expected {needed}, the files of {format}, found no {' and no '.join(missing)}"
        )
    raise SourceError(f"{directory}: expected a file of vectors, found a directory")
