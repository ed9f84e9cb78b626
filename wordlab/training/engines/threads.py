"""The compiled engine: threads that train the shards of a period together, or race."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wordlab.progress import OnProgress, hears_in_passing
from wordlab.teams import AllOrOne, all_or_one
from wordlab.training.engines.base import Engine, Worker
from wordlab.training.ledger import Piece, learning_rates
from wordlab.training.objectives.base import Objective

TOKENS_TOGETHER = 1 << 18  # that threads go through together: long beside the time it takes to wake them
_LONGEST_PIECE = 1e10  # products of numbers: about a second, as Ctrl-C waits for the end of a piece


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
        with hears_in_passing(on_progress):
            _alone(objective)(Piece(0, (0,)))  # no span at all
        config, period = objective.config, objective.num_shards
        if not config.deterministic:
            self.spans_per_piece = period
            yield [_alone(objective) for _ in range(config.threads)]
            return
        self.spans_per_piece = spans_together(objective)
        with all_or_one(min(config.threads, objective.num_threads)) as team:
            yield [_together(objective, team)]


def spans_together(objective: Objective) -> int:
    """How many spans a deterministic engine takes at a time: whole periods, whose losses become one sum."""
    period = objective.num_shards
    fitting = min(TOKENS_TOGETHER, _LONGEST_PIECE / max(1.0, objective.products_per_token))
    return period * max(1, int(fitting / (period * objective.span)))


def _alone(objective: Objective) -> Worker:
    """A worker that trains pieces in the thread that calls it."""
    step = objective.compiled_step(1)

    def train_piece(piece: Piece) -> tuple[float, int]:
        return step(0, piece, learning_rates(piece, objective.num_tokens, objective.config))

    return train_piece


def _together(objective: Objective, team: AllOrOne) -> Worker:
    """A worker whose pieces the threads of a team train together, or one of them alone."""
    steps = {size: objective.compiled_step(size) for size in team.sizes}

    def train_piece(piece: Piece) -> tuple[float, int]:
        rates = learning_rates(piece, objective.num_tokens, objective.config)
        return team.run(lambda thread, size: steps[size](thread, piece, rates), piece.num_tokens)

    return train_piece
