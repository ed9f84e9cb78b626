"""WordVectors from what a reader found: blocks joined, duplicates dropped, origin noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped
from wordlab.embeddings.formats.rows import is_number
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
    """The vectors of all blocks, which must hold only words that `options` want, still with their prefix.

    Words are in the order of the file, or by descending count if the blocks have counts. A word that
    occurs again keeps its first position, with its first or last vector as the options say. `where` turns
    the number of a row into the words of a message: `source.line` or `source.record`. ``details`` hold
    the origin, the format, ``num_duplicates`` (rows dropped by the policy ``duplicates``), how many of
    the wanted words were found, and what lenient reading skipped. FormatError if there are no rows, and for
    counts whose sum is beyond that of any corpus.
    """
    found = list(blocks)
    source.finish()
    if not any(len(block.words) for block in found):
        raise FormatError(
            f"{source.name}: expected at least one {options.wanted()}, found none{skipped.summary()}"
        )
    joined, num_duplicates = _without_duplicates(found, options, skipped, where)
    words, matrix, counts = joined
    if options.prefix:
        words = pc.utf8_slice_codeunits(words, start=len(options.prefix))
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
        details["only"] = {"num_wanted": len(options.only), "num_found": len(words)}
    details.update(options.details() | skipped.details())
    try:
        vocabulary = Vocabulary(words, counts)
    except ValueError as error:  # counts too large to be added up
        raise FormatError(f"{source.name}: {error}") from error
    return WordVectors(vocabulary, matrix, subwords=subwords, details=details)


class _Rows(NamedTuple):
    """Rows of a file, as in `Block`; counts are 0 for blocks without them."""

    words: pa.StringArray
    matrix: np.ndarray
    counts: np.ndarray


def _join(blocks: list[Block]) -> _Rows:
    counts = [np.zeros(len(b.words), np.int64) if b.counts is None else b.counts for b in blocks]
    return _Rows(
        pa.concat_arrays([block.words for block in blocks]),
        blocks[0].matrix if len(blocks) == 1 else np.concatenate([block.matrix for block in blocks]),
        np.concatenate(counts),
    )


def _without_duplicates(
    blocks: list[Block], options: ReadOptions, skipped: Skipped, where: Callable[[int], str]
) -> tuple[_Rows, int]:
    """The rows of all blocks with each word once, and the number of rows that the policy dropped."""
    rows = _join(blocks)
    ids = rows.words.dictionary_encode().indices.to_numpy()
    num_words = int(ids.max()) + 1
    num_duplicates = len(ids) - num_words
    if not num_duplicates:
        return rows, 0
    # codes are assigned in order of first occurrence, so each first one is a new maximum
    first = np.flatnonzero(np.diff(np.maximum.accumulate(ids), prepend=-1))
    if options.duplicates == "error":
        numbers = np.concatenate([block.numbers for block in blocks])
        _add_duplicates(rows.words, ids, first, numbers, skipped, where)
        num_duplicates = 0
    kept = first
    if options.duplicates == "last":
        kept = np.empty(num_words, np.int64)
        kept[ids] = np.arange(len(ids))  # the last assignment to an id wins
    words = pc.take(rows.words, pa.array(first))
    return _Rows(words, rows.matrix[kept], rows.counts[kept]), num_duplicates


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
                    f"{word!r} cannot be written as {format}: expected no {character!r} in a word; "
                    "numpy and safetensors hold any word"
                )


def check_end(word: str, format: str) -> None:
    """Raise FormatError for a word whose end would be taken for a separator or a number."""
    if word.endswith(" ") or (" " in word and is_number(word.rpartition(" ")[2].encode())):
        raise FormatError(
            f"{word!r} cannot be written as {format}: expected no space at the end, and no number after one; "
            "numpy and safetensors hold any word"
        )
