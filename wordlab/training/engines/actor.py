"""A worker of the ray engine, which trains a share of an objective in a process of its own somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import numpy as np

from wordlab.extras import need
from wordlab.training.engines.shared_memory import Inbox, Offer, Outbox
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Changes, Recipe, Result

with need("ray"):
    import ray

_LIBRARIES = ("wordlab", "numba", "numpy")  # of which the bytes may depend


def versions() -> dict[str, str]:
    """The versions here of the libraries that bytes depend on."""
    return {name: version(name) for name in _LIBRARIES}


class Actor:
    """What Ray runs in the worker's process.

    What other workers have changed in a period it reads from their memory, where they are its neighbours.
    That of all others, far ones, comes with the next call, in the order of their numbers.
    """

    def __init__(self, number: int, num_workers: int) -> None:
        self._number, self._num_workers = number, num_workers
        self._outbox: Outbox | None = None
        self._neighbours: dict[int, Inbox] = {}

    def place(self) -> tuple[str, dict[str, str]]:
        """The machine, and the versions there of the libraries that bytes depend on."""
        return ray.get_runtime_context().get_node_id(), versions()

    def prepare(self, recipe: Recipe) -> None:
        """Learn what is trained."""
        self._share = recipe.share(self._number, self._num_workers)

    def fill(self, lows: np.ndarray, highs: np.ndarray, token_ids: np.ndarray) -> None:
        """Take a part of the corpus."""
        self._share.fill(lows, highs, token_ids)

    def begin(self, state: Mapping[str, np.ndarray]) -> None:
        """Begin with these weights and without neighbours, whatever was before."""
        self.part()
        self._share.begin(state)
        room = self._share.room
        self._private = room.on(np.empty(room.nbytes, np.uint8))  # which takes memory only where it is used
        self._num_trained, self._num_merged = 0, 0
        self._failure: BaseException | None = None

    def offer(self) -> Offer | OSError:
        """Where neighbours will find what this worker changes, or why they cannot."""
        try:
            self._outbox = Outbox(self._share.room)
        except OSError as error:
            return error
        return self._outbox.offer

    def accept(self, offers: Mapping[int, Offer]) -> OSError | None:
        """Take other workers for neighbours; returns why this is impossible."""
        try:
            for number, offer in offers.items():
                self._neighbours[number] = Inbox(offer)
        except OSError as error:
            return error
        return None

    def part(self) -> None:
        """Have no neighbours, and be none."""
        for inbox in self._neighbours.values():
            inbox.close()
        self._neighbours = {}
        if self._outbox is not None:
            self._outbox.close()
        self._outbox = None

    def train(
        self, periods: Sequence[tuple[Piece, np.ndarray]], *far: Changes
    ) -> tuple[Changes | None, list[Result]]:
        """Train periods, each at its rates and after what others have changed in the one before.

        Returns what has changed in the last one, if that has to travel.
        """
        results = []
        with self._or_none():
            for period, rates in periods:
                self._merge(far)
                changes, result = self._share.train(period, rates, self._room())
                if self._outbox is not None:
                    self._outbox.announce(self._num_trained)
                self._num_trained += 1
                results.append(result)
        return changes if self._far_ones() else None, results

    def state(self, *far: Changes) -> dict[str, np.ndarray]:
        """The weights, after what others have changed in the latest period."""
        with self._or_none():
            self._merge(far)
        return {name: np.ascontiguousarray(matrix) for name, matrix in self._share.state.items()}

    @contextmanager
    def _or_none(self) -> Iterator[None]:
        """Inside, an error is that of neighbours, too, who would wait for ever; it stays until all begin."""
        if self._failure is not None:
            raise self._failure
        try:
            yield
        except BaseException as error:
            self._failure = error
            self.part()
            raise

    def _merge(self, far: tuple[Changes, ...]) -> None:
        if self._num_merged == self._num_trained:
            return
        changes = {number: inbox.changes(self._num_merged) for number, inbox in self._neighbours.items()}
        changes.update(zip(self._far_ones(), far, strict=True))
        self._share.merge(changes)
        self._num_merged += 1

    def _room(self) -> Changes:
        """Where the changes of the next period belong."""
        return self._private if self._outbox is None else self._outbox.room_for(self._num_trained)

    def _far_ones(self) -> list[int]:
        """The numbers of those who are no neighbours."""
        near = {self._number, *self._neighbours}
        return [number for number in range(self._num_workers) if number not in near]
