"""The weights of GloVe: a row for each word in either role, with biases and sums of squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.compiled.rows import padded_zeros
from wordlab.embeddings import WordVectors
from wordlab.embeddings.glove_parts import GloveParts
from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Tokenizer, Vocabulary
from wordlab.training.history import History
from wordlab.training.objectives import growing
from wordlab.training.objectives.glove.config import GloveConfig
from wordlab.training.objectives.glove.kernel import Rates
from wordlab.training.objectives.glove.memory import width

_ROWS_AT_ONCE = 4_096
_NO_LIMIT = np.finfo(np.float32).max
_LIMIT = 100.0  # of a gradient, on either side


@dataclass(frozen=True)
class Weights:
    """Rows in the kernel's layout: a vector, two numbers, padding, and the sums of squares of all these.

    The two numbers are the bias and 1 in `words`, 1 and the bias in `contexts`. The first rows belong to the
    ids of the table, then come words that only the earlier vectors have.
    """

    words: np.ndarray
    """float32 (num_rows, 2 * width), rows at cache lines."""
    contexts: np.ndarray
    dim: int
    counts: np.ndarray
    """int64 (num_rows,): how often the word of each row occurs, all runs together."""
    vocabulary: Vocabulary
    """The vocabulary of the result, in descending count."""
    rows: np.ndarray
    """int64 (num_rows,): the row of each word of `vocabulary`."""

    @property
    def matrices(self) -> dict[str, np.ndarray]:
        """Both by name."""
        return {"words": self.words, "contexts": self.contexts}

    @property
    def state(self) -> dict[str, np.ndarray]:
        """Both by name without padding, as views (num_rows, 2, dim + 2)."""
        half = width(self.dim)
        return {
            name: matrix.reshape(len(matrix), 2, half)[:, :, : self.dim + 2]
            for name, matrix in self.matrices.items()
        }

    @property
    def parts(self) -> GloveParts:
        """What training continues from, in the order of `vocabulary`."""
        words, contexts = self.state.values()
        own = {"words": [*range(self.dim), self.dim], "contexts": [*range(self.dim), self.dim + 1]}
        values = [
            growing.in_order(state[:, place, columns], self.rows)
            for place in (0, 1)
            for state, columns in ((words, own["words"]), (contexts, own["contexts"]))
        ]
        return GloveParts(*values)


def begun_weights(
    vocabulary: Vocabulary, config: GloveConfig, start: WordVectors | None, history: History
) -> Weights:
    """Fresh weights, or those of `start` extended by the words that it lacks.

    Both vectors and both biases of a word begin uniform in +-0.5 / dim, and sums of squares at 1, as in
    Stanford's program. New words are drawn from a stream of their own for each earlier run. A word that only
    `start` has keeps all that it has.
    """
    if start is None:
        rows = np.arange(len(vocabulary))
        weights = _empty(config, vocabulary.counts, vocabulary, rows)
        _randomise(weights, rows, np.random.PCG64(config.seed))
        return weights
    joined = growing.join(vocabulary.words, vocabulary.counts, start.vocabulary, counted=history.counted)
    weights = _empty(config, joined.counts, joined.vocabulary, joined.rows)
    _randomise(weights, joined.new, np.random.PCG64([config.seed, len(history.runs)]))
    parts = _parts_of(start)
    for place, values in enumerate((parts[:2], parts[2:])):
        for state, part, bias in zip(
            weights.state.values(), values, (config.dim, config.dim + 1), strict=True
        ):
            state[joined.row_of_old, place, : config.dim] = part[:, : config.dim]
            state[joined.row_of_old, place, bias] = part[:, config.dim]
    return weights


def check_start(start: WordVectors, tokenizer: Tokenizer, config: GloveConfig) -> None:
    """Raise ConfigError or CorpusError if training cannot continue from `start`."""
    _parts_of(start)
    if start.dim != config.dim:
        raise ConfigError(f"dim: expected {start.dim}, as the vectors to start from have, found {config.dim}")
    if start.tokenizer not in (None, tokenizer):
        raise CorpusError(
            f"expected a corpus made by the tokenizer of the vectors to start from, {start.tokenizer}, "
            f"found {tokenizer}"
        )


def rates(config: GloveConfig) -> Rates:
    """The learning rate of each column for words and contexts: none for the padding and for the 1."""
    dim = config.dim
    steps, limits = padded_zeros(2, width(dim)), padded_zeros(2, width(dim))
    steps[:, :dim] = config.learning_rate
    steps[[0, 1], [dim, dim + 1]] = 1
    limits[:, :dim] = _LIMIT
    limits[:, dim:] = _NO_LIMIT
    return Rates(steps, limits)


def _parts_of(start: WordVectors) -> GloveParts:
    parts: GloveParts | None = start.glove
    if parts is None:
        raise ConfigError(
            "model: expected vectors that GloVe trained to start from, with both parts of each word, "
            "found vectors without them"
        )
    return parts


def _empty(config: GloveConfig, counts: np.ndarray, vocabulary: Vocabulary, rows: np.ndarray) -> Weights:
    """Weights of 0, with the ones in their places and sums of squares of 1."""
    dim, half = config.dim, width(config.dim)
    words, contexts = (padded_zeros(len(rows), 2 * half) for _ in range(2))
    words[:, dim + 1] = contexts[:, dim] = 1
    words[:, half:] = contexts[:, half:] = 1
    return Weights(words, contexts, dim, counts, vocabulary, rows)


def _randomise(weights: Weights, rows: np.ndarray, bits: np.random.PCG64) -> None:
    """Fill vectors and biases of some rows, words before contexts, in the order of the columns."""
    generator, dim = np.random.Generator(bits), weights.dim
    for state, bias in zip(weights.state.values(), (dim, dim + 1), strict=True):
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[first : first + _ROWS_AT_ONCE]
            drawn = (generator.random((len(part), dim + 1), dtype=np.float32) - np.float32(0.5)) / dim
            state[part, 0, :dim] = drawn[:, :dim]
            state[part, 0, bias] = drawn[:, dim]
