"""The share of word2vec's training that one of several workers does, wherever it runs."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.rows import padded_zeros
from wordlab.compiled.shards import Shared, accept_copies, rows_touched
from wordlab.compiled.tables import laid_out, num_bytes
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Changes, Result, Team
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


class _Tables(NamedTuple):
    """What a team shares."""

    matrices: kernel.Weights
    words: periods.Words


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

    def num_bytes(self, state: Mapping[str, np.ndarray]) -> int:
        """Bytes of memory that a team needs for these weights."""
        return num_bytes(self._tables(state))

    def begin(self, state: Mapping[str, np.ndarray], team: Team) -> None:
        """Begin with these weights in the memory of a team; the code is compiled the first time."""
        objective = self._objective
        self._team, self._num_shards = team, 0
        self._part = periods.Team(team.place, len(team.workers), self._place.barrier)
        self._far = sorted({*range(self._place.num_threads)} - {*team.workers})
        self._matrices, self._words = self._laid_out(state, team.memory)
        self._windows = periods.empty_windows(objective.num_shards, objective.span, objective.config)
        self._notes = kernel.empty_notes(objective.config, objective.targets, objective.num_shards)
        most = int(sum(shared.num_copies for shared in self._matrices))
        most *= len(range(self._place.thread, objective.num_shards, self._place.num_threads))
        # Memory that is asked for anew would be filled with zeros, page by page, for each period.
        self._rows = np.empty(most, np.uint32)
        self._values = np.empty((most, objective.config.dim), np.float32)
        self._compile()
        if team.place == 0:
            for name, matrix in objective.state.items():
                matrix[:] = state[name]

    def _tables(self, state: Mapping[str, np.ndarray]) -> _Tables:
        """All arrays that a team shares, empty."""
        objective = self._objective
        config = objective.config
        spare = spare_rows(len(objective.weights.counts), objective.num_tokens, config)
        found = {
            name: padded_zeros(len(matrix), config.dim, spare=getattr(spare, name))
            for name, matrix in state.items()
        }
        found.setdefault("positions", padded_zeros(0, config.dim, spare=spare.positions))
        objective.weights = dataclasses.replace(objective.weights, **found)
        matrices, words = objective.matrices()
        return _Tables(matrices, words._replace(members=None))

    def _laid_out(
        self, state: Mapping[str, np.ndarray], memory: np.ndarray
    ) -> tuple[kernel.Weights, periods.Words]:
        """These arrays in the memory of the team, where the objective has its weights from then on."""
        objective = self._objective
        matrices, words = laid_out(self._tables(state), memory)
        inputs, outputs, positions = (shared.matrix[: shared.num_rows] for shared in matrices)
        objective.weights = dataclasses.replace(
            objective.weights,
            inputs=words.inputs if self._composed else inputs,
            outputs=outputs,
            positions=positions,
        )
        return matrices, words._replace(members=objective.members)

    @property
    def _composed(self) -> bool:
        """Whether words are made of members."""
        composed: bool = self._objective.constants["composed"]
        return composed

    def _compile(self) -> None:
        """Call all code once, for no span at all."""
        self._parts = apart.compile_parts(**self._objective.constants)
        self._draw(Piece(0, (0,)), np.zeros(1, np.float32))
        self._train(np.zeros(1, np.float32))
        self._parts.merge(self._part, 0, self._matrices, self._notes)
        if self._composed:
            self._parts.list_words(self._here([]), 0, self._matrices, self._words)
            self._parts.compose(self._part, self._matrices, self._words)
            self._parts.decompose(self._part, self._matrices, self._words)

    def train(self, period: Piece, rates: np.ndarray) -> Result:
        """Train the worker's spans of a period, together with its team."""
        self._num_shards = len(period.starts) - 1
        rates = np.array(rates)  # which can be written to: compiled code tells them apart
        self._draw(period, rates)
        self._team.meet()  # what the others touch is known, and their part of the last period is merged
        self._compose(self._here(self._team.workers))
        self._train(rates)
        own = self._shards_of(self._place.thread)
        return Result(self._windows.losses[own, 0], self._windows.num_pairs[own, 0])

    def _draw(self, period: Piece, rates: np.ndarray) -> None:
        objective = self._objective
        self._parts.draw(
            self._place, objective.text, np.array(period.starts), rates, objective.keys[period.epoch],
            objective.targets, self._matrices, self._windows,
        )  # fmt: skip

    def _train(self, rates: np.ndarray) -> None:
        objective = self._objective
        self._parts.train(
            self._place, self._num_shards, bool(self._far), rates, objective.text.window, objective.targets,
            self._matrices, self._words, self._windows, self._notes,
        )  # fmt: skip

    def _compose(self, here: np.ndarray) -> None:
        """Make the words that some shards touch of their members."""
        if self._composed:
            if self._team.place == 0:
                self._parts.list_words(here, self._num_shards, self._matrices, self._words)
            self._team.meet()
            self._parts.compose(self._part, self._matrices, self._words)
            self._team.meet()

    def _here(self, workers: Collection[int]) -> np.ndarray:
        """Of which shards the workers are, bool (num_shards,)."""
        return np.isin(np.arange(self._objective.num_shards) % self._place.num_threads, [*workers])

    def merge(self, changes: Mapping[int, Changes]) -> None:
        """Bring all rows to the end of the period, together with the team."""
        for worker in self._far[self._team.place :: len(self._team.workers)]:
            self._accept(worker, changes[worker])
        self._team.meet()  # all copies are there
        if self._far:
            self._compose(self._here(range(self._place.num_threads)))
        self._parts.merge(self._part, self._num_shards, self._matrices, self._notes)
        if self._composed:
            self._team.meet()
            self._parts.decompose(self._part, self._matrices, self._words)

    def _accept(self, worker: int, changes: Changes) -> None:
        """Take the copies of a worker of another team."""
        dim, rows = self._objective.config.dim, np.array(changes.rows)  # which can be written to: see above
        for shared, shard, part in self._copied(self._shards_of(worker), changes.sizes):
            accept_copies(shared, shard, rows[part])
            _copies(shared, shard, part)[:, :dim] = changes.values[part]

    def changes(self) -> Changes:
        """What other teams need of the worker; in memory that the next period writes to."""
        shards, dim, first = self._shards_of(self._place.thread), self._objective.config.dim, 0
        sizes = np.zeros((len(shards), len(self._matrices)), np.int64)
        for i, shard in enumerate(shards):
            for j, shared in enumerate(self._matrices):
                if shared.num_copies:
                    sizes[i, j] = rows_touched(shared, shard, self._rows[first:])
                    first += int(sizes[i, j])
        values = self._values[:first]
        for shared, shard, part in self._copied(shards, sizes):
            values[part] = _copies(shared, shard, part)[:, :dim]
        return Changes(sizes, self._rows[:first], values)

    def _shards_of(self, worker: int) -> np.ndarray:
        return np.arange(worker, self._num_shards, self._place.num_threads)

    def _copied(self, shards: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[Shared, int, slice]]:
        """Each matrix of each shard that has copies, and which of a worker's rows are its own."""
        first = 0
        for shard, numbers in zip(shards.tolist(), sizes.tolist(), strict=True):
            for shared, number in zip(self._matrices, numbers, strict=True):
                if shared.num_copies:
                    yield shared, shard, slice(first, first + number)
                    first += number

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """The weights between two periods."""
        state: Mapping[str, np.ndarray] = self._objective.state
        return state


def _copies(shared: Shared, shard: int, part: slice) -> np.ndarray:
    """The first copies of a shard, as many as `part` has rows."""
    first = shared.num_rows + shard * shared.num_copies
    return shared.matrix[first : first + part.stop - part.start]
