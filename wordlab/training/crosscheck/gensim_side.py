"""gensim's part of the crosscheck: the only place that trains with gensim."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.interop.gensim_options import to_options
from wordlab.text import Corpus
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas, scipy_blas
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.gensim_draws import BATCH_WORDS
from wordlab.training.crosscheck.replay import SequentialConfig
from wordlab.training.objectives.word2vec.config import Word2VecConfig


@dataclass(frozen=True)
class TrainedMatrices:
    """gensim's words and matrices: syn0 and syn1neg or syn1."""

    words: list[str]
    inputs: np.ndarray
    outputs: np.ndarray


def train_matrices(
    text: Excerpt, config: SequentialConfig, on_epoch: Callable[[], None] | None = None
) -> TrainedMatrices:
    """Train with one worker, which makes gensim deterministic."""
    from gensim.models import Word2Vec
    from gensim.models.callbacks import CallbackAny2Vec

    class Epochs(CallbackAny2Vec):
        def on_epoch_end(self, model: Any) -> None:
            if on_epoch is not None:
                on_epoch()

    options = to_options(config.to_dict())
    model = Word2Vec(
        text.lines, min_count=1, workers=1, batch_words=BATCH_WORDS, callbacks=[Epochs()], **options
    )
    outputs = model.syn1 if config.hierarchical else model.syn1neg
    return TrainedMatrices(model.wv.index_to_key, model.wv.vectors, outputs)


def train_vectors(corpus: Corpus, config: Word2VecConfig) -> WordVectors:
    """Train on all lines with as many workers as `config` has threads, as users of gensim do."""
    from gensim.models import Word2Vec

    with quiet_gensim():
        options = to_options(config.to_dict())
        model = Word2Vec(list(corpus.lines()), min_count=1, workers=config.threads, **options)
    return WordVectors.from_gensim(model)


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
