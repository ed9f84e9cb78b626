"""word2vec as an objective: its checks, weights and steps, for any engine."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.draws import Text, epoch_keys
from wordlab.compiled.members import Members
from wordlab.compiled.rows import with_spare
from wordlab.compiled.shards import Shared, shared_matrix
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.text import Corpus, Vocabulary, keep_probabilities
from wordlab.training.history import History
from wordlab.training.ledger import Piece
from wordlab.training.objectives.base import Arrays, Objective, Step
from wordlab.training.objectives.word2vec import kernel, memory, periods, share
from wordlab.training.objectives.word2vec.batches import BatchReader
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.sizes import most_copies, span_length, usual_shards
from wordlab.training.objectives.word2vec.targets import Targets, find_targets
from wordlab.training.objectives.word2vec.weights import (
    Weights,
    begun_weights,
    check_compass,
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
        self.span = span_length(corpus.num_tokens, config.num_shards)
        self.num_shards = config.num_shards
        self.num_threads = 2 * self.num_shards  # as many train as draw what comes next
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
        self.text = Text(
            corpus.token_ids,
            corpus.line_offsets,
            keep.astype(np.float32),
            config.window,
            words_of(corpus, config).line_end,
        )
        self.members = Members(np.zeros(1, np.int64), np.empty(0, np.uint32))  # each word is one row
        self.keys = epoch_keys(config.seed, epochs_before + config.epochs)[epochs_before:]

    @cached_property
    def targets(self) -> Targets:
        """What the kernel needs to find a word's targets."""
        return find_targets(self.weights, self.config)

    @classmethod
    def check(cls, corpus: Corpus, config: Word2VecConfig, start: WordVectors | None) -> None:
        """Raise CorpusError for a corpus that is too small, ConfigError or CorpusError for a `start` that
        does not fit."""
        check_corpus(corpus, config)
        if start is not None:
            check_start(start, corpus, config)
        if config.compass:
            check_compass(start, corpus, config)

    @classmethod
    def joined(cls, config: Word2VecConfig, start: WordVectors | None) -> WordVectors | None:
        """None for a compass, whose words are left out."""
        return None if config.compass else start

    @classmethod
    def settled(cls, corpus: Corpus, config: Word2VecConfig) -> Word2VecConfig:
        """With the shards that suit the corpus, unless the config names a number."""
        if config.shards is not None or not config.deterministic:
            return config
        return dataclasses.replace(config, shards=cls.usual_shards(corpus))

    @classmethod
    def usual_shards(cls, corpus: Corpus) -> int:
        """One for some millions of tokens each, up to 4."""
        return usual_shards(corpus.num_tokens)

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

    @property
    def constants(self) -> dict[str, Any]:
        """What compiled code for this training takes as constant."""
        config = self.config
        return {
            "dim": self.weights.inputs.shape[1],
            "num_targets": config.num_targets,
            "cbow": config.cbow,
            "mean": config.cbow_mean,
            "shrink": config.shrink_windows,
            "hierarchical": config.hierarchical,
            "composed": len(self.members.ids) > 0,
            "positioned": config.position_weights,
            "guided": config.compass,
        }

    def compiled_step(self, num_threads: int) -> Step:
        """The kernel of the config's variant, on shards if it is deterministic."""
        config, targets, num_shards = self.config, self.targets, self.num_shards
        train_spans = periods.compile_training(**self.constants, apart=num_shards > 1)
        windows = periods.empty_windows(num_shards, self.span, config)
        weights, words = self.matrices()
        barrier = new_barrier()
        notes = [kernel.empty_notes(config, targets, num_shards) for _ in range(num_threads)]

        def step(thread: int, piece: Piece, rates: np.ndarray) -> tuple[float, int]:
            loss, num_pairs = train_spans(
                periods.Team(thread, num_threads, barrier), self.text, np.array(piece.starts), rates,
                self.keys[piece.epoch], targets, weights, words, windows, notes[thread],
            )  # fmt: skip
            return loss, num_pairs

        return step

    def matrices(self) -> tuple[kernel.Weights, periods.Words]:
        """The weights as a team of threads sees them, with room for copies, and no words made of members."""
        weights = self.weights
        copies = most_copies(len(weights.counts), self.span, self.config)
        pairs = zip(weights.all, copies, strict=True)
        inputs, outputs, positions = (self._shared(*pair) for pair in pairs)
        return kernel.Weights(inputs, outputs, positions), periods.no_words(self.members)

    def _shared(self, matrix: np.ndarray, num_copies: int) -> Shared:
        whole = with_spare(matrix, self.num_shards * num_copies)
        apart = self.num_shards > 1 and num_copies > 0
        return shared_matrix(whole, len(matrix), self.num_shards, apart=apart)

    def recipe(self) -> share.Recipe:
        """A copy without text, words and weights, which takes the room of some numbers a word."""
        _ = self.targets
        found = copy.copy(self)
        nothing = np.zeros((0, 0), np.float32)
        found.weights = dataclasses.replace(
            self.weights, inputs=nothing, outputs=nothing, positions=nothing, vocabulary=Vocabulary([], []),
            rows=np.zeros(0, np.int64),
        )  # fmt: skip
        found.text = self.text._replace(token_ids=np.zeros(0, np.int32))
        del found._corpus
        return share.Recipe(found)

    def parts(self, worker: int, num_workers: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The tokens that the windows of a worker's spans reach in any epoch, see `share.parts`."""
        return share.parts(self, worker, num_workers)

    def torch_step(self, batch_size: int) -> tuple[nn.Module, BatchReader]:
        """The torch module of the config's variant, and its batches."""
        from wordlab.training.objectives.word2vec.torch_models import build_model

        if self.config.position_weights:
            raise ConfigError("engine: expected compiled for position_weights, found torch")
        model = build_model(self.config, len(self.weights.inputs), len(self.weights.outputs))
        model.outputs.requires_grad_(not self.config.compass)
        return model, BatchReader(self.text, self.config, self.weights, self.keys, batch_size)

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
