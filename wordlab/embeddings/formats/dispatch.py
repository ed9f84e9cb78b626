"""Reading and writing foreign files of vectors by the name of their format."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from wordlab.embeddings.formats.detect import detect_directory, detect_format
from wordlab.embeddings.formats.directories import open_directory_sink
from wordlab.embeddings.formats.files import PathOrStream, Source, open_sink, open_source
from wordlab.embeddings.formats.format import directory_forms, file_forms
from wordlab.embeddings.formats.names import MODULES, ByteOrder, DuplicatePolicy
from wordlab.embeddings.formats.reading import ReadOptions, RowError
from wordlab.embeddings.formats.zipped import is_zip, open_zipped, split_member
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, SourceError
from wordlab.io.encodings import LONGEST_MARK, keeps_ascii, text_encoding
from wordlab.io.urls import place_of
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
    prefix: str = "",
    encoding: str = "utf-8",
    byte_order: ByteOrder | None = None,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """The vectors in a file or binary stream, compressed or not; counts are 0 where files have none.

    `format` is one of FORMATS, or None to detect it from the content; "gensim" must be named, because loading
    its pickles can run code. Some formats are directories: "projector", "model2vec" and
    "sentence-transformers"; "spacy" can be one. From a zip archive its only file is read, or the one that a
    path such as ``glove.zip/glove.50d.txt`` names.

    `duplicates` says which vector a word gets that occurs again ("first" or "last", counted in
    ``details["num_duplicates"]``), or that this is an "error". `lenient` skips bad rows, which
    ``details["skipped"]`` counts by kind and ``details["skipped_listed"]`` names, up to twenty of them.
    `only` keeps just these words, without subwords, in memory proportional to what is kept; of all other
    rows only the word is looked at. "floret" holds no words: `only` must say which, and the table is kept.
    `prefix` keeps only words that begin with it, and strips it.
    `encoding` is that of text and of word2vec binary, unless a byte-order mark shows it; `byte_order`,
    "little" or "big", that of word2vec binary. Raises SourceError if the file cannot be read, FormatError
    with file and line or record if its content is wrong, ConfigError for a stream where a directory is
    needed and for an encoding where the format has its own.
    """
    _check_format(format)
    if only is not None and not isinstance(only, str):
        only = frozenset(only)
    options = ReadOptions(
        duplicates=duplicates,
        lenient=lenient,
        only=only,
        prefix=prefix,
        encoding=encoding,
        byte_order=byte_order,
    )
    member = None
    if isinstance(source, str | os.PathLike):
        place, member = split_member(place_of(source))
        if isinstance(place, Path) and place.is_dir():
            return _read_directory(place, format, options, on_progress)
        source = str(place)
    if format is not None and format not in file_forms():
        needed = " and ".join(directory_forms()[format].needed)
        raise SourceError(f"{_path(source, format)}: expected a directory with {needed}, found none")
    with open_source(source, on_progress=on_progress) as opened:
        if member is None and not _is_archive(opened.head()):
            return _read_source(opened, format, options)
        with open_zipped(opened, member, on_progress) as inner:
            return _read_source(inner, format, options)


def write_vectors(
    vectors: WordVectors, target: PathOrStream, *, format: str, overwrite: bool = False
) -> None:
    """Write the vectors to a file or a binary stream in one of FORMATS, some of which are directories.

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
    if form.write is None:
        raise ConfigError(f"format: expected one that can be written, found {format}, which is only read")
    with open_directory_sink(_path(target, format), form.written, overwrite=overwrite) as directory:
        form.write(vectors, directory)


def _is_archive(head: bytes) -> bool:
    """Whether a file is a zip archive that is not itself a file of a known format."""
    forms = file_forms().values()
    return is_zip(head) and not any(form.has_signature and form.has_signature(head) for form in forms)


def _read_source(source: Source, format: str | None, options: ReadOptions) -> WordVectors:
    """The vectors in a file that is open and in no archive."""
    encoding = text_encoding(source.head(LONGEST_MARK), options.encoding, source.name)
    is_text = not keeps_ascii(encoding)  # then all of the file must be
    if is_text:
        source.decode_as(encoding)
    name = format or detect_format(source.head(), source.name)
    form = file_forms()[name]
    if encoding != "utf-8" and form.encoding_of is None:
        raise ConfigError(f"encoding: expected utf-8, as in every {name} file, found {encoding!r}")
    if options.byte_order is not None and not form.takes_byte_order:
        raise ConfigError(f"byte_order: expected none for {name}, found {options.byte_order!r}")
    if encoding != "utf-8" and form.encoding_of == "text" and not is_text:
        source.decode_as(encoding)
    takes_encoding = form.encoding_of is not None
    try:
        return form.read(source, replace(options, encoding=encoding, takes_encoding=takes_encoding))
    except RowError as error:
        if takes_encoding:
            raise error.with_hint() from error
        raise


def _read_directory(
    directory: Path, format: str | None, options: ReadOptions, on_progress: OnProgress | None
) -> WordVectors:
    name = format or detect_directory(directory)
    form = directory_forms().get(name)
    if form is None:
        raise SourceError(f"{directory}: expected a file of vectors, found a directory")
    if options.encoding != "utf-8" and not form.takes_encoding:
        raise ConfigError(
            f"encoding: expected utf-8, as in every {name} directory, found {options.encoding!r}"
        )
    if options.byte_order is not None:
        raise ConfigError(f"byte_order: expected none for {name}, found {options.byte_order!r}")
    return form.read(directory, replace(options, takes_encoding=form.takes_encoding), on_progress)


def _path(place: PathOrStream, format: str) -> str | os.PathLike[str]:
    """`place`, where a format needs a directory; ConfigError for a stream."""
    if not isinstance(place, str | os.PathLike):
        raise ConfigError(f"format: expected a directory for {format}, found a stream")
    return place


def _check_format(format: str | None) -> None:
    if format is not None and format not in MODULES:
        raise ConfigError(f"format: expected one of {', '.join(MODULES)}, found {format!r}")
