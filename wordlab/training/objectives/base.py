"""The seam between what is learnt and the training loop, its engines and its estimates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.io.urls import PathName
from wordlab.progress import OnProgress
from wordlab.text import Corpus, Vocabulary
from wordlab.training.history import History, describe_corpus
from wordlab.training.ledger import SPAN, Piece

if TYPE_CHECKING:
    from torch import nn

Step = Callable[[int, Piece, np.ndarray], tuple[float, int]]
"""A thread's part of training on a piece, given its number and the learning rate at the piece's starts,
float32; returns (sum of losses, number of pairs) of all threads of the team."""


class Config(Protocol):
    """What the loop and the engines ask of a config; the rest is the objective's own."""

    @property
    def objective(self) -> str:
        """The name of the objective, a key of OBJECTIVES."""

    @property
    def dim(self) -> int:
        """Numbers in a word vector."""

    @property
    def epochs(self) -> int:
        """Passes over the corpus."""

    @property
    def learning_rate(self) -> float | None:
        """Step size at the start."""

    @property
    def threads(self) -> int:
        """Threads that train side by side."""

    @property
    def deterministic(self) -> bool:
        """Whether the number of threads may change no byte."""

    def learning_rate_at(self, progress: float) -> float:
        """The step size when the share `progress` of all epochs is done."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest."""


class Weights(Protocol):
    """What training changes."""

    @property
    def matrices(self) -> Mapping[str, np.ndarray]:
        """Each matrix by its name, float32 (num_rows, dim rounded up to whole blocks)."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the result."""


class Arrays(NamedTuple):
    """Bytes of memory that training takes."""

    matrices: int
    """The weights."""
    targets: int
    """Tables that the step reads."""
    temporary: int
    """What the largest moment takes on top of both."""
    stored: int
    """Bytes of the matrices in the result, on disk."""
    scratch: int = 0
    """Bytes of temporary files."""


class Changes(NamedTuple):
    """The rows that a worker's shards have touched in a period, and what they are now."""

    sizes: np.ndarray
    """int64 (num_own, num_matrices): how many rows of each matrix each of its shards has touched."""
    rows: np.ndarray
    """uint32 (sizes.sum(),): these rows, one shard and matrix after the other."""
    values: np.ndarray
    """float32 (sizes.sum(), dim)."""


class Result(NamedTuple):
    """What the shards of a worker made of a period."""

    losses: np.ndarray
    """float64 (num_own,): the sum of the losses of each,"""
    num_pairs: np.ndarray
    """and, int64, the number of pairs."""


class Team(NamedTuple):
    """Workers that share the memory of all rows, on one machine, as one of them sees it; one may be alone."""

    workers: tuple[int, ...]
    """Their numbers,"""
    place: int
    """and which of them this one is."""
    memory: np.ndarray
    """uint8 (Share.num_bytes,), zeros."""
    meet: Callable[[], None]
    """Wait until all have called it."""


class Share(Protocol):
    """The shards that one of several workers trains, and all rows, which it shares with its team."""

    def fill(self, lows: np.ndarray, highs: np.ndarray, token_ids: np.ndarray) -> None:
        """Take the tokens [lows[i], highs[i]) of the corpus, one stretch after the other."""

    def num_bytes(self, state: Mapping[str, np.ndarray]) -> int:
        """Bytes of memory that a team needs for these weights, an Objective's `state`."""

    def begin(self, state: Mapping[str, np.ndarray], team: Team) -> None:
        """Begin with these weights in the memory of a team, which all of it do before one of them trains."""

    def train(self, period: Piece, rates: np.ndarray) -> Result:
        """Train the worker's spans of a period, of one span a shard, together with its team."""

    def changes(self) -> Changes:
        """What other teams need of the worker; in memory that the next period writes to."""

    def merge(self, changes: Mapping[int, Changes]) -> None:
        """Bring all rows to the end of the period, together with the team.

        `changes` are those of all workers of other teams, by their numbers.
        """

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """The weights between two periods."""


class Recipe(Protocol):
    """What can be sent to workers: all that training needs but for the corpus and the weights."""

    def share(self, worker: int, num_workers: int) -> Share:
        """The Share of a worker of several."""


