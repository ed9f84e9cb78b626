"""How far training is: the spans that it hands out, and the losses that come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wordlab.errors import CorpusError, TrainingError
from wordlab.progress import OnProgress, Progress
from wordlab.word2vec.config import Word2VecConfig

SPAN = 8_192  # tokens handed out at a time: about a millisecond of work


@dataclass(frozen=True)
class Span:
    """Tokens [first, stop) of the corpus in one epoch."""

    epoch: int
    first: int
    stop: int


def spans_of(num_tokens: int, epochs: int) -> Iterator[Span]:
    """All spans of all epochs, in order."""
    for epoch in range(epochs):
        for first in range(0, num_tokens, SPAN):
            yield Span(epoch, first, min(first + SPAN, num_tokens))


class Ledger:
    """Adds up losses and tokens as threads report them, and tells the listener."""

    def __init__(self, num_tokens: int, config: Word2VecConfig, on_progress: OnProgress | None) -> None:
        self._total = num_tokens * config.epochs
        self._config = config
        self._on_progress = on_progress
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._tokens_done = 0
        self._losses = np.zeros(config.epochs)
        self.num_pairs = np.zeros(config.epochs, dtype=np.int64)

    def add(self, span: Span, loss: float, num_pairs: int) -> None:
        """Take down the sum of the losses of a span; TrainingError if it is no finite number."""
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is not a finite number in epoch {span.epoch + 1}; "
                f"expected a learning_rate smaller than {self._config.learning_rate}"
            )
        with self._lock:
            self._tokens_done += span.stop - span.first
            self._losses[span.epoch] += loss
            self.num_pairs[span.epoch] += num_pairs

    @property
    def mean_losses(self) -> list[float]:
        """The mean loss of each epoch so far; 0 where there was no pair yet."""
        return [float(loss) for loss in self._losses / np.maximum(self.num_pairs, 1)]

    def final_losses(self) -> list[float]:
        """The mean loss of each epoch; CorpusError if an epoch had no pair to train on."""
        if not self.num_pairs.all():
            num_tokens = self._total // self._config.epochs
            epoch = self.num_pairs.argmin() + 1
            raise CorpusError(
                f"expected words to train on in each epoch, found none in epoch {epoch}: "
                f"subsample {self._config.subsample} drops nearly all of {num_tokens} tokens; 0 keeps all"
            )
        return self.mean_losses

    def report(self) -> None:
        """Tell the listener, if there is one."""
        if self._on_progress is None:
            return
        with self._lock:
            done = self._tokens_done
            epoch = max(0, int(np.count_nonzero(self.num_pairs)) - 1)  # the last one with a loss to show
            metrics = {
                "epoch": epoch + 1,
                "loss": self.mean_losses[epoch],
                "learning_rate": self._config.learning_rate_at(done / self._total),
            }
        elapsed = time.perf_counter() - self._started
        self._on_progress(Progress("train", done, self._total, "words", elapsed, metrics))
