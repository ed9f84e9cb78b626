"""How often each pair occurs, counted exactly and in bounded memory.

The text is read once for each range of first words, which are chosen so that their pairs fit in memory; what
they are does not change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np

from wordlab.checks import check_threads
from wordlab.progress import Reporter
from wordlab.resources import available_cores
from wordlab.text.phrases.pairs import KeySet, PairReader
from wordlab.text.pool import in_threads
from wordlab.text.storage import release_pages

PIECE = 1 << 20
"""Tokens that a thread reads at once."""
MOST_PAIRS = 20_000_000
"""Pairs that are held in memory at once: 160 MB of keys."""

Keep = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Which pairs to keep: a truth value for each, from keys and counts."""


@dataclass(frozen=True)
class Work:
    """How to go about it: how many threads, and the sizes above, which change nothing but time and memory."""

    threads: int = 1
    piece: int = PIECE
    most_pairs: int = MOST_PAIRS

    @classmethod
    def on(cls, threads: int | None) -> Self:
        """Work on so many threads, None for all cores, and on two for each core at most; ConfigError."""
        check_threads(threads)
        cores = available_cores()
        return cls(min(threads or cores, 2 * cores))

    def pieces(self, num_tokens: int) -> list[tuple[int, int]]:
        """Beginnings and ends of the pieces of a text."""
        return [(start, min(start + self.piece, num_tokens)) for start in range(0, num_tokens, self.piece)]


class PairCounts(NamedTuple):
    """Keys in ascending order and their counts, int64 (num_kept,); how many different ones there are."""

    keys: np.ndarray
    counts: np.ndarray
    num_different: int


def num_readings(reader: PairReader, work: Work) -> int:
    """How often `count_pairs` reads the text."""
    return max(1, -(-int(reader.counts.sum()) // work.most_pairs))


def count_pairs(reader: PairReader, keep: Keep, work: Work, reporter: Reporter) -> PairCounts:
    """The counts of all pairs to `keep`."""
    readings = num_readings(reader, work)
    reached = np.cumsum(reader.counts)  # (num_words,) pairs that begin with this word or one before it
    shares = np.arange(1, readings * work.threads) * int(reached[-1] if len(reached) else 0)
    inner = np.searchsorted(reached, shares // (readings * work.threads), side="right")
    borders = np.concatenate(([0], inner, [len(reached)]))
    found: list[PairCounts] = []
    for number in range(readings):
        ranges = borders[number * work.threads : (number + 1) * work.threads + 1]
        tallies = [_Tally(2 * work.most_pairs // work.threads) for _ in ranges[1:]]
        for place, keys in enumerate(_keys_in(reader, ranges, work)):
            for tally, part in zip(tallies, keys, strict=True):
                tally.add(part)
            reporter.update(number * reader.text.num_tokens + place * work.piece)
        with closing(in_threads(tallies, partial(_settled, keep), work.threads)) as settled:
            found += settled
        release_pages(reader.text.token_ids)
    keys, counts, different = zip(*found, strict=True)
    return PairCounts(np.concatenate(keys), np.concatenate(counts), sum(different))


def count_again(reader: PairReader, keys: np.ndarray, work: Work) -> np.ndarray:
    """The counts of the pairs `keys`, which ascend, int64 (num_keys,); 0 for a pair that does not occur."""
    counts = np.zeros(len(keys), dtype=np.int64)
    if not len(keys):
        return counts
    wanted = KeySet(reader, keys)

    def read(piece: tuple[int, int]) -> np.ndarray:
        return np.bincount(wanted.read(*piece)[1], minlength=len(keys))

    with closing(in_threads(work.pieces(reader.text.num_tokens), read, work.threads)) as parts:
        for part in parts:
            counts += part
    return counts


def _keys_in(reader: PairReader, ranges: np.ndarray, work: Work) -> Iterator[list[np.ndarray]]:
    """For each piece of the text, the keys of the pairs that begin in each of the ranges of ids."""
    low, high = int(ranges[0]), int(ranges[-1])

    def chosen(first: np.ndarray, _: np.ndarray) -> np.ndarray:
        return (first >= low) & (first < high)

    def read(piece: tuple[int, int]) -> list[np.ndarray]:
        keys = reader.read(*piece, chosen).keys
        return [keys[(keys >= least) & (keys < beyond)] for least, beyond in pairwise(reader.least(ranges))]

    with closing(in_threads(work.pieces(reader.text.num_tokens), read, work.threads)) as parts:
        yield from parts


class _Tally:
    """Takes keys, and counts them whenever there are many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: list[np.ndarray] = []
        self._num_waiting = 0
        self._keys = np.zeros(0, dtype=np.int64)
        self._counts = np.zeros(0, dtype=np.int64)

    def add(self, keys: np.ndarray) -> None:
        """Take some keys, in any order."""
        self._waiting.append(keys)
        self._num_waiting += len(keys)
        if self._num_waiting > self._most:  # a single word that begins more pairs than a range should have
            self.settle()

    def settle(self) -> tuple[np.ndarray, np.ndarray]:
        """The keys so far, ascending, and their counts."""
        waiting = np.concatenate([*self._waiting, self._keys[:0]])
        self._waiting, self._num_waiting = [], 0
        waiting.sort()
        keys, counts = _sums(waiting, None)
        if len(self._keys):
            both = np.concatenate((self._keys, keys))
            order = np.argsort(both, kind="stable")
            keys, counts = _sums(both[order], np.concatenate((self._counts, counts))[order])
        self._keys, self._counts = keys, counts
        return keys, counts


def _sums(keys: np.ndarray, counts: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The different ones of ascending keys, and the sums of their counts, which are 1 if None."""
    if not len(keys):
        return keys, np.zeros(0, dtype=np.int64)
    begins = np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))
    if counts is None:
        return keys[begins], np.diff(begins, append=len(keys))
    return keys[begins], np.add.reduceat(counts, begins)


def _settled(keep: Keep, tally: _Tally) -> PairCounts:
    keys, counts = tally.settle()
    kept = keep(keys, counts)
    return PairCounts(keys[kept], counts[kept], len(keys))
