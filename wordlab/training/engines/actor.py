"""A worker of the ray engine, which trains a share of an objective in a process of its own somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import numpy as np

from wordlab.extras import need
from wordlab.training.engines.shared_memory import Offer, SharedMemory, private_memory
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Changes, Recipe, Result, Team

with need("ray"):
    import ray

_LIBRARIES = ("wordlab", "numba", "numpy")  # of which the bytes may depend


def versions() -> dict[str, str]:
    """The versions here of the libraries that bytes depend on."""
    return {name: version(name) for name in _LIBRARIES}


class Actor:
    """What Ray runs in the worker's process.

    The workers of a machine are a team, which shares all rows, if the machine lets them; else each is one.
    What those of other teams have changed comes with the next call, in the order of their numbers.
    """

    def __init__(self, number: int, num_workers: int) -> None:
        self._number, self._num_workers = number, num_workers
        self._shared: SharedMemory | None = None

    def place(self) -> tuple[str, dict[str, str]]:
        """The machine, and the versions there of the libraries that bytes depend on."""
        return ray.get_runtime_context().get_node_id(), versions()

    def prepare(self, recipe: Recipe) -> None:
        """Learn what is trained."""
        self._share = recipe.share(self._number, self._num_workers)

    def fill(self, lows: np.ndarray, highs: np.ndarray, token_ids: np.ndarray) -> None:
        """Take a part of the corpus."""
        self._share.fill(lows, highs, token_ids)

    def offer(self, state: Mapping[str, np.ndarray], num_workers: int) -> Offer | OSError:
        """Where others of this machine find memory for a team, or why there is none."""
        self.leave()
        try:
            self._shared, offer = SharedMemory.made(self._share.num_bytes(state), num_workers)
        except OSError as error:
            return error
        return offer

    def join(self, offer: Offer, place: int, num_workers: int) -> OSError | None:
        """Find the memory that another one offers; returns why this is impossible."""
        self.leave()
        try:
            self._shared = SharedMemory.found(offer, place, num_workers)
        except OSError as error:
            return error
        return None

    def leave(self) -> None:
        """Be alone."""
        if self._shared is not None:
            self._shared.close()
        self._shared = None

    def begin(self, state: Mapping[str, np.ndarray], workers: tuple[int, ...]) -> None:
        """Begin with these weights, in a team with these workers, whatever was before."""
        if self._shared is None:
            memory, self._meet = private_memory(self._share.num_bytes(state)), _no_one
        else:
            memory, self._meet = self._shared.memory, self._shared.meet
        self._share.begin(state, Team(workers, workers.index(self._number), memory, self._meet))
        self._others = sorted({*range(self._num_workers)} - {*workers})
        self._unmerged = False
        self._failure: BaseException | None = None

    def train(
        self, periods: Sequence[tuple[Piece, np.ndarray]], *far: Changes
    ) -> tuple[Changes | None, list[Result]]:
        """Train periods, each at its rates and after what others have changed in the one before.

        Returns what other teams need of the last one, if there are any; they get one period at a time.
        """
        results = []
        with self._team_fails():
            for period, rates in periods:
                self._merge(far)
                results.append(self._share.train(period, rates))
                self._unmerged = True
            return self._share.changes() if self._others else None, results

    def settle(self, *far: Changes) -> None:
        """Bring the weights to the end of the latest period."""
        with self._team_fails():
            self._merge(far)
            self._meet()

    def state(self) -> dict[str, np.ndarray]:
        """The weights, once all of the team have settled."""
        with self._team_fails():  # or has failed
            return {name: np.ascontiguousarray(matrix) for name, matrix in self._share.state.items()}

    def _merge(self, far: tuple[Changes, ...]) -> None:
        if self._unmerged:
            self._share.merge(dict(zip(self._others, far, strict=True)))
            self._unmerged = False

    @contextmanager
    def _team_fails(self) -> Iterator[None]:
        """Inside, an error ends the work of the team, which would wait for ever, until all begin again."""
        if self._failure is not None:
            raise self._failure
        try:
            yield
        except BaseException as error:
            self._failure = error
            self.leave()
            raise


def _no_one() -> None:
    """Meet nobody."""
