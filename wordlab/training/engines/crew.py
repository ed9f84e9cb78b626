"""The workers of the ray engine: Ray's actors that train shares of an objective, and are replaced if lost."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wordlab.errors import ResourceError, TrainingError, WordlabError
from wordlab.extras import need
from wordlab.progress import OnProgress, Reporter
from wordlab.training.engines.actor import Actor, versions
from wordlab.training.engines.shared_memory import NeighbourLostError
from wordlab.training.ledger import Piece, learning_rates
from wordlab.training.objectives.base import Objective, Result

with need("ray"):
    import ray
    from ray import exceptions

PATIENCE = 120.0  # seconds in which a worker starts where there is a processor for it
KEEP_EVERY = 20.0  # seconds between two collections of the weights,
_KEPT_RATE = 20e6  # and a second more for so many bytes of them
_MOST_LOST = 10  # workers, without a piece between them that was trained to its end
_SILENCE = 120.0  # seconds after which a worker that says nothing is lost, when another one is
_LOSSES = (
    NeighbourLostError,
    exceptions.RayActorError,
    exceptions.WorkerCrashedError,
    exceptions.NodeDiedError,
    exceptions.OutOfMemoryError,
    exceptions.ObjectLostError,
)
_UNSEEN = Reporter(None, "start", "workers")
_logger = logging.getLogger(__name__)


@dataclass
class Order:
    """A piece that is handed out."""

    piece: Piece
    results: list[list[Any]] = field(default_factory=list)
    """For each call, what will be a list of Results of each worker, one a period."""
    attempt: int = 0
    """Of the crew, to which the results belong."""


class Crew:
    """Workers that train an objective's shards together; safe for several threads."""

    def __init__(self, objective: Objective, num_workers: int, on_progress: OnProgress | None) -> None:
        """Ready once they have started, and have their parts of the corpus and the weights."""
        self._objective, self._num_workers = objective, num_workers
        self._recipe = ray.put(objective.recipe())
        self._lock = threading.RLock()
        self._orders: list[Order] = []  # since the weights were collected, in their order
        self._attempt, self._num_lost = 0, 0
        self._awaited: tuple[Any, int] | None = None  # weights that will be collected, and after which orders
        size = sum(matrix.nbytes for matrix in objective.state.values())
        self._interval = KEEP_EVERY + size / _KEPT_RATE
        self._workers: dict[int, Any] = {}
        self._latest: list[Any] = []  # changes of each worker
        self._machines: dict[int, str] = {}  # of each worker that has its part of the corpus
        self._teams: dict[int, tuple[int, ...]] = {}  # of each worker, itself included
        self._has_said = False
        try:
            self._start(Reporter(on_progress, "start", "workers", num_workers))
        except BaseException:
            self.dismiss()
            raise

    def dismiss(self) -> None:
        """End all workers."""
        for worker in self._workers.values():
            ray.kill(worker)

    def begin_again(self) -> None:
        """Give all workers the objective's weights, and nothing else to do."""
        with self._lock:
            self._orders = []
            self._start(_UNSEEN)

    def hand_out(self, piece: Piece) -> Order:
        """Have a piece trained after all that were handed out before."""
        with self._lock:
            if self._awaited is None and time.perf_counter() - self._collected > self._interval:
                self._awaited = self._ask_for_state(), len(self._orders)
            order = Order(piece)
            self._submit(order)
            self._orders.append(order)
            return order

    def finish(self, order: Order) -> tuple[float, int]:
        """Wait until an order is done; returns (sum of losses, number of pairs)."""
        while True:
            with self._lock:
                attempt, results = order.attempt, order.results
            try:
                calls = [ray.get(of_call) for of_call in results]
                break
            except exceptions.RayError as error:
                self._mend(attempt, _first_cause(error, results))
        with self._lock:
            self._num_lost = 0
            self._collect_if_there()
        return self._added_up([of_period for call in calls for of_period in zip(*call, strict=True)])

    def collect(self) -> None:
        """Bring the objective's weights up to date, when no order is left to finish."""
        while True:
            with self._lock:
                attempt, state = self._attempt, self._ask_for_state()
            try:
                self._keep(ray.get(state), len(self._orders))
                return
            except exceptions.RayError as error:
                self._mend(attempt, error)

    def _submit(self, order: Order) -> None:
        """Tell all workers what to do; they exchange what they have changed by themselves."""
        order.attempt, order.results = self._attempt, []
        periods = self._periods(order.piece)
        at_once = 1 if any(self._far_ones(number) for number in self._workers) else len(periods)
        for first in range(0, len(periods), at_once):
            trained = [
                worker.train.options(num_returns=2).remote(
                    periods[first : first + at_once], *self._from_afar(number)
                )
                for number, worker in sorted(self._workers.items())
            ]
            self._latest = [changes for changes, _ in trained]
            order.results.append([results for _, results in trained])

    def _periods(self, piece: Piece) -> list[tuple[Piece, np.ndarray]]:
        """The periods of a piece, with their rates."""
        rates = learning_rates(piece, self._objective.num_tokens, self._objective.config)
        step = self._objective.num_shards
        parts = [slice(first, first + step + 1) for first in range(0, len(piece.starts) - 1, step)]
        return [(Piece(piece.epoch, piece.starts[part]), rates[part]) for part in parts]

    def _far_ones(self, number: int) -> list[int]:
        """Those whose changes must travel to a worker."""
        return [other for other in sorted(self._workers) if other not in self._teams[number]]

    def _from_afar(self, number: int) -> list[Any]:
        """What has changed there in the latest period."""
        return [self._latest[other] for other in self._far_ones(number)] if self._latest else []

    def _added_up(self, periods: Iterable[Sequence[Result]]) -> tuple[float, int]:
        """In the order of the shards, as threads add up."""
        loss, num_pairs = 0.0, 0
        for results in periods:
            losses = np.empty(sum(len(result.losses) for result in results))
            for number, result in enumerate(results):
                losses[number :: self._num_workers] = result.losses
                num_pairs += int(result.num_pairs.sum())
            for of_shard in losses.tolist():
                loss += of_shard
        return loss, num_pairs

    def _ask_for_state(self) -> Any:
        for number, worker in self._workers.items():
            worker.settle.remote(*self._from_afar(number))
        return self._workers[0].state.remote()

    def _collect_if_there(self) -> None:
        """Keep the weights that were asked for, once they have arrived."""
        if self._awaited is None:
            return
        state, num_orders = self._awaited
        if ray.wait([state], timeout=0)[0]:
            with contextlib.suppress(*_LOSSES, exceptions.RayTaskError):  # which others will meet, too
                self._keep(ray.get(state), num_orders)
            self._awaited = None

    def _keep(self, state: Mapping[str, np.ndarray], num_orders: int) -> None:
        with self._lock:
            for name, matrix in self._objective.state.items():
                matrix[:] = state[name]
            del self._orders[:num_orders]
            self._awaited = None  # else what was asked for before would come after
            self._collected = time.perf_counter()

    # ------------------------------------------------------------------ workers that come and go

    def _start(self, reporter: Reporter) -> None:
        """Have all workers, with the weights and nothing to do; one lost meanwhile is replaced, too."""
        while True:
            try:
                self._hire(self._missing(), reporter)
                self._latest, self._awaited = [], None
                self._give_weights()
                return
            except exceptions.RayError as error:
                self._count_loss(error)

    def _missing(self) -> list[int]:
        """The numbers of workers that never were there, or are there no longer."""
        missing = []
        for number in range(self._num_workers):
            if number in self._machines:
                with contextlib.suppress(exceptions.RayActorError, exceptions.GetTimeoutError):
                    # One may wait for what a neighbour cannot do, as that waits for a worker far away.
                    ray.get(self._workers[number].place.remote(), timeout=_SILENCE)
                    continue
                del self._machines[number]
            if number in self._workers:
                ray.kill(self._workers[number])
            missing.append(number)
        return missing

    def _hire(self, numbers: Sequence[int], reporter: Reporter) -> None:
        """Start workers, and send them what they need of the corpus."""
        kind = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(Actor)
        for number in numbers:
            self._workers[number] = kind.remote(number, self._num_workers)
        started = {self._workers[number].place.remote(): number for number in numbers}
        waiting = list(started)
        ends = time.perf_counter() + PATIENCE
        while waiting:
            ready, waiting = ray.wait(waiting, timeout=max(0.0, ends - time.perf_counter()))
            if not ready:
                found = self._num_workers - len(waiting)
                raise ResourceError(
                    f"workers: expected {self._num_workers} free processors of the cluster within "
                    f"{PATIENCE:.0f} seconds, found {found}"
                )
            number = started[ready[0]]
            machine, found_there = ray.get(ready[0])
            _check_versions(found_there)
            ray.get(self._workers[number].prepare.remote(self._recipe))
            for part in self._objective.parts(number, self._num_workers):
                ray.get(self._workers[number].fill.remote(*part))
            self._machines[number] = machine
            reporter.report(len(started) - len(waiting))

    def _give_weights(self) -> None:
        state = {name: np.ascontiguousarray(matrix) for name, matrix in self._objective.state.items()}
        shared = ray.put(state)
        self._teams = {}
        for machine in sorted(set(self._machines.values())):
            self._form_team([n for n in sorted(self._workers) if self._machines[n] == machine], shared)
        # The first worker of a machine compiles, and the others find in numba's cache what it has made.
        firsts = {machine: number for number, machine in self._machines.items()}.values()
        for numbers in (firsts, self._workers.keys() - firsts):
            ray.get([self._workers[n].begin.remote(shared, self._teams[n]) for n in numbers])
        self._collected = time.perf_counter()

    def _form_team(self, numbers: Sequence[int], state: Any) -> None:
        """Have the workers of a machine share their memory, if that is possible."""
        refusal = self._share_memory(numbers, state) if len(numbers) > 1 else None
        together = len(numbers) > 1 and refusal is None
        if not together:
            ray.get([self._workers[number].leave.remote() for number in numbers])
        if refusal is not None and not self._has_said:
            _logger.info("workers share no memory, and send each other what they change: %s", refusal)
            self._has_said = True
        self._teams.update({number: tuple(numbers) if together else (number,) for number in numbers})

    def _share_memory(self, numbers: Sequence[int], state: Any) -> OSError | None:
        """Have workers find the memory that the first of them makes; returns why one of them cannot."""
        size, (first, *others) = len(numbers), (self._workers[number] for number in numbers)
        offer = ray.get(first.offer.remote(state, size))
        if isinstance(offer, OSError):
            return offer
        answers = ray.get([worker.join.remote(offer, i + 1, size) for i, worker in enumerate(others)])
        return next((answer for answer in answers if answer is not None), None)

    def _mend(self, attempt: int, error: exceptions.RayError) -> None:
        """Replace workers that are lost, and do all again since the weights were collected.

        Raises what a worker raised, if none is lost.
        """
        with self._lock:
            if attempt != self._attempt:
                return  # another thread was here before
            self._count_loss(error)
            self._start(_UNSEEN)
            self._attempt += 1
            for order in self._orders:
                self._submit(order)

    def _count_loss(self, error: exceptions.RayError) -> None:
        """Raise what a worker raised, if that is the error; ResourceError if too many are lost."""
        if not _is_loss(error):
            raise _explained(error) from error
        self._num_lost += 1
        if self._num_lost > _MOST_LOST:
            raise ResourceError(
                f"workers: expected some that stay, lost {self._num_lost} one after the other; "
                f"the last one: {_last_line(error)}"
            ) from error


