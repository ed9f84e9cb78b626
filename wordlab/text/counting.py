"""The first pass over a text: provisional ids in first-seen order, their counts, and which are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from wordlab.errors import ConfigError, CorpusError
from wordlab.text.stop_words import StopWords
from wordlab.text.storage import CHUNK, Chunk, compact
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.packed import PackedWords
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.vocabulary import Vocabulary
from wordlab.text.word_index import WordIndex


@dataclass(frozen=True)
class Limits:
    """Which words a vocabulary leaves out; ConfigError for limits that make no sense."""

    min_count: int
    max_vocab: int | None
    stop_words: StopWords | None
    allowed: Collection[str] | None
    """The words that it may hold, if these are given."""

    def __post_init__(self) -> None:
        if self.min_count < 1:
            raise ConfigError(f"min_count: expected 1 or more, found {self.min_count}")
        if self.max_vocab is not None and self.max_vocab < 1:
            raise ConfigError(f"max_vocab: expected 1 or more, or none, found {self.max_vocab}")


class Counter:
    """Takes encoded blocks in order, counts their words and keeps ids and line ends in two files.

    Memory grows with the number of different words, never with the length of the text.
    """

    def __init__(self, ids: BinaryIO, line_ends: BinaryIO) -> None:
        self._ids = ids
        self._line_ends = line_ends
        self._index = WordIndex()
        self._counts = np.zeros(1 << 16, dtype=np.int64)
        self._last_end = 0
        self.num_tokens = self.num_stop_tokens = 0

    def add(self, block: EncodedBlock) -> None:
        """Add a block; what follows its last line feed continues in the next block."""
        index = self._index
        provisional = index.add(block.words)
        if len(index) > len(self._counts):
            room = max(len(index), 2 * len(self._counts)) - len(self._counts)
            self._counts = np.concatenate((self._counts, np.zeros(room, dtype=np.int64)))
        self._ids.write(self._count(block, provisional).data)
        ends = self.num_tokens + block.line_ends
        self.num_tokens += len(block.ids)
        ends = ends[np.diff(ends, prepend=self._last_end) > 0]
        if len(ends):
            self._last_end = int(ends[-1])
        self._line_ends.write(ends.astype(np.int64).data)

    def _count(self, block: EncodedBlock, provisional: np.ndarray) -> np.ndarray:
        """The provisional ids of the tokens of `block`, int32, once they are counted."""
        if isinstance(block.words, PackedWords):
            from wordlab.compiled.word_table import renumber

            return renumber(block.ids, provisional, self._counts)
        self._counts[provisional] += np.bincount(block.ids, minlength=len(block.words))
        return np.asarray(provisional[block.ids])

    @property
    def num_types(self) -> int:
        """Number of different words seen."""
        return len(self._index)

    def cut(self, limits: Limits, tokenizer: Tokenizer) -> tuple[Vocabulary, np.ndarray]:
        """The words kept, and for each provisional id the final one or -1, int32 (num_types,).

        Raises CorpusError if there is no word at all, none but stop words, or none that is frequent enough.
        """
        counts = self._counts[: self.num_types]
        if not len(counts):
            raise CorpusError("expected text, found not a single word in the input")
        words = self._index.words
        if limits.allowed is not None:
            is_allowed = np.fromiter((word in limits.allowed for word in words), bool, len(counts))
            if not is_allowed.any():
                raise CorpusError("vocabulary: expected words that occur in the text, found none of them")
            counts = np.where(is_allowed, counts, 0)
        if limits.stop_words is not None:
            is_stop_word = limits.stop_words.found_by(tokenizer)
            stopped = np.fromiter(map(is_stop_word, words), dtype=bool, count=len(words))
            if stopped.all():
                raise CorpusError("expected other words than stop words, found none")
            self.num_stop_tokens = int(counts[stopped].sum())
            counts = np.where(stopped, 0, counts)
        order = np.argsort(-counts, kind="stable")
        order = order[: np.count_nonzero(counts >= limits.min_count)][: limits.max_vocab]
        if not len(order):
            raise CorpusError(
                f"min_count {limits.min_count} leaves no word: the most frequent one has a count of "
                f"{counts.max()}"
            )
        new_ids = np.full(len(counts), -1, dtype=np.int32)
        new_ids[order] = np.arange(len(order), dtype=np.int32)
        return Vocabulary([words[id] for id in order.tolist()], counts[order]), new_ids

    def facts(self, vocabulary: Vocabulary, limits: Limits) -> dict[str, Any]:
        """What was found and what was dropped, for a corpus's details."""
        facts: dict[str, Any] = {
            "min_count": limits.min_count,
            "max_vocab": limits.max_vocab,
            "num_raw_tokens": self.num_tokens,
            "num_raw_types": self.num_types,
            "num_dropped_tokens": self.num_tokens - vocabulary.num_tokens,
        }
        if limits.stop_words is not None:
            facts["stop_words"] = {**limits.stop_words.facts(), "num_tokens": self.num_stop_tokens}
        return facts

    def recoded(self, new_ids: np.ndarray) -> Iterator[Chunk]:
        """Everything added, with final ids and without dropped tokens and empty lines."""
        return compact((new_ids[ids], line_ends) for ids, line_ends in self._chunks())

    def _chunks(self) -> Iterator[Chunk]:
        self._ids.seek(0)
        self._line_ends.seek(0)
        waiting = np.zeros(0, dtype=np.int64)
        num_read = 0
        while data := self._ids.read(4 * CHUNK):
            ids = np.frombuffer(data, dtype=np.int32)
            num_read += len(ids)
            while (not len(waiting) or waiting[-1] <= num_read) and (more := self._line_ends.read(8 * CHUNK)):
                waiting = np.concatenate((waiting, np.frombuffer(more, dtype=np.int64)))
            here = int(np.searchsorted(waiting, num_read, side="right"))
            yield ids, waiting[:here]
            waiting = waiting[here:]


def words_to_keep(vocabulary: Iterable[str] | None) -> Collection[str] | None:
    """The words of a vocabulary that was given, in which they are found at once; None for None.

    TypeError for a single word.
    """
    if isinstance(vocabulary, str):
        raise TypeError("vocabulary: expected a Vocabulary or a set of words, found a single one")
    return vocabulary if vocabulary is None or isinstance(vocabulary, Vocabulary) else frozenset(vocabulary)
