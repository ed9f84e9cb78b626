"""Count the pairs of a corpus within a limit of memory, on all cores, row by row in their order.

The index of all places of all words takes 8 bytes a token. Where that is too much, it is made for one range
of words after the other, each in a pass over the text. Rows leave in the order of the words, so that nothing
but the index and a few rows is ever held.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

import numpy as np

from wordlab.errors import ResourceError
from wordlab.progress import OnProgress, Reporter
from wordlab.teams import start_threads
from wordlab.text import Corpus
from wordlab.training.cooccurrences import kernel
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.cooccurrences.parts import parts_of

_ENTRY = 8  # bytes of the index, for each token
_PAIR = 12  # bytes of a context and its sum
_COPIES = 3  # of the pairs of a thread: at work, handed on, being written
_PAIRS_TOGETHER = 1 << 20  # that a thread counts before it hands them on
_TOKENS_AT_ONCE = 1 << 24  # that one call goes through, for which Ctrl-C waits


class Rows(NamedTuple):
    """Some words that follow each other, with all their pairs."""

    lengths: np.ndarray
    """int64 (num_rows,): contexts of each word."""
    context_ids: np.ndarray
    """int32 (num_pairs,), ascending in each row."""
    values: np.ndarray
    """float64 (num_pairs,)"""


def count_rows(
    corpus: Corpus,
    config: CooccurrenceConfig,
    *,
    memory: int,
    threads: int,
    words: np.ndarray | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Rows]:
    """The rows of all words, or of the ascending ids `words`; equal whatever `memory` and `threads` are.

    Raises ResourceError if `memory` does not suffice for a single row.
    """
    asked = np.arange(len(corpus.vocabulary)) if words is None else words
    threads, capacity = _plan(len(corpus.vocabulary), memory, threads)
    reporter = Reporter(on_progress, "count pairs", "words")
    done = 0
    with closing(_Counter(corpus, config, threads)) as counter:
        sizes = counter.num_tokens[asked]
        reporter.total = int(sizes.sum())
        for part in parts_of(_offsets(sizes), capacity):
            for rows, size in counter.count(asked[part], capacity):
                yield rows
                done += size
                reporter.update(done)
    reporter.report(done)


def distance_weights(config: CooccurrenceConfig) -> np.ndarray:
    """What a context at each distance counts, float64 (window + 1,)."""
    distances = np.arange(1, config.window + 1)
    return np.concatenate([[0.0], 1 / distances if config.distance_weights else np.ones(config.window)])


def counting_bytes(num_words: int, num_tokens: int, memory: int, threads: int) -> int:
    """What `count_rows` takes; ResourceError if `memory` is too small."""
    threads, capacity = _plan(num_words, memory, threads)
    return threads * _workspace_bytes(num_words) + _ENTRY * min(num_tokens, capacity)


def _plan(num_words: int, memory: int, threads: int) -> tuple[int, int]:
    """How many threads have room, and for how many tokens the index has; it gets half, or more."""
    workspace = _workspace_bytes(num_words)
    least = workspace + _ENTRY * _PAIRS_TOGETHER
    if memory < least:
        raise ResourceError(
            f"memory: expected {least / 1e6:,.0f} MB or more to count the pairs of {num_words:,} words, "
            f"found {memory / 1e6:,.0f} MB"
        )
    threads = int(max(1, min(threads, memory // (2 * workspace))))
    return threads, (memory - threads * workspace) // _ENTRY


def _workspace_bytes(num_words: int) -> int:
    """What each thread works with, and the pairs that it has handed on."""
    return kernel.row_bytes(num_words) + _COPIES * _PAIR * max(_PAIRS_TOGETHER, num_words)


def _offsets(sizes: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes)])


class _Workspace(NamedTuple):
    """What one thread works with."""

    row: kernel.Row
    context_ids: np.ndarray
    values: np.ndarray


class _Counter:
    """Threads, and what each of them works with."""

    def __init__(self, corpus: Corpus, config: CooccurrenceConfig, threads: int) -> None:
        self._corpus, self._config, self._threads = corpus, config, threads
        self._token_ids = corpus.token_ids[None]  # with the two dimensions that `prefetch` takes
        self._weights = distance_weights(config)
        num_words = len(corpus.vocabulary)
        self.num_tokens = np.zeros(num_words, np.int64)  # in the text, of which the vocabulary may count more
        for lines in self._lines():
            ends = corpus.line_offsets[[lines.start, lines.stop]]
            kernel.count_tokens(self._token_ids, *ends, self.num_tokens)
        self._most_pairs = max(_PAIRS_TOGETHER, num_words)
        self._spaces: queue.SimpleQueue[_Workspace] = queue.SimpleQueue()
        for _ in range(threads):
            pairs = np.empty(self._most_pairs, np.int32), np.empty(self._most_pairs)
            self._spaces.put(_Workspace(kernel.empty_row(num_words), *pairs))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="counting")
        start_threads(self._pool, threads)

    def close(self) -> None:
        """End the threads; what they have not begun is left."""
        self._pool.shutdown(cancel_futures=True)

    def count(self, ids: np.ndarray, capacity: int) -> Iterator[tuple[Rows, int]]:
        """The rows of the words `ids`, some at a time, with how often these words occur."""
        counts = self.num_tokens[ids]
        if counts.sum() > capacity:  # a single word, too frequent for the index
            yield self._count_scanned(int(ids[0])), int(counts[0])
            return
        offsets = _offsets(counts)
        index = self._index(ids, offsets)
        sides = 2 if self._config.symmetric else 1
        most = np.minimum(len(self._corpus.vocabulary), sides * self._config.window * counts)  # contexts
        parts = list(parts_of(_offsets(most), self._most_pairs))

        def work(part: slice) -> Rows:
            space = self._spaces.get()
            lengths = np.empty(part.stop - part.start, np.int64)
            number = kernel.count_rows(
                self._token_ids, index, offsets[part.start : part.stop + 1], self._weights,
                space.row, space.context_ids, space.values, lengths,
            )  # fmt: skip
            rows = Rows(lengths, space.context_ids[:number].copy(), space.values[:number].copy())
            self._spaces.put(space)
            return rows

        for part, rows in zip(parts, self._in_order(work, parts), strict=True):
            yield rows, int(counts[part].sum())
        self._corpus.release_pages()

    def _in_order(self, work: Callable[[slice], Rows], parts: Sequence[slice]) -> Iterator[Rows]:
        """The results of `work` on all parts, in their order; not many are ahead of the one that is taken."""
        waiting: deque[Future[Rows]] = deque()
        for part in parts:
            waiting.append(self._pool.submit(work, part))
            if len(waiting) > self._threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _index(self, ids: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Where the words `ids` stand, as `kernel.index_lines` notes it: the i-th from offsets[i] on."""
        config, corpus = self._config, self._corpus
        slots = np.full(len(corpus.vocabulary), -1, np.int32)
        slots[ids] = np.arange(len(ids))
        places, index = offsets[:-1].copy(), np.empty(offsets[-1], np.uint64)
        for lines in self._lines():
            kernel.index_lines(
                self._token_ids, corpus.line_offsets, lines.start, lines.stop, config.window,
                config.symmetric, slots, places, index,
            )  # fmt: skip
        return index

    def _count_scanned(self, id: int) -> Rows:
        """The row of one word, found without an index."""
        config, space = self._config, self._spaces.get()
        for lines in self._lines():
            kernel.count_scanned(
                self._token_ids, self._corpus.line_offsets, lines.start, lines.stop, config.window,
                config.symmetric, id, self._weights, space.row,
            )  # fmt: skip
        number = kernel.drain(space.row, space.context_ids, space.values, 0)
        rows = Rows(np.array([number]), space.context_ids[:number].copy(), space.values[:number].copy())
        self._spaces.put(space)
        return rows

    def _lines(self) -> Iterator[slice]:
        """All lines, in parts of some millions of tokens."""
        for lines in parts_of(self._corpus.line_offsets, _TOKENS_AT_ONCE):
            yield lines
            self._corpus.release_pages()