def _check_versions(found: Mapping[str, str]) -> None:
    """Raise ResourceError for a worker whose libraries would give other bytes."""
    for name, expected in versions().items():
        if found[name] != expected:
            raise ResourceError(f"workers: expected {name} {expected} on all machines, found {found[name]}")


def _cause(error: Exception) -> Exception:
    """What a worker raised, or Ray itself."""
    cause = error.cause if isinstance(error, exceptions.RayTaskError) else error
    return error if cause is None else cause


def _is_loss(error: Exception) -> bool:
    """Whether an error comes of a worker that is no longer there."""
    cause = _cause(error)
    return isinstance(cause, _LOSSES) and not getattr(cause, "actor_init_failed", False)


def _first_cause(error: exceptions.RayError, results: list[list[Any]]) -> exceptions.RayError:
    """Why a neighbour was lost, if that is the error: what another worker raised, or what Ray says of it."""
    if not isinstance(_cause(error), NeighbourLostError):
        return error
    all_results = [result for of_call in results for result in of_call]
    for result in ray.wait(all_results, num_returns=len(all_results), timeout=_SILENCE)[0]:
        try:
            ray.get(result)
        except exceptions.RayError as other:
            if not isinstance(_cause(other), NeighbourLostError):
                return other
    return error


def _explained(error: Exception) -> WordlabError:
    """An error of a worker in one line, without what Ray writes around it."""
    cause = _cause(error)
    if isinstance(cause, WordlabError):
        return cause
    return TrainingError(f"a worker failed: {_last_line(cause)}")


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    said = lines[-1].strip() if lines else ""
    return said if isinstance(error, exceptions.RayError) else f"{type(error).__name__}: {said}"
