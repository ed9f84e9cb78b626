"""spaCy: the text that ``spacy init vectors`` reads, and the directories in which spaCy keeps vectors.

The command (spacy/training/initialize.py) reads word2vec text: a header, and rows split from the right,
so that words may hold spaces; it strips blanks from the end of a row, but no row ends in a word. It makes
a pipeline, whose directory ``vocab`` holds `vectors`, `key2row` and `strings.json`, as
``Vectors.to_disk`` writes them; these are read through spaCy.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats import rows
from wordlab.embeddings.formats.build import build_vectors, check_end, check_words
from wordlab.embeddings.formats.columns import column_block, pick_words
from wordlab.embeddings.formats.files import Source, open_source
from wordlab.embeddings.formats.format import DirectoryForm, FileForm, Format
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.formats.word2vec_text import read_word2vec_text
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.extras import need
from wordlab.io.arrays import read_header
from wordlab.progress import OnProgress
from wordlab.visible import clipped

_TABLE, _KEYS, _STRINGS = "vectors", "key2row", "strings.json"


def read_spacy_text(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors in a text that ``spacy init vectors`` reads; FormatError with the line."""
    return read_word2vec_text(source, options, format="spacy")


def write_spacy_text(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as text for ``spacy init vectors``; FormatError for a word that spaCy would lose."""
    words = vectors.vocabulary.words
    check_words(words, "\n\r", "spacy")
    for word in words:
        check_end(word, "spacy")
        if not word:
            raise FormatError("'' cannot be written as spacy: expected a word")
    stream.write(b"%d %d\n" % (len(vectors), vectors.dim))
    rows.write_rows(stream, pa.array(words, pa.string()), vectors.matrix)


def find_spacy_directory(directory: Path) -> Path | None:
    """The directory of spaCy's vectors: `directory` or, in a pipeline, its ``vocab``; None if neither."""
    for folder in (directory, directory / "vocab"):
        if (folder / _KEYS).is_file() and (folder / _TABLE).is_file():
            return folder
    return None


def read_spacy_directory(
    directory: Path, options: ReadOptions, on_progress: OnProgress | None = None
) -> WordVectors:
    """The vectors that spaCy saved in `directory`, in the order of its table; FormatError.

    Words that share a row, as after ``--prune``, all get its vector. MissingExtraError without spaCy.
    """
    folder = find_spacy_directory(directory)
    if folder is None or not (folder / _STRINGS).is_file():
        raise FormatError(f"{directory}: expected spaCy's {_TABLE}, {_KEYS} and {_STRINGS}, found not all")
    skipped = Skipped(options)
    with open_source(folder / _TABLE, on_progress=on_progress) as source:
        encoded, matrix = _load(folder, source.name)
        words, found = pick_words(encoded, source, options, skipped)
        block = column_block(words, found, matrix[found], None, source, skipped)
        return build_vectors(
            [block], source, format="spacy", options=options, skipped=skipped, where=source.record
        )


def _load(folder: Path, name: str) -> tuple[list[bytes], np.ndarray]:
    """All words and their vectors, float32 (num_words, dim)."""
    with need("spacy"):
        from spacy.strings import StringStore
        from spacy.vectors import Vectors
    try:
        with (folder / _TABLE).open("rb") as file:
            read_header(file, (folder / _TABLE).stat().st_size, name)
        loaded = Vectors(strings=StringStore())
        loaded.from_disk(folder)
        if loaded.mode != "default":
            raise FormatError(f"{name}: expected a vector a word, found spaCy's {loaded.mode} table")
        if loaded.data.ndim != 2:
            raise FormatError(f"{name}: expected rows and columns, found shape {loaded.data.shape}")
        pairs = sorted(loaded.key2row.items(), key=lambda pair: pair[1])
        encoded = [loaded.strings[key].encode("utf-8", "surrogatepass") for key, _ in pairs]
        table = np.asarray(loaded.data, dtype=np.float32)
        return encoded, table[np.array([row for _, row in pairs], np.int64)]
    except FormatError:
        raise
    except Exception as error:  # spaCy and its readers of JSON and msgpack can raise anything
        problem = clipped(" ".join(f"{type(error).__name__}: {error}".split()), 120)
        raise FormatError(
            f"{folder}: expected vectors saved by spaCy, found damaged ones ({problem})"
        ) from error


def _is_spacy_directory(directory: Path) -> bool:
    return find_spacy_directory(directory) is not None


FORMAT = Format(
    file=FileForm(read=read_spacy_text, write=write_spacy_text, encoding_of="text"),
    directory=DirectoryForm(
        is_one=_is_spacy_directory, read=read_spacy_directory, needed=(_TABLE, _KEYS, _STRINGS)
    ),
)
