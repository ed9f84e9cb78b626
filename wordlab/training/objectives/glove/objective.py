"""GloVe as an objective: vectors and biases whose sums of products are the logarithms of counts.

Pennington, Socher & Manning (2014), "GloVe: Global Vectors for Word Representation", equation 8, trained by
AdaGrad as in Stanford's program, but block by block in strata (`kernel`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.io.urls import PathName
from wordlab.progress import OnProgress
from wordlab.text import Corpus
from wordlab.training.cooccurrences import Cooccurrences
from wordlab.training.cooccurrences.sizes import check_corpus
from wordlab.training.history import History
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Arrays, Objective, Step
from wordlab.training.objectives.glove import kernel, memory
from wordlab.training.objectives.glove.config import GloveConfig
from wordlab.training.objectives.glove.pairs import Arranged, arranged
from wordlab.training.objectives.glove.weights import Weights, begun_weights, check_start, rates

_PRODUCTS = 6  # of each number of a pair: for the product of both vectors, and to change each


class Glove(Objective):
    """GloVe on the co-occurrence counts of a corpus; an epoch goes through all pairs, stratum by stratum."""

    config_class = GloveConfig
    config: GloveConfig
    weights: Weights
    unit = "pairs"
    sources = (Corpus, Cooccurrences)
    span = 1
    less_memory = "a smaller window or a corpus with a larger min_count"

    def __init__(
        self, source: Arranged, config: GloveConfig, weights: Weights, *, epochs_before: int = 0
    ) -> None:
        """`epochs_before` were trained by earlier runs, whose orders of strata are not used again."""
        self.config, self.weights, self._source = config, weights, source
        self.num_tokens = self.num_threads = source.num_groups  # strata, each of as many blocks
        self.units_per_token = source.num_pairs / source.num_groups
        self._epochs_before = epochs_before
        if config.tolerance is not None:
            self.is_enough = self._is_enough

    @classmethod
    def check(cls, corpus: Corpus | Cooccurrences, config: Any, start: WordVectors | None) -> None:
        """Raise CorpusError for a corpus in which nothing co-occurs, ConfigError or CorpusError for counts
        made in another way and for a `start` that does not fit."""
        if isinstance(corpus, Cooccurrences):
            for name, made in corpus.config.to_dict().items():
                found = getattr(config, name)
                if found != made:
                    raise ConfigError(f"{name}: expected {made}, as the counts were made with, found {found}")
        else:
            check_corpus(corpus)
        if start is not None:
            check_start(start, corpus.tokenizer, config)

    @classmethod
    def source(
        cls,
        corpus: Any,
        config: Any,
        *,
        scratch: PathName | None = None,
        state: PathName | None = None,
        on_progress: OnProgress | None = None,
    ) -> AbstractContextManager[Arranged]:
        """The pairs, counted if need be, in their blocks."""
        return arranged(corpus, config, scratch=scratch, state=state, on_progress=on_progress)

    @classmethod
    def describe(cls, source: Any) -> dict[str, Any]:
        """What the table says of the corpus that it counts."""
        facts: dict[str, Any] = source.corpus
        return facts

    @classmethod
    def epoch_length(cls, corpus: Any, config: Any) -> int:
        """All pairs."""
        return memory.num_pairs(corpus, config)

    @classmethod
    def begin(cls, corpus: Any, config: Any, start: WordVectors | None, history: History) -> Glove:
        """Bound to fresh weights, or to those of `start` extended by the words that it lacks."""
        weights = begun_weights(corpus.vocabulary, config, start, history)
        return cls(corpus, config, weights, epochs_before=history.num_epochs)

    @classmethod
    def array_bytes(
        cls, corpus: Any, config: Any, start: WordVectors | None, num_words: int
    ) -> Callable[[int], Arrays]:
        """See `memory.array_bytes`."""
        return memory.array_bytes(corpus, config, start, num_words)

    @property
    def products_per_token(self) -> float:
        """The pairs of a stratum by the dimension, several times."""
        return float(_PRODUCTS * self.units_per_token * self.config.dim)

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """All rows without their padding."""
        return self.weights.state

    def compiled_step(self, num_threads: int) -> Step:
        """The kernel for rows of the config's dimension."""
        config, groups = self.config, self._source.num_groups
        train_strata = kernel.compile_training(width=memory.width(config.dim))
        barrier, taken, losses = new_barrier(), np.zeros(groups, np.int64), np.zeros((groups, groups))
        weighting = kernel.Weighting(np.float32(np.log(config.x_max)), np.float32(config.alpha))
        columns = rates(config)

        def step(thread: int, piece: Piece, _: np.ndarray) -> tuple[float, int]:
            team = kernel.Team(thread, num_threads, barrier, taken, losses)
            strata = self.strata(piece.epoch)[piece.starts[0] : piece.starts[-1]]
            loss, num_pairs = train_strata(
                team, strata, groups, self._source.pairs, self.weights.words, self.weights.contexts, columns,
                weighting,
            )  # fmt: skip
            return loss, num_pairs

        return step

    def strata(self, epoch: int) -> np.ndarray:
        """The order of the strata in an epoch of this run, int64 (num_groups,)."""
        generator = np.random.default_rng([self.config.seed, self._epochs_before + epoch])
        return generator.permutation(self._source.num_groups)

    def _is_enough(self, losses: list[float]) -> bool:
        """Whether the last of these epochs brought too little."""
        least = 1 - (self.config.tolerance or 0.0)
        return len(losses) > 1 and losses[-1] > least * losses[-2]

    def vectors(self, details: dict[str, Any]) -> WordVectors:
        """The sum of both vectors of each word, or one of them, with all parts beside them."""
        parts = self.weights.parts
        return WordVectors(
            self.weights.vocabulary,
            parts.combined(self.config.result),
            glove=parts,
            tokenizer=self._source.tokenizer,
            details=details,
        )
