"""Reading and writing foreign files of vectors by the name of their format."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from wordlab.embeddings.formats.detect import detect_directory, detect_format
from wordlab.embeddings.formats.directories import open_directory_sink
from wordlab.embeddings.formats.files import PathOrStream, open_sink, open_source
from wordlab.embeddings.formats.format import directory_forms, file_forms
from wordlab.embeddings.formats.names import MODULES, DuplicatePolicy
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, SourceError
from wordlab.progress import OnProgress

DETECTED_FORMATS = tuple(
    name
    for name, form in file_forms().items()
    if form.has_signature is not None or form.looks_like is not None
)
"""Those whose files are recognised by their content; spaCy's text is found as word2vec."""


def read_vectors(
    source: PathOrStream,
    *,
    format: str | None = None,
    duplicates: DuplicatePolicy = "first",
    lenient: bool = False,
    only: Iterable[str] | None = None,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """The vectors in a file or binary stream, compressed or not; counts are 0 where files have none.

    `format` is one of FORMATS, or None to detect it from the content; "gensim" must be named, because
    loading its pickles can run code. "projector" is a directory, "spacy" can be one.

    `duplicates` says which vector a word gets that occurs again ("first" or "last", counted in
    ``details["num_duplicates"]``), or that this is an "error". `lenient` skips bad rows, which
    ``details["skipped"]`` counts by kind and ``details["skipped_listed"]`` names, up to twenty of them.
    `only` keeps just these words, without subwords, in memory proportional to what is kept; of all other
    rows only the word is looked at. Raises SourceError if the file cannot be read, FormatError with file
    and line or record if its content is wrong, ConfigError for a stream where a directory is needed.
    """
    _check_format(format)
    if only is not None and not isinstance(only, str):
        only = frozenset(only)
    options = ReadOptions(duplicates=duplicates, lenient=lenient, only=only)
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _read_directory(Path(source), format, options, on_progress)
    if format is not None and format not in file_forms():
        needed = " and ".join(directory_forms()[format].needed)
        raise SourceError(f"{_path(source, format)}: expected a directory with {needed}, found none")
    with open_source(source, on_progress=on_progress) as opened:
        return file_forms()[format or detect_format(opened.head(), opened.name)].read(opened, options)


def write_vectors(
    vectors: WordVectors, target: PathOrStream, *, format: str, overwrite: bool = False
) -> None:
    """Write the vectors to a file or a binary stream in one of FORMATS; "projector" to a directory.

    A file appears whole or not at all, compressed if its name ends in .gz, .bz2, .xz or .zst.
    Float32 values read back equal; see `fasttext_binary` for the one exception. Raises
    OutputExistsError; FormatError for a word that the format cannot hold; ArtifactError if the file
    cannot be written; ConfigError for a stream where a directory is needed.
    """
    _check_format(format)
    if format in file_forms():
        with open_sink(target, overwrite=overwrite) as stream:
            file_forms()[format].write(vectors, stream)
        return
    form = directory_forms()[format]
    if form.write is not None:
        with open_directory_sink(_path(target, format), form.written, overwrite=overwrite) as directory:
            form.write(vectors, directory)


def _read_directory(
    directory: Path, format: str | None, options: ReadOptions, on_progress: OnProgress | None
) -> WordVectors:
    form = directory_forms().get(format or detect_directory(directory) or "")
    if form is None:
        raise SourceError(f"{directory}: expected a file of vectors, found a directory")
    return form.read(directory, options, on_progress)


def _path(place: PathOrStream, format: str) -> str | os.PathLike[str]:
    """`place`, where a format needs a directory; ConfigError for a stream."""
    if not isinstance(place, str | os.PathLike):
        raise ConfigError(f"format: expected a directory for {format}, found a stream")
    return place


def _check_format(format: str | None) -> None:
    if format is not None and format not in MODULES:
        raise ConfigError(f"format: expected one of {', '.join(MODULES)}, found {format!r}")
