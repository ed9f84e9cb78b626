"""Which words a classifier will know, and the vector that each of them starts with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose, row_numbers, rows_in
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.features.encoding import NUM_SPECIAL, PADDING, UNKNOWN, Coverage
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.text.vocabulary import Vocabulary

_MIN_COUNT = 2  # a word without a vector that occurs once gives nothing to learn one from
_SCALE = 0.25  # random vectors where there are none to compare with: U(-0.25, 0.25), as Kim's CNN-rand


@dataclass(frozen=True, eq=False)
class KnownWords:
    """The words that a classifier knows: `vocabulary` (see `encoding`) and the vectors of their ids.

    `matrix` (num_trained + 2, dim) float32 holds padding, the unknown word and the words of the
    training texts; `extra` (num_extra, dim) the words that only the vectors have. `composed` are those of
    the texts that have a vector through their n-grams alone; None for vectors without n-grams.
    """

    vocabulary: Vocabulary
    matrix: np.ndarray
    extra: np.ndarray
    coverage: Coverage | None
    composed: Composed | None = None


def choose_words(
    counted: Vocabulary | None, config: ClassifierConfig, vectors: WordVectors | None
) -> KnownWords:
    """The words to know, for texts whose words are `counted`; CorpusError if there are none.

    Without vectors these are all words of the texts. With vectors they are those that have one, if only
    through their n-grams, under the policy "random" also those that occur twice, and the first
    `extra_words` other words of the vectors.
    """
    if counted is None:
        raise CorpusError("expected texts to train on, found not a single word in them")
    random = np.random.default_rng((config.seed, 0x77))
    if vectors is None:
        if config.channels == "static":
            raise ConfigError("channels: expected tuned or both where there are no vectors, found 'static'")
        matrix = random.uniform(-_SCALE, _SCALE, (len(counted) + NUM_SPECIAL, config.dim))
        return _make(counted, matrix.astype(np.float32), np.zeros((0, config.dim), np.float32), None)
    composed = compose(counted.words, vectors.vocabulary, vectors.subwords)
    rows = row_numbers(counted.words, vectors.vocabulary, composed)
    known = rows >= 0
    kept = known | (counted.counts >= _MIN_COUNT) if config.unknown == "random" else known
    if not kept.any():
        raise CorpusError("expected texts with words of the vectors, found none of their words among them")
    extra = _extra_words(counted, vectors, config.extra_words)
    matrix = _first_vectors(rows[kept], vectors, composed, config.unknown, random)
    vocabulary = Vocabulary(
        [word for word, keep in zip(counted.words, kept, strict=True) if keep]
        + [vectors.vocabulary.words[row] for row in extra],
        np.concatenate([counted.counts[kept], np.zeros(len(extra), np.int64)]),
    )
    coverage = _coverage(counted, known, None if composed is None else rows >= len(vectors))
    return _make(vocabulary, matrix, np.array(vectors.matrix[extra]), coverage, composed)


def _make(
    vocabulary: Vocabulary,
    matrix: np.ndarray,
    extra: np.ndarray,
    coverage: Coverage | None,
    composed: Composed | None = None,
) -> KnownWords:
    matrix[PADDING] = 0.0
    return KnownWords(vocabulary, matrix, extra, coverage, composed)


def _coverage(counted: Vocabulary, known: np.ndarray, through: np.ndarray | None) -> Coverage:
    """The coverage of counted words, of which those `known` have a vector, and some `through` n-grams."""
    parts = [known] if through is None else [known, through]
    types = [int(part.sum()) for part in parts]
    tokens = [int(counted.counts[part].sum()) for part in parts]
    return Coverage(len(counted), types[0], counted.num_tokens, tokens[0], *types[1:], *tokens[1:])


def _extra_words(counted: Vocabulary, vectors: WordVectors, number: int) -> np.ndarray:
    """The first rows of the vectors whose words are not counted, int64."""
    words = vectors.vocabulary.words
    rows: list[int] = []
    for row, word in enumerate(words):
        if len(rows) == number:
            break
        if word not in counted:
            rows.append(row)
    return np.array(rows, dtype=np.int64)


def _first_vectors(
    rows: np.ndarray,
    vectors: WordVectors,
    composed: Composed | None,
    unknown: str,
    random: np.random.Generator,
) -> np.ndarray:
    """The vectors of padding, the unknown word and each word, from `rows` where that is 0 or more."""
    known = rows >= 0
    found = rows_in(vectors.matrix, composed, rows[known])  # (num_known, dim)
    matrix = np.zeros((len(rows) + NUM_SPECIAL, vectors.dim), dtype=np.float32)
    if unknown == "random":
        # U(-a, a) has the variance a * a / 3: that of the vectors (Kim 2014, section 3.2)
        limit = float(np.sqrt(3 * found.var(dtype=np.float64))) if len(found) else _SCALE
        matrix[:] = random.uniform(-limit, limit, matrix.shape)
    elif unknown in ("mean", "subword"):
        matrix[UNKNOWN] = found.mean(axis=0)
    matrix[NUM_SPECIAL:][known] = found
    return matrix
