"""Reading and writing foreign files of vectors by the name of their format."""

from __future__ import annotations

from collections.abc import Iterable

from wordlab.embeddings.formats.detect import detect_format
from wordlab.embeddings.formats.files import PathOrStream, open_sink, open_source
from wordlab.embeddings.formats.glove_text import read_glove_text, write_glove_text
from wordlab.embeddings.formats.reading import DuplicatePolicy, ReadOptions
from wordlab.embeddings.formats.word2vec_binary import read_word2vec_binary, write_word2vec_binary
from wordlab.embeddings.formats.word2vec_text import read_word2vec_text, write_word2vec_text
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress

_READERS = {
    "word2vec": read_word2vec_text,
    "word2vec-binary": read_word2vec_binary,
    "glove": read_glove_text,
}
_WRITERS = {
    "word2vec": write_word2vec_text,
    "word2vec-binary": write_word2vec_binary,
    "glove": write_glove_text,
}
FORMATS = tuple(_READERS)


def read_vectors(
    source: PathOrStream,
    *,
    format: str | None = None,
    duplicates: DuplicatePolicy = "first",
    lenient: bool = False,
    only: Iterable[str] | None = None,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """The vectors in a file or binary stream, compressed or not; counts are 0 as files have none.

    `format` is one of FORMATS, or None to tell it from the content. `duplicates` says whose vector a
    word has that occurs again ("first" or "last", counted in ``details["num_duplicates"]``) or that
    it is an "error". `lenient` skips bad rows, which ``details["skipped"]`` counts by kind and
    ``details["skipped_listed"]`` names, up to twenty of them. `only` keeps these words alone, in memory
    proportional to what is kept; of all other rows nothing but the word is looked at. Raises SourceError
    if the file cannot be read, FormatError with file and line or record if its content is wrong.
    """
    _check_format(format)
    if only is not None and not isinstance(only, str):
        only = frozenset(only)
    options = ReadOptions(duplicates=duplicates, lenient=lenient, only=only)
    with open_source(source, on_progress=on_progress) as opened:
        reader = _READERS[format or detect_format(opened.head(), opened.name)]
        return reader(opened, options)


def write_vectors(
    vectors: WordVectors, target: PathOrStream, *, format: str, overwrite: bool = False
) -> None:
    """Write the vectors to a file, or to a binary stream, in one of FORMATS.

    A file appears whole or not at all, compressed if its name ends in .gz, .bz2, .xz or .zst.
    Float32 values read back equal. Raises OutputExistsError; FormatError for a word that the
    format cannot hold; ArtifactError if the file cannot be written.
    """
    _check_format(format)
    with open_sink(target, overwrite=overwrite) as stream:
        _WRITERS[format](vectors, stream)


def _check_format(format: str | None) -> None:
    if format is not None and format not in FORMATS:
        raise ConfigError(f"format: expected one of {', '.join(FORMATS)}, found {format!r}")
