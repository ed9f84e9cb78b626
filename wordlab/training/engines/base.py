"""The seam between the training loop and what does the computing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from wordlab.artifact import Artifact, Draft
from wordlab.progress import OnProgress
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Arrays, Config, Objective

Worker = Callable[[Piece], tuple[float, int]]
"""Trains on a piece; returns (sum of losses, number of pairs)."""


class Engine(ABC):
    """Trains the weights of one objective, piece by piece; keywords of its constructor are its options."""

    name: ClassVar[str]

    base_memory: int
    """Bytes that the interpreter, the libraries and compiled code take, measured on Linux."""
    num_copies: int = 0
    """How often the matrices are held beside the objective's own, on this machine."""
    calibrates: ClassVar[bool] = True
    """Whether a short run on a sample tells how long training takes."""

    spans_per_piece: int = 1
    """How many spans a worker takes at a time."""

    @property
    def facts(self) -> dict[str, Any]:
        """What the trained vectors record of the engine."""
        return {}

    def check(self, config: Config) -> None:  # noqa: B027 - most engines train whatever has a step for them
        """Raise ConfigError, before anything takes time, for training that the engine cannot do."""

    def worker_memory(self, arrays: Arrays, num_tokens: int) -> int | None:
        """The bytes that each worker takes on its own machine; None where all is done on this one."""
        return None

    @abstractmethod
    def running(
        self, objective: Objective, on_progress: OnProgress | None
    ) -> AbstractContextManager[list[Worker]]:
        """A context in which the engine is ready: its workers, each of which runs on a thread of its own."""

    def collect(self) -> None:  # noqa: B027 - most engines need none of these three
        """Bring the objective's weights up to date, between pieces; needed where the engine has copies."""

    def save(self, draft: Draft) -> None:  # noqa: B027
        """Write to a checkpoint what the weights do not hold."""

    def restore(self, source: Artifact, position: Piece) -> None:  # noqa: B027
        """Continue from the objective's weights, which were just read, and what `save` wrote.

        `position` holds the epoch and the tokens of it that were read before.
        """