class Objective(ABC):
    """A loss with its rows and its step, bound to a corpus, a config and the weights that it changes."""

    config_class: ClassVar[type]
    """A frozen dataclass, which is a `Config`."""

    config: Any
    weights: Any
    num_tokens: int
    """What an epoch consists of: tokens, or what the objective takes one after the other in their place."""
    unit: ClassVar[str] = "words"
    """What is counted for people, in reports and speeds,"""
    units_per_token: float = 1
    """and how many of it a token is."""
    is_enough: Callable[[list[float]], bool] | None = None
    """Whether training may end, given the mean losses of the epochs that are done; None if it never may."""
    sources: ClassVar[tuple[type, ...]] = (Corpus,)
    """What can be trained on."""
    span: int = SPAN
    """Tokens that are trained as one: the learning rate is linear there, and draws are a sequence."""
    num_shards: int = 1
    """Spans that the compiled step can train at the same time; it gets pieces of a multiple of them."""
    num_threads: int = 1
    """The most threads that the compiled step has work for."""

    less_memory: ClassVar[str] = "a corpus with a larger min_count"
    """What an error says would take less memory, beside a smaller dim."""

    why_no_pairs: str = "the corpus is too small"
    """What an error says of an epoch without any pair."""

    @property
    def products_per_token(self) -> float:
        """Roughly how many numbers are multiplied for each token; 0 where these are few."""
        return 0.0

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the vectors' details say of the training beside its config and losses."""
        return {}

    @classmethod
    def joined(cls, config: Any, start: WordVectors | None) -> WordVectors | None:
        """The vectors whose words the result has beside those of the corpus."""
        return start

    @classmethod
    @abstractmethod
    def check(cls, corpus: Corpus, config: Any, start: WordVectors | None) -> None:
        """Raise CorpusError or ConfigError if training with these is impossible."""

    @classmethod
    def settled(cls, corpus: Corpus, config: Any) -> Any:
        """`config` with what it leaves to the corpus."""
        return config

    @classmethod
    def source(
        cls,
        corpus: Any,
        config: Any,
        *,
        scratch: PathName | None = None,
        state: PathName | None = None,
        on_progress: OnProgress | None = None,
    ) -> AbstractContextManager[Any]:
        """A context with what `begin` takes as its corpus, made of what training was given.

        Large temporary files go to the directory `scratch`, or to the system's place for such. What takes
        long to make can be kept in the directory `state` as long as that holds no state of training.
        """
        return nullcontext(corpus)

    @classmethod
    def describe(cls, source: Any) -> dict[str, Any]:
        """The facts about the corpus that a run records, as `history.describe_corpus` has them."""
        return describe_corpus(source)

    @classmethod
    def epoch_length(cls, corpus: Any, config: Any) -> int:
        """How many units an epoch has, about, before there is a source."""
        num_tokens: int = corpus.num_tokens
        return num_tokens

    @classmethod
    @abstractmethod
    def begin(cls, corpus: Corpus, config: Any, start: WordVectors | None, history: History) -> Objective:
        """Bound to fresh weights, or to those of `start`; `history` lists the runs behind `start`."""

    @classmethod
    @abstractmethod
    def array_bytes(
        cls, corpus: Corpus, config: Any, start: WordVectors | None, num_words: int
    ) -> Callable[[int], Arrays]:
        """A function that says what arrays of some dimension take, for a result of `num_words` words."""

    @classmethod
    def words(cls, corpus: Corpus, config: Any) -> Sequence[str]:
        """The words that training on `corpus` learns."""
        words: Sequence[str] = corpus.vocabulary.words
        return words

    @property
    def state(self) -> Mapping[str, np.ndarray]:
        """What a checkpoint holds of the weights: views without padding, each by its name."""
        dim = self.config.dim
        return {name: matrix[:, :dim] for name, matrix in self.weights.matrices.items()}

    @abstractmethod
    def compiled_step(self, num_threads: int) -> Step:
        """The step for a team of threads; each call returns one with buffers of its own."""

    def recipe(self) -> Recipe:
        """What workers elsewhere need to train shares of it."""
        raise ConfigError(f"engine: expected compiled for the objective {self.config.objective}, found ray")

    def parts(self, worker: int, num_workers: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """What a worker elsewhere reads of the corpus, in parts for its Share to `fill`."""
        raise ConfigError(f"engine: expected compiled for the objective {self.config.objective}, found ray")

    def torch_step(self, batch_size: int) -> tuple[nn.Module, Any]:
        """The model and the reader of its batches, for the torch engine.

        The model has a `loss` of the batch's tensors, `num_pairs` of its context mask, and an embedding for
        each of the weights' matrices, under the same name.
        """
        raise ConfigError(f"engine: expected compiled for the objective {self.config.objective}, found torch")

    @abstractmethod
    def vectors(self, details: dict[str, Any]) -> WordVectors:
        """The word vectors that the weights hold; the weights must not be used afterwards."""
