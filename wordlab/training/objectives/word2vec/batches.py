"""Windows of a Corpus as padded arrays: what the torch engine trains on.

Every draw is the compiled engine's: its own functions drop frequent words, shrink windows and
choose noise words, span by span and with the same keys. So both engines see the same windows with
the same noise words in the same order, and neither holds more than a few spans in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab.compiled.draws import Text, draw, mix, subsample
from wordlab.compiled.huffman import HuffmanCodes, huffman_codes, padded_paths
from wordlab.compiled.jit import cached_njit
from wordlab.compiled.noise import noise_tables
from wordlab.training.ledger import Piece
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.weights import Weights
from wordlab.training.objectives.word2vec.windows import context_words

if TYPE_CHECKING:
    from torch import Tensor

_ARGUMENTS = ("contexts", "context_mask", "targets", "target_mask", "labels")


@dataclass(frozen=True)
class Batch:
    """Some windows, each a row; no row is padding only.

    A slot that the mask leaves out holds a word of the same window (contexts), the centre word itself
    or the root of its path (targets), so that a sparse gradient has no row that the window lacks.
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

    def tensors(self, device: Any = "cpu") -> dict[str, Tensor]:
        """The arguments of `SkipGram.loss` and `CBOW.loss`."""
        import torch

        return {name: torch.from_numpy(getattr(self, name)).to(device) for name in _ARGUMENTS}


class BatchReader:
    """The windows of a text in its order, `size` at a time: piece by piece, as training goes through it.

    `weights` gives the words' counts, and under hierarchical softmax their tree; `keys` the draws of
    each epoch.
    """

    def __init__(
        self, text: Text, config: Word2VecConfig, weights: Weights, keys: np.ndarray, size: int
    ) -> None:
        self._text, self._config, self._keys, self._size = text, config, keys, size
        self._num_tokens = len(text.token_ids)
        self._codes: HuffmanCodes | None = None
        if config.hierarchical:
            self._codes, self._word_ids = huffman_codes(weights.vocabulary.counts), weights.word_ids
        self._noise = noise_tables(weights.counts, config.ns_exponent)
        self._waiting: list[Batch] = []

    @property
    def num_waiting(self) -> int:
        """How many windows have been read and wait for their batch to be full."""
        return sum(map(len, self._waiting))

    def batches(self, piece: Piece) -> Iterator[Batch]:
        """The batches that the windows of `piece` fill; at the end of an epoch also one that is not full.

        A window without any context word is left out.
        """
        for first, stop in piece.spans():
            self._waiting.append(self.windows(piece.epoch, first, stop))
            if self.num_waiting >= self._size or stop == self._num_tokens:
                joined, self._waiting = _join(self._waiting), []
                last = stop == self._num_tokens
                whole = len(joined) if last else len(joined) - len(joined) % self._size
                for start in range(0, whole, self._size):
                    yield self._trim(joined[start : min(start + self._size, whole)])
                if whole < len(joined):
                    self._waiting = [joined[whole:]]

    def refill(self, position: Piece, num_waiting: int) -> None:
        """Read again the last `num_waiting` windows of `position`, which is done."""
        found: list[Batch] = []
        for first, stop in reversed(list(position.spans())):
            if sum(map(len, found)) >= num_waiting:
                break
            found.insert(0, self.windows(position.epoch, first, stop))
        joined = _join(found) if found else None
        self._waiting = [joined[len(joined) - num_waiting :]] if joined is not None and num_waiting else []

    def windows(self, epoch: int, first: int, stop: int) -> Batch:
        """All windows of the span [first, stop), as the compiled engine draws them there."""
        config = self._config
        num_targets = 1 if config.hierarchical else 1 + config.negative
        kept, left, right, targets, begin, end = _draw_span(
            self._text, first, stop, *self._noise, config.shrink_windows, num_targets, self._keys[epoch]
        )  # fmt: skip
        centres = np.arange(begin, end)  # (batch,), as are low, high and read
        low, high = left[begin:end], right[begin:end]
        read = first + (stop - first) * (centres - begin) / max(1, end - begin)
        used = high - low > 1  # more than the centre word alone
        contexts, mask = context_words(kept, centres[used], low[used], high[used], config.window)
        total = self._num_tokens * config.epochs
        return Batch(
            contexts.astype(np.int64),
            mask,
            *self._targets(targets[begin:end][used].astype(np.int64)),
            ((epoch * self._num_tokens + read) / total)[used],
        )

    def _targets(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Targets, mask and labels of windows; drawn[:, 0] are the centre words, the rest is noise."""
        if self._codes is not None:
            return padded_paths(self._codes, self._word_ids[drawn[:, 0]])
        mask = drawn != drawn[:, :1]  # a noise word that is the centre word does not count
        mask[:, 0] = True
        labels = np.zeros(drawn.shape, dtype=np.float32)
        labels[:, 0] = 1
        return drawn, mask, labels

    def _trim(self, batch: Batch) -> Batch:
        """Without the columns that hold padding only: most paths are much shorter than the longest."""
        if self._codes is None:
            return batch
        width = int(batch.target_mask.sum(axis=1).max())
        return replace(
            batch,
            targets=batch.targets[:, :width],
            target_mask=batch.target_mask[:, :width],
            labels=batch.labels[:, :width],
        )


@cached_njit(nogil=True, error_model="numpy")
def _draw_span(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    text, first, stop, accept, alias, shrink, num_targets, epoch_key
):
    """The draws of `kernel.draw_spans`, made by draws.py, which is where each of them is explained."""
    num_line_ends = stop - first if text.line_end >= 0 else 0  # at most
    capacity = stop - first + num_line_ends + 2 * text.window + 2
    kept = np.empty(capacity, np.uint32)
    left, right = np.empty((2, capacity), np.int32)
    targets = np.empty((capacity, num_targets), np.uint32)
    begin, end = subsample(text, first, stop, epoch_key, kept, left, right)
    state = mix(epoch_key ^ mix(np.uint64(first)))
    draw(kept, begin, end, accept, alias, text.window, shrink, state, targets, left, right)
    return kept, left, right, targets, begin, end


def _join(parts: list[Batch]) -> Batch:
    return Batch(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Batch)))
