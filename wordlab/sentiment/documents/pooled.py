"""Blocks of tokens to the pooled vectors of their texts, and what a pooling learns from such blocks.

Each text's vector is a sum over its own tokens in their order: how texts are cut into blocks, and how many
threads tokenise them, changes no byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose, row_numbers, rows_in
from wordlab.errors import TrainingError
from wordlab.sentiment.documents.components import Components, Moments
from wordlab.sentiment.documents.poolings.base import Pooling, WordStatistics
from wordlab.sentiment.features.tally import Tally
from wordlab.text.tokenizers.splitter import EncodedBlock

_TEXTS = 1 << 14  # pooled together: of very short texts a block holds many


@dataclass(frozen=True, eq=False)
class FittedPooling:
    """A pooling with what it has learnt from `num_texts` texts.

    `weights` are float32 (V + 1,), as `Pooling.weights` has them; `components` are removed.
    """

    pooling: Pooling
    weights: np.ndarray
    components: Components
    num_texts: int = 0


@dataclass(frozen=True, eq=False)
class Located:
    """A block of tokens and where its words have their vectors.

    `ids` and `line_ends` are those of `EncodedBlock`; word i has its vector at ``numbers[i]``, as
    `row_numbers` gives them, in the vocabulary or among those `composed`.
    """

    ids: np.ndarray
    line_ends: np.ndarray
    numbers: np.ndarray
    composed: Composed | None


def locate(block: EncodedBlock, vectors: WordVectors, tally: Tally | None = None) -> Located:
    """The block with the places of its words; its tokens are counted in `tally`."""
    composed = compose(block.words, vectors.vocabulary, vectors.subwords)
    numbers = row_numbers(block.words, vectors.vocabulary, composed)
    if tally is not None:
        _count_known(tally, block, numbers, vectors)
    return Located(block.ids, block.line_ends, numbers, composed)


def _count_known(tally: Tally, block: EncodedBlock, numbers: np.ndarray, vectors: WordVectors) -> None:
    """Count as `Tally.add` does, without looking all words up again."""
    counts = np.bincount(block.ids, minlength=len(numbers))
    own = (numbers >= 0) & (numbers < len(vectors))
    cased = [place for place, word in enumerate(block.words) if word.lower() != word]
    lowercased = own.copy()
    lowercased[cased] = vectors.vocabulary.find(block.words[place].lower() for place in cased) >= 0
    tally.num_texts += len(block.line_ends)
    tally.num_tokens += len(block.ids)
    tally.num_known = (tally.num_known or 0) + int(counts @ own)
    tally.num_known_lowercased = (tally.num_known_lowercased or 0) + int(counts @ lowercased)
    if vectors.subwords is not None:
        tally.num_composed = (tally.num_composed or 0) + int(counts @ (numbers >= len(vectors)))


def averages(located: Located, vectors: WordVectors, weights: np.ndarray) -> Iterator[np.ndarray]:
    """The weighted sums of the texts' known words, divided by their number; some texts at a time.

    Each array is float32 (n, D), the rows of texts without known words zero. TrainingError for sums beyond
    float32.
    """
    used = located.numbers >= 0
    numbers = located.numbers[used]
    rows = rows_in(vectors.matrix, located.composed, numbers)
    with np.errstate(over="ignore"):
        rows = rows * weights[np.minimum(numbers, len(vectors))][:, None]  # (num_used, D)
    columns, ends = _known_tokens(located, used)
    for start in range(0, len(ends) - 1, _TEXTS):
        part = ends[start : start + _TEXTS + 1]
        inside = columns[part[0] : part[-1]]
        counts = csr_matrix(
            (np.ones(len(inside), np.float32), inside, part - part[0]), (len(part) - 1, len(rows))
        )
        sums = np.asarray(counts @ rows)  # (n, D)
        _check_finite(sums)
        sums /= np.maximum(np.diff(part), 1).astype(np.float32)[:, None]
        yield sums


def pooled(located: Located, vectors: WordVectors, fitted: FittedPooling) -> Iterator[np.ndarray]:
    """The vectors of the texts, float32 (n, D), some texts at a time."""
    for rows in averages(located, vectors, fitted.weights):
        with np.errstate(over="ignore", invalid="ignore"):
            fitted.components.remove(rows)
        _check_finite(rows)
        yield rows


def _check_finite(rows: np.ndarray) -> None:
    if not np.isfinite(rows).all():
        raise TrainingError(
            "the means of vectors: expected finite numbers, found an overflow; scale the vectors down"
        )


@dataclass(eq=False)
class Counts:
    """How often words occur in texts, and in how many, counted block by block.

    `tally` is the one in which `locate` has counted the same blocks.
    """

    vectors: WordVectors
    tally: Tally = field(default_factory=Tally)
    num_known_texts: int = 0

    def __post_init__(self) -> None:
        self._counts = np.zeros(len(self.vectors), np.int64)
        self._document_counts = np.zeros(len(self.vectors), np.int64)
        self._num_known = 0

    def add(self, located: Located) -> None:
        """Count the words of a block, whose tokens `tally` has counted already."""
        used = located.numbers >= 0
        columns, ends = _known_tokens(located, used)
        lengths = np.diff(ends)
        self.num_known_texts += int(np.count_nonzero(lengths))
        self._num_known += len(columns)
        numbers = located.numbers[used]
        own = numbers < len(self.vectors)
        each = csr_matrix((np.ones(len(columns), np.int32), columns, ends), (len(lengths), len(numbers)))
        each.sum_duplicates()
        in_texts = np.bincount(each.indices, minlength=len(numbers))
        self._document_counts[numbers[own]] += in_texts[own]
        self._counts[numbers[own]] += np.bincount(columns, minlength=len(numbers))[own]

    def statistics(self) -> WordStatistics:
        """The statistics; probabilities are the vocabulary's or, where it has no counts, the texts'."""
        known = self.vectors.vocabulary.counts
        counts = known if known.any() else self._counts
        return WordStatistics(
            np.append(counts / max(1, counts.sum()), 0.0),
            np.append(self._document_counts, 0),
            self.tally.num_texts,
            self._num_known / self.num_known_texts if self.num_known_texts else 1.0,
        )


def unfitted(pooling: Pooling, vectors: WordVectors) -> FittedPooling:
    """The fitted form of a pooling that learns nothing."""
    weights = pooling.weights(Counts(vectors).statistics()).astype(np.float32)
    return FittedPooling(pooling, weights, Components.none(vectors.dim))


def fit(pooling: Pooling, counts: Counts, blocks: Iterable[Located], vectors: WordVectors) -> FittedPooling:
    """The pooling fitted on texts that `counts` has counted and `blocks` hold.

    The blocks are read only if there are components to find. CorpusError for texts too few to find them.
    """
    from threadpoolctl import threadpool_limits

    weights = pooling.weights(counts.statistics()).astype(np.float32)
    components = Components.none(vectors.dim)
    if pooling.num_components:
        moments = Moments(vectors.dim)
        with threadpool_limits(1, user_api="blas"):  # the order of a sum depends on the number of threads
            for located in blocks:
                for rows in averages(located, vectors, weights):
                    moments.add(rows)
            components = moments.components(pooling.num_components, pooling.shares)
    return FittedPooling(pooling, weights, components, counts.tally.num_texts)


def _known_tokens(located: Located, used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the words in use each known token is, and where each text's tokens end, from 0 (n + 1,)."""
    places = np.cumsum(used) - 1
    known = used[located.ids]
    before = np.concatenate([[0], np.cumsum(known)])
    return places[located.ids[known]], before[np.concatenate([[0], located.line_ends])]
