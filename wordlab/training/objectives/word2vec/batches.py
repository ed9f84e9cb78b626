"""Windows of a Corpus as padded arrays: what the torch engine trains on.

Every draw is the compiled trainer's: its own functions drop frequent words, shrink windows and
choose noise words, span by span and with the same keys. So both engines see the same windows with
the same noise words in the same order, and neither holds more than a few spans in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from numba import njit

from wordlab.compiled.draws import draw, mix, subsample
from wordlab.text import Corpus, keep_probabilities
from wordlab.training.ledger import SPAN
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.huffman import HuffmanCodes
from wordlab.training.objectives.word2vec.sampling import epoch_keys, noise_tables


@dataclass(frozen=True)
class Span:
    """Tokens [first, stop) of the corpus in one epoch: its draws are a sequence of their own."""

    epoch: int
    first: int
    stop: int


@dataclass(frozen=True)
class Batch:
    """Some windows, each a row; padding is never the only thing in a row.

    A slot that the mask leaves out holds a word of the same window (contexts), the centre word itself
    or the root of its path (targets), so that a sparse gradient has no row that the window has not.
    """

    contexts: np.ndarray
    """int64 (batch, 2 * window): ids of the words around the centre, left to right."""
    context_mask: np.ndarray
    """bool (batch, 2 * window): True for a word, False for padding."""
    targets: np.ndarray
    """int64 (batch, 1 + negative): the centre word and its noise words, or the nodes of its path."""
    target_mask: np.ndarray
    """bool (batch, 1 + negative): False for a noise word that is the centre word, and for padding."""
    labels: np.ndarray
    """float32 (batch, 1 + negative): what a target's sigmoid should be, 1 for the centre word."""
    progress: np.ndarray
    """float64 (batch,): the share of all tokens of all epochs that was read before this window."""

    def __len__(self) -> int:
        return len(self.progress)

    def __getitem__(self, rows: slice) -> Batch:
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))


def batches(
    corpus: Corpus, config: Word2VecConfig, epoch: int, size: int, *, paths: HuffmanCodes | None = None
) -> Iterator[Batch]:
    """The windows of one epoch in the order of the corpus, `size` at a time; the last may be fewer.

    Targets are the centre word and noise words, or the nodes of its path where `paths` are given.
    A window without any context word is left out. Equal corpora, configs and epochs give equal
    batches.
    """
    waiting: list[Batch] = []
    num_waiting = 0
    windows = window_reader(corpus, config, paths=paths)
    for first in range(0, corpus.num_tokens, SPAN):
        waiting.append(windows(Span(epoch, first, min(first + SPAN, corpus.num_tokens))))
        num_waiting += len(waiting[-1])
        if num_waiting >= size:
            joined = _join(waiting)
            whole = num_waiting - num_waiting % size
            for start in range(0, whole, size):
                yield _trim(joined[start : start + size], paths)
            waiting, num_waiting = [joined[whole:]], num_waiting - whole
    if num_waiting:
        yield _trim(_join(waiting), paths)


def window_reader(
    corpus: Corpus, config: Word2VecConfig, *, paths: HuffmanCodes | None = None
) -> Callable[[Span], Batch]:
    """A function that returns all windows of a span, as the compiled trainer draws them there."""
    counts = corpus.vocabulary.counts
    keep = keep_probabilities(counts, config.subsample, form=config.subsample_form).astype(np.float32)
    accept, alias = noise_tables(counts, config.ns_exponent)
    keys = epoch_keys(config.seed, config.epochs)
    num_targets = 1 + config.negative if paths is None else 1
    offsets = np.delete(np.arange(-config.window, config.window + 1), config.window)
    total = corpus.num_tokens * config.epochs

    def windows(span: Span) -> Batch:
        kept, left, right, targets, begin, end = _draw_span(
            corpus.token_ids, corpus.line_offsets, span.first, span.stop, keep, accept, alias,
            config.window, config.shrink_windows, num_targets, keys[span.epoch],
        )  # fmt: skip
        centres = np.arange(begin, end)  # (batch,), as are low, high and read
        low, high = left[begin:end], right[begin:end]
        read = span.first + (span.stop - span.first) * (centres - begin) / max(1, end - begin)
        used = high - low > 1  # more than the centre word alone
        places = centres[used, None] + offsets  # (batch, 2 * window)
        mask = (places >= low[used, None]) & (places < high[used, None])
        padding = np.take_along_axis(places, mask.argmax(axis=1)[:, None], axis=1)  # (batch, 1)
        return Batch(
            kept[np.where(mask, places, padding)].astype(np.int64),
            mask,
            *_targets(targets[begin:end][used].astype(np.int64), paths),
            ((span.epoch * corpus.num_tokens + read) / total)[used],
        )

    return windows


def _targets(drawn: np.ndarray, paths: HuffmanCodes | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targets, mask and labels of windows; drawn[:, 0] are the centre words, the rest is noise."""
    if paths is not None:
        starts = paths.offsets[drawn[:, :1]]  # (batch, 1)
        lengths = paths.offsets[drawn[:, :1] + 1] - starts  # (batch, 1)
        steps = np.arange(np.diff(paths.offsets).max())
        mask = steps < lengths  # (batch, longest path)
        places = np.where(mask, starts + steps, starts)
        labels = np.where(mask, 1 - paths.codes[places].astype(np.float32), np.float32(0))
        return paths.points[places].astype(np.int64), mask, labels
    mask = drawn != drawn[:, :1]  # a noise word that is the centre word counts for nothing
    mask[:, 0] = True
    labels = np.zeros(drawn.shape, dtype=np.float32)
    labels[:, 0] = 1
    return drawn, mask, labels


@njit(cache=True, nogil=True, error_model="numpy")
def _draw_span(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    token_ids, line_offsets, first, stop, keep, accept, alias, window, shrink, num_targets, epoch_key
):
    """The draws of rounds.train_spans, made by draws.py, which is where each of them is explained."""
    capacity = stop - first + 2 * window + 1
    kept = np.empty(capacity, np.uint32)
    left, right = np.empty((2, capacity), np.int32)
    targets = np.empty((capacity, num_targets), np.uint32)
    begin, end = subsample(token_ids, line_offsets, first, stop, window, keep, epoch_key, kept, left, right)
    state = mix(epoch_key ^ mix(np.uint64(first)))
    draw(kept, begin, end, accept, alias, window, shrink, state, targets, left, right)
    return kept, left, right, targets, begin, end


def _join(parts: list[Batch]) -> Batch:
    return Batch(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Batch)))


def _trim(batch: Batch, paths: HuffmanCodes | None) -> Batch:
    """Without the columns that hold padding only: most paths are much shorter than the longest."""
    if paths is None:
        return batch
    width = int(batch.target_mask.sum(axis=1).max())
    return replace(
        batch,
        targets=batch.targets[:, :width],
        target_mask=batch.target_mask[:, :width],
        labels=batch.labels[:, :width],
    )
