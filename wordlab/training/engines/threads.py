"""Trainer: the compiled kernel bound to a corpus, a config and weights."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba.core.event import Event, Listener, install_listener

from wordlab.compiled.barrier import new_barrier
from wordlab.progress import OnProgress, Progress
from wordlab.text import Corpus, keep_probabilities
from wordlab.training.ledger import SPAN, Piece
from wordlab.training.objectives.word2vec import rounds
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.sampling import PATH_GROUP, epoch_keys, noise_targets, path_targets
from wordlab.training.objectives.word2vec.weights import Weights


class Trainer:
    """Changes `weights` by training on pieces of `corpus`."""

    def __init__(self, corpus: Corpus, config: Word2VecConfig, weights: Weights, epochs_before: int) -> None:
        """`epochs_before` were trained by earlier runs: their draws are not used again."""
        self.corpus, self._config, self._weights = corpus, config, weights
        keep = keep_probabilities(weights.counts, config.subsample, form=config.subsample_form)
        self._keep = keep.astype(np.float32)
        self._keys = epoch_keys(config.seed, epochs_before + config.epochs)[epochs_before:]
        hierarchical = config.loss == "hierarchical"
        if hierarchical:
            self._targets = path_targets(weights.vocabulary.counts, weights.places)
        else:
            self._targets = noise_targets(weights.counts, config.ns_exponent)
        self._num_targets = PATH_GROUP if hierarchical else 1 + config.negative
        self._kernel = rounds.compile_rounds(
            dim=weights.inputs.shape[1],
            num_targets=self._num_targets,
            cbow=config.model == "cbow",
            mean=config.cbow_mean,
            shrink=config.shrink_windows,
            hierarchical=hierarchical,
        )
        self._round_length = (
            rounds.round_length(weights.counts, self._keep, config) if config.deterministic else 1
        )

    def compile(self, on_progress: OnProgress | None = None) -> None:
        """Compile the kernel or take it from numba's cache; a listener is told only of the former."""
        with install_listener("numba:compile", _Announcement(on_progress)):
            self.team(1)(Piece(0, (0,)))  # no span at all

    def team(self, size: int, pool: ThreadPoolExecutor | None = None) -> Callable[[Piece], tuple[float, int]]:
        """A function that trains on a piece and returns (sum of losses, number of pairs).

        It runs on the thread that calls it and on `size` - 1 more of `pool`, which must be idle: they
        wait for each other.
        """
        corpus, config = self.corpus, self._config
        barrier = new_barrier()
        windows = rounds.empty_windows(size, SPAN, config.window, self._num_targets)
        shared = rounds.empty_round(self._round_length, config, self._targets, self._num_targets)
        scratch = [rounds.empty_scratch(config, self._num_targets) for _ in range(size)]
        total = corpus.num_tokens * config.epochs

        def train(piece: Piece) -> tuple[float, int]:
            starts = np.array(piece.starts)
            progress = (piece.epoch * corpus.num_tokens + starts) / total
            rates = np.array([config.learning_rate_at(share) for share in progress], np.float32)

            def work(thread: int) -> tuple[float, int]:
                loss, num_pairs = self._kernel(
                    thread, size, barrier, corpus.token_ids, corpus.line_offsets, starts, self._keep,
                    self._targets, config.window, rates, self._keys[piece.epoch],
                    self._weights.inputs, self._weights.outputs, windows, shared, scratch[thread],
                )  # fmt: skip
                return loss, num_pairs

            others = [pool.submit(work, thread) for thread in range(1, size)] if pool else []
            result = work(0)
            for other in others:
                other.result()
            return result

        return train


class _Announcement(Listener):
    """Tells when compiling begins and ends; of the functions that a kernel is made of, the kernel counts."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._depth, self._begun = 0, 0.0

    def on_start(self, event: Event) -> None:
        if self._depth == 0:
            self._begun = time.perf_counter()
            self._tell(percent=0)
        self._depth += 1

    def on_end(self, event: Event) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._tell(percent=100)

    def _tell(self, percent: int) -> None:
        if self._on_progress is not None:
            elapsed = time.perf_counter() - self._begun
            self._on_progress(Progress("compile", percent, 100, "%", elapsed))
