"""The words that somebody wants vectors of: those of a corpus, of other vectors, or of a list."""

from __future__ import annotations

import json
import os
from pathlib import Path

from wordlab import artifact
from wordlab.embeddings import storage
from wordlab.embeddings.formats.files import open_source
from wordlab.errors import FormatError
from wordlab.io.lines import BYTE_ORDER_MARK
from wordlab.text import storage as corpora
from wordlab.text.vocabulary import Vocabulary


def wanted_words(path: str | os.PathLike[str]) -> frozenset[str]:
    """The words that `path` names: those of a corpus or of vectors, or of a file with one word a line.

    Empty lines of a file are passed over; it may be compressed. Raises ArtifactError for a directory
    that is neither, SourceError for a file that cannot be read, FormatError if there is no word in it.
    """
    place = Path(path)
    if not place.is_dir():
        return _listed_words(place)
    kind = _kind(place)
    version = storage.FORMAT_VERSION if kind == storage.KIND else corpora.FORMAT_VERSION
    saved = artifact.load(place, kind=kind, format_version=version, verify=False)
    return frozenset(Vocabulary.read(saved.payload("vocabulary.parquet")).words)


def _kind(directory: Path) -> str:
    """What the manifest says, as far as it has words: `artifact.load` checks it and tells what is wrong."""
    try:
        manifest = json.loads((directory / artifact.MANIFEST).read_bytes())
    except (OSError, ValueError):
        return corpora.KIND
    of_vectors = isinstance(manifest, dict) and manifest.get("kind") == storage.KIND
    return storage.KIND if of_vectors else corpora.KIND


def _listed_words(path: Path) -> frozenset[str]:
    with open_source(path) as source:
        pieces = []
        while data := source.read(1 << 20):
            pieces.append(data)
    words = set()
    text = b"".join(pieces).removeprefix(BYTE_ORDER_MARK)
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
