"""WordVectors out of what a reader found: blocks joined, duplicates dropped, origin noted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.rows import Block
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.text.vocabulary import Vocabulary


def build_vectors(blocks: Iterable[Block], source: Source, *, format: str) -> WordVectors:
    """The vectors of all blocks. Of words that occur again the first is kept, as gensim does.

    ``details["num_duplicates"]`` counts the rows dropped for that. FormatError if there is no row.
    """
    words, parts = [], []
    for block_words, matrix in blocks:
        words.append(block_words)
        parts.append(matrix)
    if not parts:
        raise FormatError(f"{source.name}: expected at least one vector, found none")
    source.finish()
    all_words = pa.concat_arrays(words)
    matrix = parts[0] if len(parts) == 1 else np.concatenate(parts)
    ids = all_words.dictionary_encode().indices.to_numpy()
    num_words = int(ids.max()) + 1
    if num_words < len(ids):
        # codes are given in order of first occurrence, so a first one is a new maximum
        first = np.flatnonzero(np.diff(np.maximum.accumulate(ids), prepend=-1))
        all_words, matrix = pc.take(all_words, pa.array(first)), matrix[first]
    details = {"origin": Path(source.name).name, "format": format, "num_duplicates": len(ids) - num_words}
    return WordVectors(Vocabulary(all_words, np.zeros(num_words, np.int64)), matrix, details=details)


def check_words(words: Iterable[str], forbidden: str, format: str) -> None:
    """Raise FormatError if a word holds one of the characters that end a word in the format."""
    for word in words:
        for character in forbidden:
            if character in word:
                raise FormatError(
                    f"{word!r} cannot be written as {format}: expected no {character!r} in a word"
                )
