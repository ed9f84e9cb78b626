"""The same training by gensim and by wordlab, compared: equal to the last digit where that is possible.

gensim with one worker is deterministic, its FastText as its Word2Vec. `exact` lets it train, replays its
draws on our sequential path (replay.py) and compares all vectors, for every combination of model, loss,
windows and subsampling. Over whole epochs our path multiplies with the BLAS that gensim uses and rounds
alike; on a single sentence it must agree with its own arithmetic, too.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from wordlab.embeddings.ngrams import LINE_END
from wordlab.errors import ConfigError, CorpusError
from wordlab.progress import OnProgress, Reporter
from wordlab.text import Corpus
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.gensim_side import (
    TrainedMatrices,
    check_subwords,
    gensims_blas,
    quiet_gensim,
    train_matrices,
)
from wordlab.training.crosscheck.replay import (
    Replayed,
    SequentialConfig,
    SequentialSubwordConfig,
    replay,
)
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import LOSSES

MATRIX_BOUND = 2e-4
"""Largest relative Frobenius error of a matrix after whole epochs."""
COSINE_BOUND = 0.99999
"""Smallest cosine between a row of ours and gensim's."""
SENTENCE_BOUND = 1e-6
"""Largest absolute difference of any number after one sentence."""


@dataclass(frozen=True)
class ExactResult:
    """How far wordlab's vectors are from gensim's after the same training.

    Errors are relative Frobenius norms, ||ours - gensim's|| / ||gensim's||, in float64; cosines are
    the smallest of all rows. `sentence_error` is the largest absolute difference in either matrix
    after training on one sentence with our own arithmetic.
    """

    config: SequentialConfig
    num_tokens: int
    input_error: float
    output_error: float
    input_cosine: float
    output_cosine: float
    sentence_error: float
    gensim_seconds: float
    wordlab_seconds: float

    @property
    def name(self) -> str:
        """The combination in words."""
        config = self.config
        parts = [config.model, config.loss]
        if isinstance(config, SubwordConfig):
            parts.append("subwords")
        if config.cbow:
            parts.append("mean" if config.cbow_mean else "sum")
        parts.append("shrunken windows" if config.shrink_windows else "full windows")
        parts.append("subsampling" if config.subsample else "all words")
        return ", ".join(parts)

    @property
    def passed(self) -> bool:
        """Whether all differences are within their bounds; one that is not a number is not."""
        return (
            self.input_error <= MATRIX_BOUND  # one by one: max() and min() can lose a NaN
            and self.output_error <= MATRIX_BOUND
            and self.input_cosine > COSINE_BOUND
            and self.output_cosine > COSINE_BOUND
            and self.sentence_error <= SENTENCE_BOUND
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        facts = {**dataclasses.asdict(self), "config": self.config.to_dict()}
        return {**facts, "name": self.name, "passed": self.passed}


def exact(
    corpus: Corpus,
    *,
    subwords: bool = False,
    max_tokens: int = 2_000_000,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> tuple[ExactResult, ...]:
    """Train on `corpus` with gensim and with wordlab in all combinations, and compare the vectors.

    The combinations: skip-gram, CBOW with the mean and CBOW with the sum; negative sampling and
    hierarchical softmax; windows shrunken at random or not; with the threshold of subsampling or 0. Only
    the first lines are read, `max_tokens` at most, and lines longer than 10,000 words are cut into
    several, of which gensim would lose all but the first.

    With `subwords` it is gensim's FastText that is compared. `options` are fields of a Word2VecConfig or a
    SubwordConfig; `dim` is 50 and `epochs` 2 where they are not given.

    Raises ConfigError for values out of range and CorpusError if there are not two different words, or if
    there is one that gensim and fastText take apart differently; ResourceError if memory cannot hold all
    buckets, as gensim does.
    """
    kind = SequentialSubwordConfig if subwords else SequentialConfig
    base = kind(**{"dim": 50, "epochs": 2, **options})
    _check_options(base, max_tokens)
    text = Excerpt.of(corpus, max_tokens)
    _check_subwords(text, base)
    configs = _combinations(base)
    meter = _Meter(2 * base.epochs * len(text.token_ids) * len(configs), on_progress)
    sentence = text.sentence()
    results = []
    with quiet_gensim():
        blas = gensims_blas()
        for config in configs:
            results.append(_compare(text, sentence, config, blas, meter))
    meter.finish()
    return tuple(results)


def _check_options(config: SequentialConfig, max_tokens: int) -> None:
    if not config.subsample:
        raise ConfigError("subsample: expected more than 0, as none is tried in any case, found 0")
    if config.seed >= 2**32:
        raise ConfigError(
            f"seed: expected at most {2**32 - 1}, as numpy's RandomState takes, found {config.seed}"
        )
    if max_tokens < 2:
        raise ConfigError(f"max_tokens: expected 2 or more, found {max_tokens}")


def _check_subwords(text: Excerpt, config: SequentialConfig) -> None:
    """As `check_subwords`, and CorpusError for a word that gensim takes apart and fastText does not."""
    if isinstance(config, SubwordConfig):
        check_subwords(config)
        if LINE_END in text.corpus.vocabulary:
            raise CorpusError(
                f"expected no word {LINE_END}, which gensim takes apart and fastText does not, found it"
            )


def _combinations(base: SequentialConfig) -> list[SequentialConfig]:
    models = (("skipgram", True), ("cbow", True), ("cbow", False))
    return [
        dataclasses.replace(
            base, model=model, cbow_mean=mean, loss=loss, shrink_windows=shrink, subsample=subsample
        )
        for (model, mean), loss, shrink, subsample in product(
            models, LOSSES, (True, False), (base.subsample, 0.0)
        )
    ]


def _compare(
    text: Excerpt, sentence: Excerpt, config: SequentialConfig, blas: Blas, meter: _Meter
) -> ExactResult:
    started = time.perf_counter()
    theirs = train_matrices(text, config, on_epoch=lambda: meter.add(len(text.token_ids)))
    trained = time.perf_counter()
    ours = _replayed(text, config, blas, meter.add)
    replayed = time.perf_counter()
    inputs, outputs = _aligned(text, ours, theirs, config)
    return ExactResult(
        config=config,
        num_tokens=len(text.token_ids),
        input_error=_relative_error(inputs, theirs.inputs),
        output_error=_relative_error(outputs, theirs.outputs),
        input_cosine=_smallest_cosine(inputs, theirs.inputs),
        output_cosine=_smallest_cosine(outputs, theirs.outputs),
        sentence_error=_sentence_error(sentence, config),
        gensim_seconds=trained - started,
        wordlab_seconds=replayed - trained,
    )


def _sentence_error(sentence: Excerpt, config: SequentialConfig) -> float:
    """The largest difference after one epoch of one sentence, with our own arithmetic."""
    # A threshold at which single words stay and repeated ones are in danger.
    subsample = 1 / len(sentence.token_ids) if config.subsample else 0.0
    config = dataclasses.replace(config, subsample=subsample, epochs=1)
    theirs = train_matrices(sentence, config)
    ours = _replayed(sentence, config, OWN_LOOPS)
    inputs, outputs = _aligned(sentence, ours, theirs, config)
    return float(max(np.abs(inputs - theirs.inputs).max(), np.abs(outputs - theirs.outputs).max()))


def _replayed(
    text: Excerpt, config: SequentialConfig, blas: Blas, on_batch: Callable[[int], None] | None = None
) -> Replayed:
    words = text.corpus.vocabulary.words
    return replay(text.token_ids, text.line_offsets, config, words=words, blas=blas, on_batch=on_batch)


def _aligned(
    text: Excerpt, ours: Replayed, theirs: TrainedMatrices, config: SequentialConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Our matrices with their rows in the order of gensim's words.

    Rows of a tree's inner nodes are numbered by its merges alone and stay as they are, and so do those of
    buckets, which follow the words' in ascending order on both sides.
    """
    if not np.array_equal(ours.buckets, theirs.buckets):
        raise RuntimeError("gensim hashes n-grams in another way than embeddings.ngrams")
    num_words = len(ours.order)
    rows = np.full(len(text.corpus.vocabulary), -1)
    rows[ours.order] = np.arange(num_words)
    order = rows[text.corpus.vocabulary.ids(theirs.words)]
    inputs = np.concatenate([ours.inputs[order], ours.inputs[num_words:]])
    return inputs, ours.outputs if config.hierarchical else ours.outputs[order]


def _relative_error(ours: np.ndarray, theirs: np.ndarray) -> float:
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    size = np.linalg.norm(theirs)
    return float(np.linalg.norm(ours - theirs) / (size if size else 1.0))


def _smallest_cosine(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The smallest cosine between rows; 1 where both are zero, 0 where only one is."""
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = np.einsum("rd,rd->r", ours, theirs) / np.where(lengths == 0, 1.0, lengths)
    cosines[~ours.any(axis=1) & ~theirs.any(axis=1)] = 1.0
    return float(cosines.min())


class _Meter:
    """Counts the words that either side has trained on, and reports them."""

    def __init__(self, total: int, on_progress: OnProgress | None) -> None:
        self._reporter = Reporter(on_progress, "crosscheck", "words", total)
        self._total, self._done = total, 0

    def add(self, num_tokens: int) -> None:
        self._done += num_tokens
        if self._done < self._total:
            self._reporter.update(self._done)

    def finish(self) -> None:
        self._reporter.report(self._total)
