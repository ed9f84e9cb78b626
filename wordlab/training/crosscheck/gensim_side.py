"""gensim's part of the crosscheck: the only place that trains with gensim."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.interop.gensim_options import to_options, to_subword_options
from wordlab.errors import ConfigError, ResourceError
from wordlab.resources import available_memory
from wordlab.text import Corpus
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas, scipy_blas
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.gensim_draws import BATCH_WORDS
from wordlab.training.crosscheck.replay import SequentialConfig
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import Word2VecConfig

_NO_BUCKETS = np.empty(0, np.uint32)


@dataclass(frozen=True)
class TrainedMatrices:
    """gensim's words and matrices: syn0 and syn1neg or syn1.

    With subwords `inputs` are the words' own vectors (vectors_vocab) and below them those of the `buckets`
    that occur (rows of vectors_ngrams).
    """

    words: list[str]
    buckets: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray


def check_subwords(config: SubwordConfig) -> None:
    """Raise ConfigError for hashes, and ResourceError if gensim's rows for all buckets do not fit.

    It has them whether they occur or not; where rows are drawn for both sides, there are two such matrices.
    """
    if config.hashes:
        raise ConfigError(f"hashes: expected 0, as gensim hashes like fastText, found {config.hashes}")
    num_buckets = config.ngrams["num_buckets"]
    needed, available = 2 * 4 * num_buckets * config.dim, available_memory()
    if available is not None and needed > available:
        raise ResourceError(
            f"buckets: expected {needed / 1e6:,.0f} MB of memory for {num_buckets} as gensim holds them, "
            f"found {available / 1e6:,.0f} MB available; fewer or a smaller dim would do"
        )


def train_matrices(
    text: Excerpt, config: SequentialConfig, on_epoch: Callable[[], None] | None = None
) -> TrainedMatrices:
    """Train with one worker, which makes gensim deterministic."""
    model = _train(text.lines, config, 1, batch_words=BATCH_WORDS, after_epoch=on_epoch)
    words, inputs, buckets = model.wv.index_to_key, model.wv.vectors, _NO_BUCKETS
    if isinstance(config, SubwordConfig):
        buckets = np.unique(np.concatenate(model.wv.buckets_word))
        inputs = np.concatenate([model.wv.vectors_vocab, model.wv.vectors_ngrams[buckets]])
    return TrainedMatrices(words, buckets, inputs, _outputs(model))


def train_vectors(
    corpus: Corpus, config: Word2VecConfig, *, before_last: Callable[[WordVectors], None] | None = None
) -> WordVectors:
    """Train on all lines with as many workers as `config` has threads, as users of gensim do.

    `before_last` receives the vectors as they are before the last epoch.
    """

    def at_epoch(model: Any, epoch: int) -> None:
        if before_last is not None and epoch == config.epochs - 1:
            before_last(_vectors(model, config))

    with quiet_gensim():
        model = _train(list(corpus.lines()), config, config.threads, before_epoch=at_epoch)
        return _vectors(model, config)


def _train(
    lines: Sequence[Sequence[str]],
    config: Word2VecConfig,
    workers: int,
    *,
    before_epoch: Callable[[Any, int], None] | None = None,
    after_epoch: Callable[[], None] | None = None,
    **options: Any,
) -> Any:
    """gensim's Word2Vec, or with subwords its FastText, trained as `config` says."""
    from gensim.models import FastText, Word2Vec
    from gensim.models.callbacks import CallbackAny2Vec

    class Epochs(CallbackAny2Vec):
        epoch = 0

        def on_epoch_begin(self, model: Any) -> None:
            if before_epoch is not None:
                before_epoch(model, self.epoch)

        def on_epoch_end(self, model: Any) -> None:
            self.epoch += 1
            if after_epoch is not None:
                after_epoch()

    kind, plain = Word2Vec, config.to_dict()
    options |= to_options(plain)
    if isinstance(config, SubwordConfig):
        kind = FastText
        options |= to_subword_options(plain)
    return kind(lines, min_count=1, workers=workers, callbacks=[Epochs()], **options)


def _vectors(model: Any, config: Word2VecConfig) -> WordVectors:
    """A copy of the words' vectors and of the outputs.

    In FastText's skip-gram the vectors are those that training multiplies, sums of k n-grams and a word
    over k, where gensim's queries have k + 1; their directions are the same.
    """
    if not isinstance(config, SubwordConfig):
        return WordVectors.from_gensim(model)
    model.wv.adjust_vectors()
    words = WordVectors.from_gensim(model.wv)
    matrix = words.matrix
    if not config.cbow:
        sizes = np.array([len(buckets) for buckets in model.wv.buckets_word])  # in the order of the words
        matrix = matrix * ((sizes + 1) / np.maximum(sizes, 1)).astype(np.float32)[:, None]
    outputs = np.array(_outputs(model)[: config.num_outputs(len(words))])
    return WordVectors(words.vocabulary, matrix, outputs=outputs, details={"config": config.to_dict()})


def _outputs(model: Any) -> np.ndarray:
    return np.asarray(model.syn1 if model.hs else model.syn1neg)


def gensims_blas() -> Blas:
    """The routines that gensim multiplies with, and how it reads their results."""
    from gensim.models.word2vec_inner import FAST_VERSION

    if FAST_VERSION not in (0, 1):  # it found no BLAS and has loops of its own
        return OWN_LOOPS
    return scipy_blas(reads_double=FAST_VERSION == 0)


@contextmanager
def quiet_gensim() -> Iterator[None]:
    """Without gensim's warnings about texts too small for its taste."""
    logger = logging.getLogger("gensim")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
