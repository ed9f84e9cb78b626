"""What a format is: how its files are recognised, read and written.

Each format's own module has one as `FORMAT`; `names.MODULES` lists the modules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Literal

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.names import MODULES
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """A format whose vectors lie in a single file, or come as a stream."""

    read: Callable[[Source, ReadOptions], WordVectors]
    write: Callable[[WordVectors, IO[bytes]], None]

    has_signature: Callable[[bytes], bool] | None = None
    """Whether a file with this (decompressed) head begins as that of no other format does."""

    looks_like: Callable[[bytes], bool] | None = None
    """Whether a file with this head, which bears no format's signature, is of this one."""

    encoding_of: Literal["text", "words"] | None = None
    """What `ReadOptions.encoding` applies to: the whole text, the words, or nothing, as words are UTF-8."""

    takes_byte_order: bool = False
    """Whether its numbers can be big-endian without saying so."""

    runs_code: bool = False
    """Whether reading a file can run code that its maker put in: it is read only when asked for by name."""


@dataclass(frozen=True, kw_only=True)
class DirectoryForm:
    """A format whose vectors lie in several files of a directory."""

    is_one: Callable[[Path], bool]
    """Whether a directory is of this format, by its files."""

    read: Callable[[Path, ReadOptions, OnProgress | None], WordVectors]
    needed: tuple[str, ...]
    """The files without which there are no vectors."""

    write: Callable[[WordVectors, Path], None] | None = None
    """Write the files into an empty directory; None if directories are only read."""

    takes_encoding: bool = False
    """Whether its words can be in another encoding than UTF-8."""

    has_tokenizer: bool = False
    """Whether a tokenizer is written along with the vectors."""

    written: tuple[str, ...] = ()
    """The files that `write` makes; a directory that holds any other is never replaced."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format of vectors: a file, a directory, or both."""

    file: FileForm | None = None
    directory: DirectoryForm | None = None


def find_format(name: str) -> Format:
    """The format called `name`, one of FORMATS."""
    found: Format = import_module(f"wordlab.embeddings.formats.{MODULES[name]}").FORMAT
    return found


def has_tokenizer(name: str) -> bool:
    """Whether a tokenizer is written along with vectors in the format called `name`."""
    form = find_format(name).directory
    return form is not None and form.has_tokenizer


def runs_code(name: str) -> bool:
    """Whether reading the format called `name` can run code that a file's maker put in."""
    form = find_format(name).file
    return form is not None and form.runs_code


@cache
def file_forms() -> dict[str, FileForm]:
    """The formats of single files by name."""
    return {name: form for name in MODULES if (form := find_format(name).file) is not None}


@cache
def directory_forms() -> dict[str, DirectoryForm]:
    """The formats of directories by name."""
    return {name: form for name in MODULES if (form := find_format(name).directory) is not None}
