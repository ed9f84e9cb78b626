"""How far training is: the pieces still to do, and the losses that come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from wordlab import schema
from wordlab.errors import ArtifactError, CorpusError, TrainingError
from wordlab.progress import OnProgress, Progress

SPAN = 4_096  # tokens whose draws are a sequence of their own: about a millisecond of work
_STATE = {
    "tokens_done": int,
    "losses": list[float],
    "num_pairs": list[int],
    "first_mean": float,
    "elapsed": float,
}
_EXPLODED = 30.0  # times the loss at the beginning; a rate that is merely too large stays far below
_NOTHING_KNOWN = 100.0  # the loss of untrained vectors is less: log 2 for each of 101 targets at most


@dataclass(frozen=True)
class Piece:
    """Spans of one epoch that follow each other, span i being the tokens [starts[i], starts[i + 1])."""

    epoch: int
    starts: tuple[int, ...]

    @property
    def num_tokens(self) -> int:
        """Tokens of all its spans."""
        return self.starts[-1] - self.starts[0]

    def spans(self) -> Iterator[tuple[int, int]]:
        """The first token of each span and the one after its last."""
        return pairwise(self.starts)


def learning_rates(piece: Piece, num_tokens: int, config: Any) -> np.ndarray:
    """The step sizes at the starts of a piece, float32, for epochs of `num_tokens` tokens."""
    progress = (piece.epoch * num_tokens + np.array(piece.starts)) / (num_tokens * config.epochs)
    return np.array([config.learning_rate_at(share) for share in progress], np.float32)


class Ledger:
    """Adds up losses and tokens as threads report them, and passes both on to the listener."""

    def __init__(
        self,
        num_tokens: int,
        config: Any,
        on_progress: OnProgress | None,
        *,
        span: int = SPAN,
        unit: str = "words",
        units_per_token: float = 1,
        is_enough: Callable[[list[float]], bool] | None = None,
    ) -> None:
        """Epochs of `num_tokens` tokens are cut into spans of `span`; what is reported are `unit`.

        With `is_enough`, which is given the mean losses of the epochs that are done, training may end early.
        """
        self._num_tokens, self._span = num_tokens, span
        self._unit, self._units_per_token, self._is_enough = unit, units_per_token, is_enough
        self._total: int = num_tokens * config.epochs
        self._config = config
        self._on_progress = on_progress
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._tokens_done = 0
        self._early: dict[tuple[int, int], tuple[Piece, float, int]] = {}  # pieces that ended before others
        self._losses = np.zeros(config.epochs)
        self._first_mean = 0.0
        self.num_pairs = np.zeros(config.epochs, dtype=np.int64)

    @classmethod
    def of(cls, objective: Any, on_progress: OnProgress | None) -> Ledger:
        """The ledger of training an objective."""
        return cls(
            objective.num_tokens,
            objective.config,
            on_progress,
            span=objective.span,
            unit=objective.unit,
            units_per_token=objective.units_per_token,
            is_enough=objective.is_enough,
        )

    @property
    def done(self) -> bool:
        """Whether all tokens of all epochs have been read, or enough of them."""
        if self._tokens_done >= self._total:
            return True
        num_epochs, rest = divmod(self._tokens_done, self._num_tokens)
        return self._is_enough is not None and not rest and self._is_enough(self.mean_losses[:num_epochs])

    @property
    def _num_epochs(self) -> int:
        """Epochs that training has got to, the one that it is in included."""
        return -(-self._tokens_done // self._num_tokens)

    def pieces_to_do(self, *, spans: int) -> Iterator[Piece]:
        """What is left of all epochs, in order, `spans` at a time; of one epoch, if it may be the last."""
        first_epoch, first_token = divmod(self._tokens_done, self._num_tokens)
        last = self._config.epochs if self._is_enough is None else first_epoch + 1
        for epoch in range(first_epoch, last):
            cuts = [*range(first_token, self._num_tokens, self._span), self._num_tokens]
            for first in range(0, len(cuts) - 1, spans):
                yield Piece(epoch, tuple(cuts[first : first + spans + 1]))
            first_token = 0

    @property
    def position(self) -> Piece:
        """The part of the current epoch that is done, as spans; the first piece to do comes after it."""
        epoch, done = divmod(self._tokens_done, self._num_tokens)
        return Piece(epoch, (*range(0, done, self._span), done))

    def add(self, piece: Piece, loss: float, num_pairs: int) -> None:
        """Record the sum of the losses of a piece; TrainingError if it explodes or is not finite."""
        with self._lock:
            mean = loss / max(1, num_pairs)
            self._first_mean = self._first_mean or mean
            if not mean <= _EXPLODED * min(_NOTHING_KNOWN, self._first_mean):  # true of NaN, too
                before = f", after {self._first_mean:.3g} at the beginning" if self._tokens_done else ""
                raise TrainingError(
                    f"the loss is {mean:.3g} in epoch {piece.epoch + 1}{before}; expected a learning_rate "
                    f"smaller than {self._config.learning_rate}"
                )
            self._early[piece.epoch, piece.starts[0]] = piece, loss, num_pairs
            # Sums of floats depend on the order, and workers that have pieces ahead may end them in any.
            while found := self._early.pop(divmod(self._tokens_done, self._num_tokens), None):
                self._count(*found)

    def _count(self, piece: Piece, loss: float, num_pairs: int) -> None:
        self._tokens_done += piece.num_tokens
        self._losses[piece.epoch] += loss
        self.num_pairs[piece.epoch] += num_pairs

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it, as plain values."""
        return {
            "tokens_done": self._tokens_done,
            "losses": self._losses.tolist(),
            "num_pairs": self.num_pairs.tolist(),
            "first_mean": self._first_mean,
            "elapsed": time.perf_counter() - self._started,
        }

    def restore(self, progress: Mapping[str, Any], where: str) -> None:
        """Continue from what `state` returned; ArtifactError, beginning with `where`, for anything else."""
        state = schema.fields(progress, _STATE, where)
        if not 0 <= state["tokens_done"] <= self._total:
            expected = f"from 0 to {self._total:,} tokens_done"
            raise ArtifactError(f"{where}: expected {expected}, found {state['tokens_done']:,}")
        numbers = [state["first_mean"], state["elapsed"], *state["losses"], *state["num_pairs"]]
        for number in numbers:
            if not 0 <= number < math.inf:
                raise ArtifactError(f"{where}: expected finite numbers of 0 or more, found {number}")
        for name in ("losses", "num_pairs"):
            if len(state[name]) != len(self._losses):
                expected = f"{name} of {len(self._losses)} epochs"
                raise ArtifactError(f"{where}: expected {expected}, found {len(state[name])}")
        self._tokens_done, self._first_mean = state["tokens_done"], state["first_mean"]
        self._losses[:], self.num_pairs[:] = state["losses"], state["num_pairs"]
        self._started = time.perf_counter() - state["elapsed"]

    @property
    def mean_losses(self) -> list[float]:
        """The mean loss of each epoch so far; 0 where there was no pair yet."""
        return [float(loss) for loss in self._losses / np.maximum(self.num_pairs, 1)]

    def final_losses(self, why_none: str) -> list[float]:
        """The mean loss of each epoch; CorpusError, which says `why_none`, if one had no pair to train on."""
        num_pairs = self.num_pairs[: self._num_epochs]
        if not num_pairs.all():
            epoch = num_pairs.argmin() + 1
            raise CorpusError(
                f"expected words to train on in each epoch, found none in epoch {epoch}: {why_none}"
            )
        return self.mean_losses[: self._num_epochs]

    def report(self) -> None:
        """Report to the listener, if there is one."""
        if self._on_progress is None:
            return
        with self._lock:
            done, total = self._tokens_done, self._tokens_done if self.done else self._total
            epoch = max(0, int(np.count_nonzero(self.num_pairs)) - 1)  # the last one with a loss to show
            metrics = {
                "epoch": epoch + 1,
                "loss": self.mean_losses[epoch],
                "learning_rate": self._config.learning_rate_at(done / self._total),
            }
        elapsed = time.perf_counter() - self._started
        done, total = (round(tokens * self._units_per_token) for tokens in (done, total))
        self._on_progress(Progress("train", done, total, self._unit, elapsed, metrics))
