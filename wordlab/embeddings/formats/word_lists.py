"""The words whose vectors are wanted: those of a corpus, of other vectors, or of a list."""

from __future__ import annotations

import os
from pathlib import Path

from wordlab import artifact
from wordlab.embeddings import storage
from wordlab.embeddings.formats.files import open_source
from wordlab.errors import FormatError, SourceError
from wordlab.io.json_files import read_json
from wordlab.io.lines import without_byte_order_mark
from wordlab.text import storage as corpora
from wordlab.text.vocabulary import Vocabulary


def wanted_words(path: str | os.PathLike[str]) -> frozenset[str]:
    """The words of a corpus or of vectors saved in `path`, or of a file with one word a line.

    A file may be compressed; empty lines are passed over. Raises ArtifactError for a directory that is
    neither, SourceError for a file that cannot be read, FormatError for one without words.
    """
    source = Path(path)
    if not source.is_dir():
        return _listed_words(source)
    kind = _kind(source)
    version = storage.FORMAT_VERSION if kind == storage.KIND else corpora.FORMAT_VERSION
    saved = artifact.load(source, kind=kind, format_version=version, verify=False)
    return frozenset(Vocabulary.read(saved.payload("vocabulary.parquet")).words)


def _kind(directory: Path) -> str:
    """The kind in the manifest if it is that of vectors, else that of a corpus; `artifact.load` checks it."""
    try:
        manifest = read_json(directory / artifact.MANIFEST)
    except (FormatError, SourceError):
        return corpora.KIND
    of_vectors = isinstance(manifest, dict) and manifest.get("kind") == storage.KIND
    return storage.KIND if of_vectors else corpora.KIND


def _listed_words(path: Path) -> frozenset[str]:
    with open_source(path) as source:
        text = without_byte_order_mark(b"".join(source.pieces(1 << 20)))
    words = set()
    for number, line in enumerate(text.split(b"\n"), start=1):
        try:
            words.add(line.removesuffix(b"\r").decode("utf-8"))
        except UnicodeDecodeError as error:
            shown = line[:40].decode("utf-8", errors="backslashreplace")
            raise FormatError(
                f"{path}:{number}: expected a word in UTF-8, found {shown!r} ({error.reason})"
            ) from None
    words.discard("")
    if not words:
        raise FormatError(f"{path}: expected words, one a line, found none")
    return frozenset(words)
