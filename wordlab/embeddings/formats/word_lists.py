"""Lists of words, one a line, and the words whose vectors are wanted: of a list, a corpus or vectors."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from wordlab import artifact
from wordlab.embeddings import storage
from wordlab.embeddings.formats.detect import check_kind
from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.reading import RowError, decode_word
from wordlab.errors import FormatError
from wordlab.io.encodings import (
    LONGEST_MARK,
    check_encoding,
    encoding_hint,
    likely_encoding,
    text_encoding,
)
from wordlab.io.lines import whole_lines
from wordlab.io.remote import look
from wordlab.io.urls import PathName, Url, place_of
from wordlab.text import storage as corpora
from wordlab.text.vocabulary import Vocabulary

_LONGEST_WORD = 1 << 20  # bytes


def wanted_words(path: str | os.PathLike[str]) -> frozenset[str]:
    """The words of a corpus or of vectors saved in `path`, or of a file with one word a line.

    A file may be compressed; empty lines are skipped. Raises ArtifactError for a directory that is
    neither, SourceError for a file that cannot be read, FormatError for one without words.
    """
    source = place_of(path)
    found = look(source) if isinstance(source, Url) else None
    if not (source.is_dir() if isinstance(source, Path) else found is not None and found.is_folder):
        return frozenset(_listed_words(path, "utf-8", _write_in_utf8))
    # `artifact.load` says what is wrong with a directory that is neither.
    made_by = storage if artifact.kind_of(path) == storage.KIND else corpora
    saved = artifact.load(path, kind=made_by.KIND, format_version=made_by.FORMAT_VERSION, verify=False)
    return frozenset(Vocabulary.read(saved.payload("vocabulary.parquet")).words)


def read_word_list(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> list[str]:
    """The words of a file, one a line, without the spaces around them; empty lines are skipped.

    The file may be compressed, and a byte-order mark goes before `encoding`. Raises SourceError, FormatError
    (file and line) for one without words or in another encoding, and ConfigError for an unknown encoding.
    """
    words = [word.strip() for word in _listed_words(path, check_encoding(encoding), encoding_hint)]
    return _checked([word for word in words if word], path)


def _listed_words(path: PathName, encoding: str, hint: Callable[[bytes, int], str]) -> list[str]:
    """The words of a file as they stand; `hint` says what helps where bytes are not in the encoding."""
    words = []
    number = 0
    with open_source(path) as source:
        encoding = text_encoding(source.head(LONGEST_MARK), encoding, source.name)
        if encoding != "utf-8":
            source.decode_as(encoding)
        check_kind(source.head(), source.name, "words, one a line")
        source.skip_byte_order_mark()
        for text in whole_lines(source.pieces(1 << 20), name=source.name, longest=_LONGEST_WORD):
            for line in text.removesuffix(b"\n").split(b"\n"):
                number += 1
                word = line.removesuffix(b"\r")
                if word:
                    words.append(_decoded(word, source.line(number), text, hint))
    return _checked(words, path)


def _checked(words: list[str], path: PathName) -> list[str]:
    """The words; FormatError if there are none."""
    if not words:
        raise FormatError(f"{path}: expected words, one a line, found none")
    return words


def _decoded(word: bytes, where: str, text: bytes, hint: Callable[[bytes, int], str]) -> str:
    """The word; FormatError with a hint that looks at the `text` around it."""
    try:
        return decode_word(word, where)
    except RowError as error:
        raise FormatError(f"{error}; {hint(text, text.index(word))}") from None


def _write_in_utf8(text: bytes, place: int) -> str:
    found = likely_encoding(text, place)
    return f"it seems to be {found}: write it in UTF-8" if found else "write it in UTF-8"
