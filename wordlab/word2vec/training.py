"""Train word vectors: spans of the corpus are handed to threads that run the compiled kernel."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.errors import CorpusError, TrainingError
from wordlab.progress import OnProgress, Progress
from wordlab.text import Corpus, keep_probabilities
from wordlab.word2vec.config import Word2VecConfig
from wordlab.word2vec.kernels import compile_kernel
from wordlab.word2vec.lanes import LANES
from wordlab.word2vec.sampling import PATH_GROUP, noise_targets, path_targets

SPAN = 8_192  # tokens a thread takes at a time: about a millisecond of work
REPORT_INTERVAL = 0.1  # seconds


@dataclass(frozen=True)
class Span:
    """Tokens [first, stop) of the corpus in one epoch."""

    epoch: int
    first: int
    stop: int


def train(
    corpus: Corpus, config: Word2VecConfig | None = None, *, on_progress: OnProgress | None = None
) -> WordVectors:
    """Word vectors learnt from `corpus`, one row for each word of its vocabulary.

    `details` of the result holds the config and, for each epoch, the mean loss of all pairs: for
    skip-gram a pair is a word and one word of its window, for CBOW a word and its whole window;
    its loss is that of the word and of the noise words together, in nats.

    With one thread, equal corpora, configs and seeds give equal bytes. More threads update the
    same vectors without locks (Hogwild, Niu et al. 2011), so that runs differ a little.

    Raises CorpusError if the corpus is too small to train on, TrainingError if the loss is no
    longer a finite number.
    """
    config = config or Word2VecConfig()
    _check_corpus(corpus, config)
    inputs = _initial_vectors(len(corpus.vocabulary), config)
    # The rows of the outputs are words, or the inner nodes of their Huffman tree.
    num_outputs = len(inputs) if config.loss == "negative" else max(1, len(inputs) - 1)
    outputs = _padded_zeros(num_outputs, inputs.shape[1])
    losses = _run_epochs(corpus, config, inputs, outputs, on_progress)
    details = {"config": config.to_dict(), "losses": losses}
    matrix = np.ascontiguousarray(inputs[:, : config.dim])
    return WordVectors(corpus.vocabulary, matrix, tokenizer=corpus.tokenizer, details=details)


def _check_corpus(corpus: Corpus, config: Word2VecConfig) -> None:
    if corpus.num_tokens <= config.window:
        raise CorpusError(
            f"expected a corpus longer than a window of {config.window} words, "
            f"found {corpus.num_tokens} tokens"
        )
    if np.diff(corpus.line_offsets).max() < 2:
        raise CorpusError("expected a line of two words or more, found single words only: nothing to predict")


def _padded_zeros(num_words: int, dim: int) -> np.ndarray:
    """Zeros (num_words, dim), each row at the start of a cache line; dim is a multiple of LANES."""
    memory = np.zeros(num_words * dim + LANES, dtype=np.float32)
    start = (-memory.ctypes.data // memory.itemsize) % LANES
    return memory[start : start + num_words * dim].reshape(num_words, dim)


def _initial_vectors(num_words: int, config: Word2VecConfig) -> np.ndarray:
    """Uniform in [-1 / dim, 1 / dim), as in gensim; the padding beyond config.dim is zero and stays so."""
    vectors = _padded_zeros(num_words, -(-config.dim // LANES) * LANES)
    generator = np.random.Generator(np.random.PCG64(config.seed))
    for start in range(0, num_words, 4_096):
        block = vectors[start : start + 4_096, : config.dim]
        block[...] = (2 * generator.random(block.shape, dtype=np.float32) - 1) / config.dim
    return vectors


def _spans(num_tokens: int, epochs: int) -> Iterator[Span]:
    for epoch in range(epochs):
        for first in range(0, num_tokens, SPAN):
            yield Span(epoch, first, min(first + SPAN, num_tokens))


def _span_trainer(
    corpus: Corpus, config: Word2VecConfig, inputs: np.ndarray, outputs: np.ndarray
) -> Callable[[Span], tuple[float, int]]:
    """A function that trains on one span and returns (sum of losses, number of pairs)."""
    hierarchical = config.loss == "hierarchical"
    kernel = compile_kernel(
        dim=inputs.shape[1],
        num_targets=PATH_GROUP if hierarchical else 1 + config.negative,
        cbow=config.model == "cbow",
        mean=config.cbow_mean,
        shrink=config.shrink_windows,
        hierarchical=hierarchical,
    )
    counts = corpus.vocabulary.counts
    targets = path_targets(counts) if hierarchical else noise_targets(counts, config.ns_exponent)
    keep = keep_probabilities(counts, config.subsample, form=config.subsample_form).astype(np.float32)
    epoch_keys = np.random.SeedSequence(config.seed).generate_state(config.epochs, np.uint64)
    total = corpus.num_tokens * config.epochs

    def learning_rate(epoch: int, position: int) -> np.float32:
        return np.float32(config.learning_rate_at((epoch * corpus.num_tokens + position) / total))

    def train_span(span: Span) -> tuple[float, int]:
        loss, num_pairs = kernel(
            corpus.token_ids,
            corpus.line_offsets,
            span.first,
            span.stop,
            keep,
            *targets,
            config.window,
            learning_rate(span.epoch, span.first),
            learning_rate(span.epoch, span.stop),
            epoch_keys[span.epoch],
            inputs,
            outputs,
        )
        return loss, num_pairs

    return train_span


def _run_epochs(
    corpus: Corpus,
    config: Word2VecConfig,
    inputs: np.ndarray,
    outputs: np.ndarray,
    on_progress: OnProgress | None,
) -> list[float]:
    """Train for all epochs and return the mean loss of each, float64."""
    train_span = _span_trainer(corpus, config, inputs, outputs)
    ledger = _Ledger(corpus.num_tokens, config, on_progress)
    spans = _spans(corpus.num_tokens, config.epochs)
    lock, stopping = threading.Lock(), threading.Event()

    def work() -> None:
        while not stopping.is_set():
            with lock:
                span = next(spans, None)
            if span is None:
                return
            ledger.add(span, *train_span(span))

    with ThreadPoolExecutor(config.threads, thread_name_prefix="word2vec") as pool:
        running: set[Future[None]] = {pool.submit(work) for _ in range(config.threads)}
        try:
            while running:
                done, running = wait(running, timeout=REPORT_INTERVAL, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()  # raises what the thread raised
                ledger.report()
        finally:
            stopping.set()  # on an error or Ctrl-C each thread ends with the span it is in
    if not ledger.num_pairs.all():
        raise CorpusError(
            f"expected words to train on in each epoch, found none in epoch {ledger.num_pairs.argmin() + 1}: "
            f"subsample {config.subsample} drops nearly all of {corpus.num_tokens} tokens; 0 keeps all"
        )
    return ledger.mean_losses


class _Ledger:
    """Adds up losses and tokens as threads report them, and tells the listener."""

    def __init__(self, num_tokens: int, config: Word2VecConfig, on_progress: OnProgress | None) -> None:
        self._total = num_tokens * config.epochs
        self._config = config
        self._on_progress = on_progress
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._tokens_done = 0
        self._losses = np.zeros(config.epochs)
        self.num_pairs = np.zeros(config.epochs, dtype=np.int64)

    def add(self, span: Span, loss: float, num_pairs: int) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is not a finite number in epoch {span.epoch + 1}; "
                f"expected a learning_rate smaller than {self._config.learning_rate}"
            )
        with self._lock:
            self._tokens_done += span.stop - span.first
            self._losses[span.epoch] += loss
            self.num_pairs[span.epoch] += num_pairs

    @property
    def mean_losses(self) -> list[float]:
        """The mean loss of each epoch so far; 0 where there was no pair yet."""
        return [float(loss) for loss in self._losses / np.maximum(self.num_pairs, 1)]

    def report(self) -> None:
        if self._on_progress is None:
            return
        with self._lock:
            done = self._tokens_done
            epoch = max(0, int(np.count_nonzero(self.num_pairs)) - 1)  # the last one with a loss to show
            metrics = {
                "epoch": epoch + 1,
                "loss": self.mean_losses[epoch],
                "learning_rate": self._config.learning_rate_at(done / self._total),
            }
        elapsed = time.perf_counter() - self._started
        self._on_progress(Progress("train", done, self._total, "words", elapsed, metrics))
