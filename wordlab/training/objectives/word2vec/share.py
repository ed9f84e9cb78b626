"""The share of word2vec's training that one of several workers does, wherever it runs."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import Shared, accept_copies, rows_touched
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Changes, Result, Room
from wordlab.training.objectives.word2vec import apart, kernel, periods
from wordlab.training.objectives.word2vec.sizes import spare_rows

_BLOCK = 1 << 24  # tokens sent at a time


@dataclass(frozen=True)
class Recipe:
    """What can be sent to workers."""

    objective: Any
    """A Word2Vec without text and weights."""

    def share(self, worker: int, num_workers: int) -> WordShare:
        """The share of a worker of several."""
        return WordShare(self.objective, worker, num_workers)


def parts(
    objective: Any, worker: int, num_workers: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The tokens that the windows of a worker's spans reach in any epoch: (lows, highs, tokens) at a time.

    The tokens are those from lows[i] to highs[i], one stretch after the other.
    """
    starts = np.arange(0, objective.num_tokens, objective.span)
    starts = starts[np.arange(len(starts)) % objective.num_shards % num_workers == worker]
    stops = np.minimum(starts + objective.span, objective.num_tokens)
    lows, highs = np.empty_like(starts), np.empty_like(starts)
    apart.find_reach(objective.text, starts, stops, objective.keys, lows, highs)
    blocks = np.cumsum(highs - lows) // _BLOCK
    for block in np.unique(blocks):
        bounds = lows[blocks == block], highs[blocks == block]
        yield (
            *bounds,
            np.concatenate([objective.text.token_ids[slice(*pair)] for pair in zip(*bounds, strict=True)]),
        )


class WordShare:
    """The spans of the shards ``worker``, ``worker + num_workers``, ..., trained on one thread."""

    def __init__(self, objective: Any, worker: int, num_workers: int) -> None:
        """`objective` is that of a Recipe; it becomes whole here."""
        self._objective = objective = copy.copy(objective)
        self._place = periods.Team(worker, num_workers, new_barrier())
        # What has travelled cannot be written to, and code that can is another for the compiler.
        objective.targets, objective.members = (
            type(found)(*map(np.array, found)) for found in (objective.targets, objective.members)
        )
        self._token_ids = np.zeros(objective.num_tokens, np.int32)  # takes memory where it is filled only
        token_ids = self._token_ids.view()
        token_ids.flags.writeable = False  # as those of a corpus, for which the code is compiled
        text = objective.text
        objective.text = text._replace(keep=np.array(text.keep), token_ids=token_ids)

    def fill(self, lows: np.ndarray, highs: np.ndarray, token_ids: np.ndarray) -> None:
        """Take the tokens [lows[i], highs[i]), one stretch after the other."""
        ends = np.cumsum(highs - lows)
        for low, high, end in zip(lows, highs, ends, strict=True):
            self._token_ids[low:high] = token_ids[end - (high - low) : end]

    def begin(self, state: Mapping[str, np.ndarray]) -> None:
        """Begin with these weights; the code is compiled the first time."""
        objective = self._objective
        if not len(objective.weights.inputs):
            self._allocate(state)
        for name, matrix in objective.state.items():
            matrix[:] = state[name]

    def _allocate(self, state: Mapping[str, np.ndarray]) -> None:
        objective = self._objective
        config, counts = objective.config, objective.weights.counts
        spare = spare_rows(len(counts), objective.num_tokens, config)
        found = {
            name: padded_zeros(len(matrix), config.dim, spare=getattr(spare, name))
            for name, matrix in state.items()
        }
        found.setdefault("positions", padded_zeros(0, config.dim, spare=spare.positions))
        objective.weights = dataclasses.replace(objective.weights, **found)
        self._matrices, self._words = objective.matrices()
        self._windows = periods.empty_windows(objective.num_shards, objective.span, config)
        self._notes = kernel.empty_notes(config, objective.targets, objective.num_shards)
        self._num_shards = 0
        self._train_part, self._merge_parts = apart.compile_part(**objective.constants)
        room = self.room.on(np.empty(self.room.nbytes, np.uint8))
        self.train(Piece(0, (0,)), np.zeros(1, np.float32), room)  # no span at all: only compiled
        self.merge({})

    @property
    def room(self) -> Room:
        """How large the worker's Changes can be, once it has begun."""
        num_own = len(range(self._place.thread, self._objective.num_shards, self._place.num_threads))
        num_copies = int(sum(shared.num_copies for shared in self._matrices))
        return Room(num_own, len(self._matrices), num_own * num_copies, self._objective.config.dim)

    def train(self, period: Piece, rates: np.ndarray, room: Changes) -> tuple[Changes, Result]:
        """Train the worker's spans of a period, and write what they have changed into `room`."""
        objective = self._objective
        self._num_shards = len(period.starts) - 1
        self._train_part(
            self._place, objective.text, np.array(period.starts), np.array(rates),
            objective.keys[period.epoch], objective.targets, self._matrices, self._words, self._windows,
            self._notes,
        )  # fmt: skip
        own = self._shards_of(self._place.thread)
        result = Result(self._windows.losses[own, 0], self._windows.num_pairs[own, 0])
        return self._changes(own, room), result

    def _shards_of(self, worker: int) -> np.ndarray:
        return np.arange(worker, self._num_shards, self._place.num_threads)

    def _changes(self, shards: np.ndarray, room: Changes) -> Changes:
        dim, first = self._objective.config.dim, 0
        for i, shard in enumerate(shards):
            for j, shared in enumerate(self._matrices):
                touched = rows_touched(shared, shard, room.rows[first:]) if shared.num_copies else 0
                room.sizes[i, j] = touched
                first += touched
        changes = room.of_first(len(shards))
        for shared, shard, part in self._parts(shards, changes.sizes):
            changes.values[part] = _copies(shared, shard, part)[:, :dim]
        return changes

    def _parts(self, shards: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[Shared, int, slice]]:
        """Each matrix of each shard that has copies, and which of a worker's rows are its own."""
        first = 0
        for shard, numbers in zip(shards.tolist(), sizes.tolist(), strict=True):
            for shared, number in zip(self._matrices, numbers, strict=True):
                if shared.num_copies:
                    yield shared, shard, slice(first, first + number)
                    first += number

    def merge(self, changes: Mapping[int, Changes]) -> None:
        """Bring all rows to the end of the period, given the changes of all other workers."""
        dim = self._objective.config.dim
        for worker, found in changes.items():
            shards = self._shards_of(worker)
            sizes, sent, values = found.of_first(len(shards))
            rows = np.array(sent)  # which can be written to: see above
            for shared, shard, part in self._parts(shards, sizes):
                accept_copies(shared, shard, rows[part])
                _copies(shared, shard, part)[:, :dim] = values[part]
        self._merge_parts(self._place.barrier, self._num_shards, self._matrices, self._words, self._notes)

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """The weights between two periods."""
        state: Mapping[str, np.ndarray] = self._objective.state
        return state


def _copies(shared: Shared, shard: int, part: slice) -> np.ndarray:
    """The first copies of a shard, as many as `part` has rows."""
    first = shared.num_rows + shard * shared.num_copies
    return shared.matrix[first : first + part.stop - part.start]
