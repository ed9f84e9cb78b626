"""The ray engine: shards are trained by workers on several machines, each of which holds all rows.

A worker has the tokens of its own shards only. The workers of a machine share its rows, and do what threads
do. After each period they get the rows that the shards of other machines have touched, and merge them as
threads would, so that the vectors are those of the compiled engine, byte for byte, on any number of workers.
They are told what to do some periods ahead, and never wait for the program that tells them.

A worker that is lost is replaced: all begin again with the weights that were last collected, and repeat what
they did since then, which ends with the same bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wordlab.artifact import Artifact
from wordlab.cluster import ClusterConfig, joined
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress
from wordlab.training.engines.base import Engine, Worker
from wordlab.training.engines.shared_memory import can_be_shared
from wordlab.training.engines.threads import spans_together
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Arrays, Objective

_PIECES_AHEAD = 3  # that are handed out at a time, so that no worker waits for the next one
_BASE_MEMORY = 400_000_000  # bytes: the compiled code, and Ray itself
_WORKER_MEMORY = 300_000_000


class Ray(Engine):
    """Shards on `workers` processes of the cluster at `address`, or of this machine; see `ClusterConfig`.

    No more workers are started than there are shards. Raises ConfigError for an option that makes no sense.
    """

    name = "ray"
    calibrates = False  # a sample would take as long to reach the workers as to train

    def __init__(
        self, *, address: str | None = ClusterConfig.address, workers: int = ClusterConfig.workers
    ) -> None:
        self._cluster = ClusterConfig(address=address, workers=workers)
        here = workers if address is None else 0
        self.num_copies = min(1, here) if can_be_shared() else here
        self.base_memory = _BASE_MEMORY + here * _WORKER_MEMORY

    def check(self, config: Any) -> None:
        """Raise ConfigError unless the config has shards and each run is to end with the same bytes."""
        if not hasattr(config, "num_shards"):
            raise ConfigError(f"engine: expected compiled for {config.objective}, found {self.name}")
        if not config.deterministic:
            raise ConfigError(f"deterministic: expected true for the engine {self.name}, found false")

    def worker_memory(self, arrays: Arrays, num_tokens: int) -> int:
        """The weights, which workers of one machine share, and the tokens of its shards."""
        return _WORKER_MEMORY + arrays.matrices + arrays.targets + 4 * num_tokens // self._cluster.workers

    @contextmanager
    def running(self, objective: Objective, on_progress: OnProgress | None) -> Iterator[list[Worker]]:
        """Ready once all workers have their part of the corpus and the weights, and the compiled step."""
        self._objective = objective
        self.spans_per_piece = spans_together(objective)
        num_workers = min(self._cluster.workers, objective.num_shards)
        with joined(self._cluster.address, workers=num_workers):
            from wordlab.training.engines.crew import Crew  # which imports Ray, where it is installed

            self._crew = Crew(objective, num_workers, on_progress)
            self._turn, self._next, self._given_up = threading.Condition(), (0, 0), False
            try:
                yield [self._train] * _PIECES_AHEAD
            finally:
                self._crew.dismiss()

    def _train(self, piece: Piece) -> tuple[float, int]:
        """Hand out a piece when its turn has come, and wait until it is done."""
        begins = piece.epoch, piece.starts[0]
        with self._turn:
            self._turn.wait_for(lambda: self._given_up or begins == self._next)
            if self._given_up:
                return 0.0, 0  # the thread that has given up says why
            try:
                order = self._crew.hand_out(piece)
                self._next = _following(piece, self._objective.num_tokens)
            except BaseException:
                self._given_up = True
                raise
            finally:
                self._turn.notify_all()
        return self._crew.finish(order)

    def collect(self) -> None:
        """Fetch the weights."""
        self._crew.collect()

    def restore(self, source: Artifact, position: Piece) -> None:
        """Continue from the objective's weights."""
        self._next = _following(position, self._objective.num_tokens)
        self._crew.begin_again()


def _following(piece: Piece, num_tokens: int) -> tuple[int, int]:
    """The epoch and the token with which the next piece begins."""
    return (piece.epoch + 1, 0) if piece.starts[-1] == num_tokens else (piece.epoch, piece.starts[-1])
