"""A text in ids, and the runs of connector words that stand between its other words."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa

from wordlab.errors import CorpusError
from wordlab.text.phrases.value import JOINER
from wordlab.text.storage import Chunk, split_chunks
from wordlab.text.vocabulary import Vocabulary

LONG = 16  # connector words: longer runs are rare, and numbered one by one


@dataclass(frozen=True)
class Text:
    """Token ids and line offsets as in a Corpus, with words in any order."""

    token_ids: np.ndarray
    line_offsets: np.ndarray
    words: pa.StringArray

    @classmethod
    def of(cls, token_ids: np.ndarray, line_offsets: np.ndarray, vocabulary: Vocabulary) -> Self:
        """The text of a corpus with these parts."""
        return cls(token_ids, line_offsets, pa.array(vocabulary.words, type=pa.string()))

    def chunks(self) -> Iterator[Chunk]:
        """The text in chunks."""
        return split_chunks(self.token_ids, self.line_offsets)

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each word occurs, int64 (num_words,); 0 if all its tokens have been joined to others."""
        counts = np.zeros(len(self.words), dtype=np.int64)
        for ids, _ in self.chunks():
            counts += np.bincount(ids, minlength=len(self.words))
        return counts

    @property
    def num_tokens(self) -> int:
        """Number of tokens."""
        return len(self.token_ids)

    @property
    def num_words(self) -> int:
        """Number of different words that occur."""
        return int(np.count_nonzero(self.counts))


class Runs:
    """Numbers for runs of connector words, in the order in which threads come upon them; 0 is the empty run.

    CorpusError once there are more than `most`.
    """

    def __init__(self, words: pa.StringArray, most: int) -> None:
        self._words = words
        self._most = most
        self._runs: list[tuple[int, ...]] = [()]
        self._numbers: dict[tuple[int, ...], int] = {(): 0}
        self._lock = threading.Lock()

    def between(self, ids: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """The number of the run between the places `first` and `second` of each pair, int64 (num_pairs,)."""
        lengths = second - first - 1
        numbers = np.zeros(len(lengths), dtype=np.int64)
        is_short = lengths <= LONG
        for step in range(1, min(LONG, int(lengths.max(initial=0))) + 1):
            rows = np.flatnonzero((lengths >= step) & is_short)
            codes = numbers[rows] * len(self._words) + ids[first[rows] + step]
            different, which = np.unique(codes, return_inverse=True)
            longer = [self._longer(*divmod(code, len(self._words))) for code in different.tolist()]
            numbers[rows] = np.array(longer, dtype=np.int64)[which]
        for row in np.flatnonzero(~is_short).tolist():
            numbers[row] = self._number(tuple(ids[first[row] + 1 : second[row]].tolist()))
        return numbers

    def find(self, run: Collection[int]) -> int | None:
        """The number of a run of ids; None if it was never met."""
        return self._numbers.get(tuple(run))

    def joined(self) -> pa.StringArray:
        """Each run as one word, by its number; null for the empty run."""
        words = self._words
        shown = (JOINER.join(words[id].as_py() for id in run) if run else None for run in self._runs)
        return pa.array(shown, type=pa.large_string())

    def where(self, holds: np.ndarray) -> np.ndarray:
        """Whether `holds`, bool (num_words,), is true of all words of each run, by number."""
        return np.array([all(holds[list(run)]) for run in self._runs], dtype=bool)

    def _longer(self, number: int, id: int) -> int:
        return self._number((*self._runs[number], id))

    def _number(self, run: tuple[int, ...]) -> int:
        with self._lock:
            number = self._numbers.setdefault(run, len(self._runs))
            if number == len(self._runs):
                if number >= self._most:
                    raise CorpusError(
                        f"expected at most {self._most:,} different runs of connector words between two "
                        "words, found more; use fewer connector words"
                    )
                self._runs.append(run)
            return number
