"""Reading and writing foreign files of vectors by the name of their format."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from wordlab.artifact import MANIFEST
from wordlab.embeddings.formats.detect import detect_format
from wordlab.embeddings.formats.directories import open_directory_sink
from wordlab.embeddings.formats.fasttext_binary import read_fasttext_binary, write_fasttext_binary
from wordlab.embeddings.formats.files import PathOrStream, open_sink, open_source
from wordlab.embeddings.formats.gensim_file import read_gensim, write_gensim
from wordlab.embeddings.formats.glove_text import read_glove_text, write_glove_text
from wordlab.embeddings.formats.numpy_archive import read_numpy, write_numpy
from wordlab.embeddings.formats.projector import FILES as PROJECTOR_FILES
from wordlab.embeddings.formats.projector import METADATA, VECTORS, read_projector, write_projector
from wordlab.embeddings.formats.reading import DuplicatePolicy, ReadOptions
from wordlab.embeddings.formats.safetensors_file import read_safetensors, write_safetensors
from wordlab.embeddings.formats.spacy_files import (
    find_spacy_directory,
    read_spacy_directory,
    read_spacy_text,
    write_spacy_text,
)
from wordlab.embeddings.formats.word2vec_binary import read_word2vec_binary, write_word2vec_binary
from wordlab.embeddings.formats.word2vec_text import read_word2vec_text, write_word2vec_text
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, SourceError
from wordlab.progress import OnProgress

_READERS = {
    "word2vec": read_word2vec_text,
    "word2vec-binary": read_word2vec_binary,
    "glove": read_glove_text,
    "fasttext-binary": read_fasttext_binary,
    "safetensors": read_safetensors,
    "numpy": read_numpy,
    "gensim": read_gensim,
    "spacy": read_spacy_text,
}
_WRITERS = {
    "word2vec": write_word2vec_text,
    "word2vec-binary": write_word2vec_binary,
    "glove": write_glove_text,
    "fasttext-binary": write_fasttext_binary,
    "safetensors": write_safetensors,
    "numpy": write_numpy,
    "gensim": write_gensim,
    "spacy": write_spacy_text,
}
_DIRECTORY_READERS: dict[str, Callable[[Path, ReadOptions, OnProgress | None], WordVectors]] = {
    "projector": read_projector,
    "spacy": read_spacy_directory,
}
FORMATS = (*_READERS, "projector")
"""All formats."""

DETECTED_FORMATS = tuple(name for name in _READERS if name not in ("gensim", "spacy"))
"""Those of single files that are told from their content; the text for spaCy is found as word2vec."""


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

    `format` is one of FORMATS, or None to tell it from the content; "gensim" must be named, because to
    load its pickles is to run their code. "projector" is a directory, "spacy" can be one.

    `duplicates` says whose vector a word has that occurs again ("first" or "last", counted in
    ``details["num_duplicates"]``) or that it is an "error". `lenient` skips bad rows, which
    ``details["skipped"]`` counts by kind and ``details["skipped_listed"]`` names, up to twenty of them.
    `only` keeps these words alone, without subwords, in memory proportional to what is kept; of all other
    rows nothing but the word is looked at. Raises SourceError if the file cannot be read, FormatError
    with file and line or record if its content is wrong, ConfigError for a stream where a directory is
    needed.
    """
    _check_format(format)
    if only is not None and not isinstance(only, str):
        only = frozenset(only)
    options = ReadOptions(duplicates=duplicates, lenient=lenient, only=only)
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _read_directory(Path(source), format, options, on_progress)
    if format == "projector":
        if not isinstance(source, str | os.PathLike):
            raise ConfigError("format: expected a directory for projector, found a stream")
        raise SourceError(f"{source}: expected a directory with {VECTORS} and {METADATA}, found none")
    with open_source(source, on_progress=on_progress) as opened:
        reader = _READERS[format or detect_format(opened.head(), opened.name)]
        return reader(opened, options)


def write_vectors(
    vectors: WordVectors, target: PathOrStream, *, format: str, overwrite: bool = False
) -> None:
    """Write the vectors to a file, or to a binary stream, in one of FORMATS; "projector" to a directory.

    A file appears whole or not at all, compressed if its name ends in .gz, .bz2, .xz or .zst.
    Float32 values read back equal; see `fasttext_binary` for the one exception. Raises
    OutputExistsError; FormatError for a word that the format cannot hold; ArtifactError if the file
    cannot be written; ConfigError for a stream where a directory is needed.
    """
    _check_format(format)
    if format == "projector":
        if not isinstance(target, str | os.PathLike):
            raise ConfigError("format: expected a directory for projector, found a stream")
        with open_directory_sink(target, PROJECTOR_FILES, overwrite=overwrite) as directory:
            write_projector(vectors, directory)
        return
    with open_sink(target, overwrite=overwrite) as stream:
        _WRITERS[format](vectors, stream)


def _read_directory(
    directory: Path, format: str | None, options: ReadOptions, on_progress: OnProgress | None
) -> WordVectors:
    name = format or _detect_directory(directory)
    if name not in _DIRECTORY_READERS:
        raise SourceError(f"{directory}: expected a file of vectors, found a directory")
    return _DIRECTORY_READERS[name](directory, options, on_progress)


def _detect_directory(directory: Path) -> str | None:
    if (directory / VECTORS).is_file() and (directory / METADATA).is_file():
        return "projector"
    if (directory / MANIFEST).is_file():
        raise SourceError(f"{directory}: expected a file of vectors, found an artefact of wordlab")
    return "spacy" if find_spacy_directory(directory) else None


def _check_format(format: str | None) -> None:
    if format is not None and format not in FORMATS:
        raise ConfigError(f"format: expected one of {', '.join(FORMATS)}, found {format!r}")
