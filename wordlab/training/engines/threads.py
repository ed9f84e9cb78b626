"""The compiled engine: threads that train the shards of a period together, or race."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from numba.core.event import Event, Listener, install_listener

from wordlab.progress import OnProgress, Progress
from wordlab.resources import IdleThreads, idle_threads, run_together
from wordlab.training.engines.base import Engine, Worker
from wordlab.training.ledger import Piece, learning_rates
from wordlab.training.objectives.base import Objective

TOKENS_TOGETHER = 1 << 18  # that threads go through together: long beside the time it takes to wake them
_LONGEST_PIECE = 1e10  # products of numbers: about a second, as Ctrl-C waits for the end of a piece
_PROBE = 32  # one piece in this many goes to a team that was slower before
_TRIALS = 4  # pieces that the largest team gets at first, as memory is touched for the first time then


class Threads(Engine):
    """The objective's compiled step on `config.threads` threads.

    If ``config.deterministic``, all threads go through a piece together, shard by shard, and any number of
    them gives the same bytes. Otherwise each takes pieces of its own and they update the same weights without
    waiting for each other (Hogwild, Niu et al. 2011).
    """

    name = "compiled"
    base_memory = 260_000_000  # compiling takes up to 100 MB more, before the matrices are filled

    @contextmanager
    def running(self, objective: Objective, on_progress: OnProgress | None) -> Iterator[list[Worker]]:
        """Ready once the step is compiled, or taken from numba's cache; only compiling is reported."""
        with install_listener("numba:compile", _Announcement(on_progress)):
            _team(objective, 1)(Piece(0, (0,)))  # no span at all
        config, period = objective.config, objective.num_shards
        if not config.deterministic:
            self.spans_per_piece = period
            yield [_team(objective, 1) for _ in range(config.threads)]
            return
        self.spans_per_piece = spans_together(objective)
        largest = min(config.threads, objective.num_threads)
        with idle_threads(largest) as pool:
            sizes = sorted({1, largest}, reverse=True)
            yield [_fastest([_team(objective, size, pool) for size in sizes])]


def spans_together(objective: Objective) -> int:
    """How many spans a deterministic engine takes at a time: whole periods, whose losses become one sum."""
    period = objective.num_shards
    fitting = min(TOKENS_TOGETHER, _LONGEST_PIECE / max(1.0, objective.products_per_token))
    return period * max(1, int(fitting / (period * objective.span)))


def _team(objective: Objective, size: int, pool: IdleThreads | None = None) -> Worker:
    """A worker whose pieces `size` threads of `pool` train together; one alone is the one that calls."""
    step = objective.compiled_step(size)

    def train_piece(piece: Piece) -> tuple[float, int]:
        rates = learning_rates(piece, objective.num_tokens, objective.config)
        return run_together(lambda thread: step(thread, piece, rates), size, pool)

    return train_piece


def _fastest(teams: Sequence[Worker]) -> Worker:
    """A worker that gives each piece to the faster of the teams, and now and then one to another.

    Threads that wait for each other are slower than one where other programs take their cores; and
    since all teams give the same bytes, the clock may decide which one trains.
    """
    # Tokens a second: the best of a few pieces, as a single one may be slow by chance.
    rates: list[deque[float]] = [deque(maxlen=4) for _ in teams]
    turns = itertools.count(1)

    def train_piece(piece: Piece) -> tuple[float, int]:
        untried = [team for team in range(len(teams)) if len(rates[team]) < (1 if team else _TRIALS)]
        best = untried[0] if untried else max(range(len(teams)), key=lambda team: max(rates[team]))
        chosen = best if next(turns) % _PROBE else (best + 1) % len(teams)
        begun = time.perf_counter()
        result = teams[chosen](piece)
        rates[chosen].append(piece.num_tokens / (time.perf_counter() - begun))
        return result

    return train_piece


class _Announcement(Listener):
    """Reports when compiling begins and ends: that of a kernel with all functions it is made of."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._depth, self._begun = 0, 0.0

    def on_start(self, event: Event) -> None:
        if self._depth == 0:
            self._begun = time.perf_counter()
            self._report(percent=0)
        self._depth += 1

    def on_end(self, event: Event) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._report(percent=100)

    def _report(self, percent: int) -> None:
        if self._on_progress is not None:
            elapsed = time.perf_counter() - self._begun
            self._on_progress(Progress("compile", percent, 100, "%", elapsed))
