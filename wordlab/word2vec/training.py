"""Train word vectors: spans of the corpus are handed to threads that run the compiled kernel."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.progress import REPORT_INTERVAL, OnProgress
from wordlab.text import Corpus, keep_probabilities
from wordlab.word2vec.config import Word2VecConfig
from wordlab.word2vec.history import History, describe_corpus, resolved_config
from wordlab.word2vec.kernels import compile_kernel
from wordlab.word2vec.ledger import Ledger, Span, spans_of
from wordlab.word2vec.sampling import PATH_GROUP, epoch_keys, noise_targets, path_targets
from wordlab.word2vec.weights import Weights, check_corpus, check_start, continued_weights, fresh_weights


def train(
    corpus: Corpus,
    config: Word2VecConfig | None = None,
    *,
    start: WordVectors | None = None,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """Word vectors learnt from `corpus`, one row for each word of its vocabulary.

    `details` of the result holds the config and, for each epoch, the mean loss of all pairs: for
    skip-gram a pair is a word and one word of its window, for CBOW a word and its whole window;
    its loss is that of the word and of the noise words together, in nats. `runs` lists the same,
    and what the corpus was, for this and for each earlier run of training.

    With one thread, equal corpora, configs and seeds give equal bytes. More threads update the
    same vectors without locks (Hogwild, Niu et al. 2011), so that runs differ a little.

    Training goes on from `start`, if given, which is left as it is; `config` then defaults to that
    of its latest run. The learning rate begins anew; the random draws go on where they ended, so
    that with one thread and a constant rate two runs of two epochs equal one run of four.

    - The result has the words of both. New ones begin with random input and zero output vectors.
    - Counts are added up, unless `start` was trained on this very corpus before. Subsampling and
      noise words go by the sums (gensim's ``build_vocab(update=True)`` subsamples by the new
      corpus alone).
    - A word of `start` that is not in `corpus` keeps its input vector exactly. Its output vector
      goes on serving as a noise word, in proportion to its count, and moves away from the new
      text; one whose count is not known (0, imported) is never drawn.
    - Under hierarchical softmax the outputs belong to the inner nodes of a tree that follows from the
      counts. Where words or counts give another tree, they begin at zero.
    - Vectors without `outputs` (from a file, or a subset) begin with outputs of zero, as with gensim's
      ``intersect_word2vec_format``: their inputs hardly move until outputs have been learnt.

    Raises CorpusError if the corpus is too small to train on, or was made by another tokenizer than
    the one that `start` records; ConfigError if `dim` or `loss` are not those of `start`;
    TrainingError if the loss is no longer a finite number.
    """
    config = resolved_config(config, start)
    check_corpus(corpus, config)
    history, facts = History.of(start), describe_corpus(corpus)
    if start is None:
        weights = fresh_weights(corpus, config)
    else:
        check_start(start, corpus, config)
        counted = history.includes(facts["fingerprint"])
        weights = continued_weights(corpus, config, start, num_runs=len(history.runs), counted=counted)
    losses = _run_epochs(corpus, config, weights, history.num_epochs, on_progress)
    matrix, outputs = weights.ordered(config)
    return WordVectors(
        weights.vocabulary,
        matrix,
        outputs=outputs,
        tokenizer=corpus.tokenizer,
        details=history.details(start, config, losses, facts),
    )


def span_trainer(
    corpus: Corpus, config: Word2VecConfig, weights: Weights, epochs_before: int
) -> Callable[[Span], tuple[float, int]]:
    """A function that trains on one span and returns (sum of losses, number of pairs).

    `epochs_before` were trained by earlier runs: their draws are not used again.
    """
    hierarchical = config.loss == "hierarchical"
    kernel = compile_kernel(
        dim=weights.inputs.shape[1],
        num_targets=PATH_GROUP if hierarchical else 1 + config.negative,
        cbow=config.model == "cbow",
        mean=config.cbow_mean,
        shrink=config.shrink_windows,
        hierarchical=hierarchical,
    )
    keep = keep_probabilities(weights.counts, config.subsample, form=config.subsample_form)
    keep = keep.astype(np.float32)
    if hierarchical:
        targets = path_targets(weights.vocabulary.counts, weights.places)
    else:
        targets = noise_targets(weights.counts, config.ns_exponent)
    num_epochs = epochs_before + config.epochs
    keys = epoch_keys(config.seed, num_epochs)[epochs_before:]
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
            keys[span.epoch],
            weights.inputs,
            weights.outputs,
        )
        return loss, num_pairs

    return train_span


def _run_epochs(
    corpus: Corpus,
    config: Word2VecConfig,
    weights: Weights,
    epochs_before: int,
    on_progress: OnProgress | None,
) -> list[float]:
    """Train for all epochs and return the mean loss of each, float64."""
    train_span = span_trainer(corpus, config, weights, epochs_before)
    ledger = Ledger(corpus.num_tokens, config, on_progress)
    spans = spans_of(corpus.num_tokens, config.epochs)
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
    return ledger.final_losses()
