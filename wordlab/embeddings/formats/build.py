"""WordVectors from what a reader found: blocks joined, duplicates dropped, origin noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.text.vocabulary import Vocabulary


def build_vectors(
    blocks: Iterable[Block],
    source: Source,
    *,
    format: str,
    options: ReadOptions,
    skipped: Skipped,
    where: Callable[[int], str],
    subwords: Subwords | None = None,
) -> WordVectors:
    """The vectors of all blocks, which must hold only words in `options.only`.

    Words are in the order of the file, or by descending count if the blocks have counts. A word that
    occurs again keeps its first position, with its first or last vector as the options say. `where` turns
    the number of a row into the words of a message: `source.line` or `source.record`. ``details`` hold
    the origin, the format, ``num_duplicates`` (rows dropped by the policy ``duplicates``), how many of
    the wanted words were found, and what lenient reading skipped. FormatError if there are no rows.
    """
    found = list(blocks)
    source.finish()
    if not any(len(block.words) for block in found):
        what = "vector" if options.only is None else f"of the {len(options.only):,} wanted words"
        raise FormatError(f"{source.name}: expected at least one {what}, found none{skipped.summary()}")
    words = pa.concat_arrays([block.words for block in found])
    matrix = found[0].matrix if len(found) == 1 else np.concatenate([block.matrix for block in found])
    ids = words.dictionary_encode().indices.to_numpy()
    num_words = int(ids.max()) + 1
    num_duplicates = len(ids) - num_words
    counts = _counts(found)
    if num_duplicates:
        # codes are assigned in order of first occurrence, so each first one is a new maximum
        first = np.flatnonzero(np.diff(np.maximum.accumulate(ids), prepend=-1))
        if options.duplicates == "error":
            numbers = np.concatenate([block.numbers for block in found])
            _add_duplicates(words, ids, first, numbers, skipped, where)
            num_duplicates = 0
        kept = first
        if options.duplicates == "last":
            kept = np.empty(num_words, np.int64)
            kept[ids] = np.arange(len(ids))  # the last assignment to an id wins
        words, matrix, counts = pc.take(words, pa.array(first)), matrix[kept], counts[kept]
    if np.any(np.diff(counts) > 0):
        order = np.argsort(-counts, kind="stable")
        words, matrix, counts = pc.take(words, pa.array(order)), matrix[order], counts[order]
    details: dict[str, Any] = {
        "origin": Path(source.name).name,
        "format": format,
        "num_duplicates": num_duplicates,
        "duplicates": options.duplicates,
    }
    if options.only is not None:
        details["only"] = {"num_wanted": len(options.only), "num_found": num_words}
    details.update(skipped.details())
    return WordVectors(Vocabulary(words, counts), matrix, subwords=subwords, details=details)


def _counts(blocks: list[Block]) -> np.ndarray:
    """The counts of all rows, int64; 0 for blocks without counts."""
    return np.concatenate(
        [np.zeros(len(block.words), np.int64) if block.counts is None else block.counts for block in blocks]
    )


def _add_duplicates(
    words: pa.StringArray,
    ids: np.ndarray,
    first: np.ndarray,
    numbers: np.ndarray,
    skipped: Skipped,
    where: Callable[[int], str],
) -> None:
    again = np.ones(len(ids), bool)
    again[first] = False
    for row in np.flatnonzero(again):
        seen = where(int(numbers[first[ids[row]]]))
        problem = f"expected each word once, found {words[int(row)].as_py()!r} again, first {seen}"
        skipped.add(RowError("duplicate word", where(int(numbers[row])), problem))


def check_words(words: Iterable[str], forbidden: str, format: str) -> None:
    """Raise FormatError if a word holds one of the characters that end a word in the format."""
    for word in words:
        for character in forbidden:
            if character in word:
                raise FormatError(
                    f"{word!r} cannot be written as {format}: expected no {character!r} in a word"
                )
