"""Pairs: two words that follow each other in a line, with nothing but connector words between them.

A pair is a key of 64 bits made of its first word, the run of connector words and its second word. Each key
thus stands for what gensim spells as one string, except where a word itself holds the joiner (`spelling`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.errors import CorpusError
from wordlab.text.phrases.text import Runs, Text
from wordlab.text.phrases.value import JOINER

_KEYS = 2**63
_MARK_BITS = 22  # 4 MiB, which a core's cache holds
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio, and odd
_AHEAD = 1 << 12  # tokens that are searched at once for the next word that is no connector word

Chosen = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Which pairs to look at: a truth value for each, from the ids of its first and of its second word."""


class Pairs(NamedTuple):
    """Pairs of a piece of text in order: the places of both words in the text, and keys, all int64."""

    first: np.ndarray
    second: np.ndarray
    keys: np.ndarray


class PairReader:
    """Reads the pairs of a text; several threads may do so at once.

    `is_connector`, bool (num_words,), marks the connector words; `counts`, int64 (num_words,), says how often
    each word may begin or end a pair: as often as it occurs, or never if it is one of them. CorpusError if
    there are more words than keys can hold.
    """

    def __init__(self, text: Text, connector_words: Iterable[str]) -> None:
        self.text = text
        wanted = pa.array(sorted(connector_words), type=pa.string())
        self.is_connector = pc.is_in(text.words, value_set=wanted).to_numpy(zero_copy_only=False)
        self.counts = np.where(self.is_connector, 0, text.counts)
        self._has_connectors = bool(self.is_connector.any())
        self._num_words = max(1, len(text.words))
        num_runs = min(2**31, (_KEYS - 1) // self._num_words**2) if self._has_connectors else 1
        if not num_runs:
            raise CorpusError(f"expected at most 3 billion words, found {self._num_words:,}")
        self._num_runs = num_runs
        self.runs = Runs(text.words, num_runs)

    def key(self, first: np.ndarray, run: np.ndarray | int, second: np.ndarray) -> np.ndarray:
        """The keys of pairs, in the order of their first words."""
        keys: np.ndarray = (first.astype(np.int64) * self._num_runs + run) * self._num_words + second
        return keys

    def least(self, first: np.ndarray) -> np.ndarray:
        """The least keys that pairs with these first words may have."""
        keys: np.ndarray = first.astype(np.int64) * (self._num_runs * self._num_words)
        return keys

    def parts(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first words, runs and second words of keys."""
        rest, second = np.divmod(keys, self._num_words)
        first, run = np.divmod(rest, self._num_runs)
        return first, run, second

    def spelled(self, keys: np.ndarray) -> pa.LargeStringArray:
        """The joined words of keys, as gensim spells them."""
        first, run, second = self.parts(keys)
        words = self.text.words.cast(pa.large_string())
        between = self.runs.joined().take(pa.array(run))
        parts = (words.take(pa.array(first)), between, words.take(pa.array(second)))
        joiner = pa.scalar(JOINER, type=pa.large_string())
        return pc.binary_join_element_wise(*parts, joiner, null_handling="skip")

    def read(self, start: int, stop: int, chosen: Chosen) -> Pairs:
        """The chosen pairs whose first word stands at `start` or later, and before `stop`."""
        text = self.text
        ids = np.array(text.token_ids[start : self._reach(stop)])
        lines = np.searchsorted(text.line_offsets, (start + 1, start + len(ids)))
        begins = np.array(text.line_offsets[lines[0] : lines[1]]) - start  # of lines, all but the first
        if not self._has_connectors:
            rows = _rows(ids, begins, chosen)
            keys = self.key(ids[rows], 0, ids[rows + 1])
            return Pairs(start + rows, start + rows + 1, keys)
        places = np.flatnonzero(~self.is_connector[ids])
        words = ids[places]
        rows = _rows(words, np.searchsorted(places, begins), chosen)
        first, second = places[rows], places[rows + 1]
        run = self.runs.between(ids, first, second)
        return Pairs(start + first, start + second, self.key(words[rows], run, words[rows + 1]))

    def _reach(self, stop: int) -> int:
        """The end of the piece that also holds the word after `stop` that a word before it may precede."""
        ids, offsets = self.text.token_ids, self.text.line_offsets
        line_end = int(offsets[np.searchsorted(offsets, stop)]) if stop < len(ids) else stop
        for begin in range(stop, line_end, _AHEAD):
            found = np.flatnonzero(~self.is_connector[ids[begin : min(begin + _AHEAD, line_end)]])
            if len(found):
                return begin + int(found[0]) + 1
        return stop


class KeySet:
    """Finds the pairs of some keys, which ascend and are not empty, in a text."""

    def __init__(self, reader: PairReader, keys: np.ndarray) -> None:
        self._reader, self._keys = reader, keys
        first, _, second = reader.parts(keys)
        self._begins, self._ends = np.zeros((2, len(reader.text.words)), dtype=bool)
        self._begins[first], self._ends[second] = True, True
        self._marks = np.zeros(1 << _MARK_BITS, dtype=bool)
        self._marks[_mark(keys)] = True

    def read(self, start: int, stop: int) -> tuple[Pairs, np.ndarray]:
        """The pairs that begin from `start` to `stop`, and the place of each among the keys, int64."""
        met = self._reader.read(start, stop, lambda first, second: self._begins[first] & self._ends[second])
        likely = np.flatnonzero(self._marks[_mark(met.keys)])  # a search for every pair would take most time
        places = np.minimum(np.searchsorted(self._keys, met.keys[likely]), len(self._keys) - 1)
        found = self._keys[places] == met.keys[likely]
        return Pairs(*(part[likely[found]] for part in met)), places[found]


def _mark(keys: np.ndarray) -> np.ndarray:
    """A number of few bits for each key (Knuth 1998, section 6.4: multiplicative hashing)."""
    return (keys.view(np.uint64) * _GOLDEN) >> np.uint64(64 - _MARK_BITS)


def _rows(words: np.ndarray, begins: np.ndarray, chosen: Chosen) -> np.ndarray:
    """Which words begin a chosen pair with the next; none does so across the beginning of a line."""
    wanted = chosen(words[:-1], words[1:])
    wanted[begins[(begins > 0) & (begins < len(words))] - 1] = False
    return np.flatnonzero(wanted)
