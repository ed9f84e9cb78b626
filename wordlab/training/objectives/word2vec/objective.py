"""word2vec as an objective: its checks, weights and steps, for any engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.draws import Text, epoch_keys
from wordlab.compiled.steps import Members, Rows
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.text import Corpus, keep_probabilities
from wordlab.training.history import History
from wordlab.training.ledger import SPAN, Piece
from wordlab.training.objectives.base import Arrays, Objective, Step
from wordlab.training.objectives.word2vec import kernel, memory
from wordlab.training.objectives.word2vec.batches import BatchReader
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.targets import Targets, find_targets, num_targets
from wordlab.training.objectives.word2vec.weights import (
    Weights,
    begun_weights,
    check_corpus,
    check_start,
)
from wordlab.training.objectives.word2vec.words import words_of

if TYPE_CHECKING:
    from torch import nn


class Word2Vec(Objective):
    """Skip-gram or CBOW, with negative sampling or hierarchical softmax."""

    config_class = Word2VecConfig
    config: Word2VecConfig
    weights: Weights

    def __init__(
        self, corpus: Corpus, config: Word2VecConfig, weights: Weights, *, epochs_before: int = 0
    ) -> None:
        """`epochs_before` were trained by earlier runs: their draws are not used again."""
        self.config, self.weights, self.num_tokens = config, weights, corpus.num_tokens
        self._corpus = corpus
        self.why_no_pairs = (
            f"subsample {config.subsample} drops nearly all of {corpus.num_tokens} tokens; 0 keeps all"
        )
        keep = keep_probabilities(
            weights.counts,
            config.subsample,
            form=config.subsample_form,
            num_tokens_read=weights.num_tokens_read,
        )
        self._text = Text(
            corpus.token_ids,
            corpus.line_offsets,
            keep.astype(np.float32),
            config.window,
            words_of(corpus, config).line_end,
        )
        self._members = Members(np.zeros(1, np.int64), np.empty(0, np.uint32))  # each word is one row
        self._keys = epoch_keys(config.seed, epochs_before + config.epochs)[epochs_before:]

    @cached_property
    def _targets(self) -> Targets:
        return find_targets(self.weights, self.config)

    @classmethod
    def check(cls, corpus: Corpus, config: Word2VecConfig, start: WordVectors | None) -> None:
        """Raise CorpusError for a corpus that is too small, ConfigError or CorpusError for a `start` that
        does not fit."""
        check_corpus(corpus, config)
        if start is not None:
            check_start(start, corpus, config)

    @classmethod
    def begin(
        cls, corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, history: History
    ) -> Word2Vec:
        """Bound to fresh weights, or to those of `start` extended by the words that it lacks."""
        weights = begun_weights(corpus, config, start, history)
        return cls(corpus, config, weights, epochs_before=history.num_epochs)

    @classmethod
    def array_bytes(
        cls, corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, num_words: int
    ) -> Callable[[int], Arrays]:
        """See `memory.array_bytes`."""
        return memory.array_bytes(corpus, config, start, num_words)

    @classmethod
    def words(cls, corpus: Corpus, config: Word2VecConfig) -> Sequence[str]:
        """Those of the corpus, and the end of a line if it is one."""
        return words_of(corpus, config).words

    @property
    def facts(self) -> Mapping[str, Any]:
        """How many tokens the counts are shares of, where subsampling asks for it."""
        return {"num_tokens_read": self.weights.num_tokens_read} if self.config.by_all_tokens else {}

    @property
    def products_per_token(self) -> float:
        """The words of a window by its targets, or in CBOW first added up, times the dimension."""
        config = self.config
        words = config.window + 1  # in windows that are shrunk
        targets = np.log2(1 + len(self.weights.outputs)) if config.hierarchical else 1 + config.negative
        return float(config.dim * (words + targets if config.cbow else words * targets))

    def compiled_step(self, num_threads: int) -> Step:
        """The kernel of the config's variant; in rounds if it is deterministic, else window by window."""
        config, targets = self.config, self._targets
        train_spans = kernel.compile_rounds(
            dim=self.weights.inputs.shape[1],
            num_targets=num_targets(config),
            cbow=config.cbow,
            mean=config.cbow_mean,
            shrink=config.shrink_windows,
            hierarchical=config.hierarchical,
            composed=len(self._members.ids) > 0,
            positioned=config.position_weights,
        )
        length = self._round_length() if config.deterministic else 1
        rows = Rows(self.weights.inputs, self.weights.outputs, self.weights.positions)
        barrier = new_barrier()
        windows = kernel.empty_windows(num_threads, SPAN, config)
        shared = kernel.empty_rounds(length, config, targets, self._stretch(length))
        scratch = [kernel.empty_scratch(config) for _ in range(num_threads)]

        def step(thread: int, piece: Piece, rates: np.ndarray) -> tuple[float, int]:
            loss, num_pairs = train_spans(
                kernel.Team(thread, num_threads, barrier), self._text, np.array(piece.starts), rates,
                self._keys[piece.epoch], targets, rows, self._members, windows, shared, scratch[thread],
            )  # fmt: skip
            return loss, num_pairs

        return step

    def _round_length(self) -> int:
        return kernel.round_length(self.weights.counts, self._text.keep, self.config)

    def _stretch(self, round_length: int) -> int:
        """How many words made of members are held at a time: none here."""
        return 0

    def torch_step(self, batch_size: int) -> tuple[nn.Module, BatchReader]:
        """The torch module of the config's variant, and its batches."""
        from wordlab.training.objectives.word2vec.torch_models import build_model

        if self.config.position_weights:
            raise ConfigError("engine: expected compiled for position_weights, found torch")
        model = build_model(self.config, len(self.weights.inputs), len(self.weights.outputs))
        return model, BatchReader(self._text, self.config, self.weights, self._keys, batch_size)

    def vectors(self, details: dict[str, Any]) -> WordVectors:
        """The input vectors, with the output vectors beside them."""
        matrix, outputs = self.weights.unpadded(self.config)
        return WordVectors(
            self.weights.vocabulary,
            matrix,
            outputs=outputs,
            position_weights=self._position_weights(),
            tokenizer=self._corpus.tokenizer,
            details=details,
        )

    def _position_weights(self) -> np.ndarray | None:
        positions = self.weights.positions
        return positions[:, : self.config.dim] if len(positions) else None
