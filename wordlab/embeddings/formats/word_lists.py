"""The words whose vectors are wanted: those of a corpus, of other vectors, or of a list."""

from __future__ import annotations

import os
from pathlib import Path

from wordlab import artifact
from wordlab.embeddings import storage
from wordlab.embeddings.formats.detect import check_kind
from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.reading import RowError, decode_word
from wordlab.errors import FormatError
from wordlab.io.encodings import LONGEST_MARK, likely_encoding, text_encoding
from wordlab.io.lines import whole_lines
from wordlab.text import storage as corpora
from wordlab.text.vocabulary import Vocabulary

_LONGEST_WORD = 1 << 20  # bytes


def wanted_words(path: str | os.PathLike[str]) -> frozenset[str]:
    """The words of a corpus or of vectors saved in `path`, or of a file with one word a line.

    A file may be compressed; empty lines are skipped. Raises ArtifactError for a directory that is
    neither, SourceError for a file that cannot be read, FormatError for one without words.
    """
    source = Path(path)
    if not source.is_dir():
        return _listed_words(source)
    # `artifact.load` says what is wrong with a directory that is neither.
    made_by = storage if artifact.kind_of(source) == storage.KIND else corpora
    saved = artifact.load(source, kind=made_by.KIND, format_version=made_by.FORMAT_VERSION, verify=False)
    return frozenset(Vocabulary.read(saved.payload("vocabulary.parquet")).words)


def _listed_words(path: Path) -> frozenset[str]:
    words = set()
    number = 0
    with open_source(path) as source:
        encoding = text_encoding(source.head(LONGEST_MARK), "utf-8", source.name)
        if encoding != "utf-8":
            source.decode_as(encoding)
        check_kind(source.head(), source.name, "words, one a line")
        source.skip_byte_order_mark()
        for text in whole_lines(source.pieces(1 << 20), name=source.name, longest=_LONGEST_WORD):
            for line in text.removesuffix(b"\n").split(b"\n"):
                number += 1
                words.add(_decoded(line.removesuffix(b"\r"), source.line(number), text))
    words.discard("")
    if not words:
        raise FormatError(f"{path}: expected words, one a line, found none")
    return frozenset(words)


def _decoded(word: bytes, where: str, text: bytes) -> str:
    """The word; FormatError that says which encoding the `text` around it seems to have."""
    try:
        return decode_word(word, where)
    except RowError as error:
        found = likely_encoding(text, text.index(word))
        seems = f"; it seems to be {found}: write it in UTF-8" if found else "; write it in UTF-8"
        raise FormatError(f"{error}{seems}") from None
