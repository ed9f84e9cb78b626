"""A text with its phrases joined, from left to right, on ids."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.io.scratch import mapped_scratch, scratch_file
from wordlab.progress import Reporter
from wordlab.text.phrases.counting import Work
from wordlab.text.phrases.finding import Found
from wordlab.text.phrases.pairs import KeySet, PairReader, Pairs
from wordlab.text.phrases.text import Text
from wordlab.text.pool import in_threads
from wordlab.text.storage import Chunk, compact, release_pages


def join(
    reader: PairReader, found: Found, folder: str | os.PathLike[str], work: Work, reporter: Reporter
) -> Text:
    """The text with the phrases `found` in it joined, mapped from files without a name in `folder`."""
    words, targets = _with_phrases(reader.text.words, found)
    with scratch_file(folder) as ids, scratch_file(folder) as offsets:
        offsets.write(np.zeros(1, dtype=np.int64).data)
        for chunk_ids, line_ends in compact(_joined(reader, found.keys, targets, work, reporter)):
            ids.write(chunk_ids.data)
            offsets.write(line_ends.data)
        return Text(mapped_scratch(ids, "int32"), mapped_scratch(offsets, "int64"), words)


def _with_phrases(words: pa.StringArray, found: Found) -> tuple[pa.StringArray, np.ndarray]:
    """All words with those that are new, and the id of each phrase among them, int32 (num_found,)."""
    joined = pa.array([phrase.joined for phrase in found.phrases], type=pa.string())
    new = joined.unique()
    new = new.filter(pc.invert(pc.is_in(new, value_set=words)))
    words = pa.concat_arrays([words, new])
    ids = pc.index_in(joined, value_set=words)
    return words, ids.to_numpy(zero_copy_only=False).astype(np.int32)


def _joined(
    reader: PairReader, keys: np.ndarray, targets: np.ndarray, work: Work, reporter: Reporter
) -> Iterator[Chunk]:
    """The text in chunks, the first word of each phrase replaced by the phrase, the others by -1."""
    text = reader.text
    phrases = KeySet(reader, keys)

    def read(piece: tuple[int, int]) -> tuple[Pairs, np.ndarray]:
        pairs, places = phrases.read(*piece)
        return pairs, targets[places]

    used = -1  # the place of the last word that is part of a phrase
    pieces = work.pieces(text.num_tokens)
    with closing(in_threads(pieces, read, work.threads)) as candidates:
        for (start, stop), (pairs, ids) in zip(pieces, candidates, strict=True):
            chunk = np.array(text.token_ids[start:stop])
            chunk[: max(0, used + 1 - start)] = -1
            taken = _greedy(pairs, used)
            if len(taken):
                first, second = pairs.first[taken], pairs.second[taken]
                chunk[first - start] = ids[taken]
                others = _between(first, second)
                chunk[others[others < stop] - start] = -1
                used = int(second[-1])
            lines = np.searchsorted(text.line_offsets, (start + 1, stop + 1))
            yield chunk, np.array(text.line_offsets[lines[0] : lines[1]])
            reporter.update(stop)
    release_pages(text.token_ids)


def _greedy(pairs: Pairs, used: int) -> np.ndarray:
    """The rows of the pairs to join: of those that share words, every other one, from the first.

    That is what going from left to right makes of them: a word that is used does not begin a phrase.
    `used` is the place of the last word used before.
    """
    if not len(pairs.first):
        return np.zeros(0, dtype=np.int64)
    rows = np.arange(len(pairs.first))
    begins = np.concatenate(([True], pairs.first[1:] != pairs.second[:-1]))
    place = rows - np.maximum.accumulate(np.where(begins, rows, 0))  # in a row of pairs that share words
    if pairs.first[0] == used:
        place[: np.argmax(np.append(begins[1:], True)) + 1] += 1
    return np.asarray(rows[place % 2 == 0])


def _between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """All places after each `first` up to its `second`."""
    lengths = second - first
    ends = np.cumsum(lengths)
    places: np.ndarray = np.repeat(second - ends, lengths) + np.arange(1, int(ends[-1]) + 1)
    return places
