"""Train word vectors: pieces of the corpus are handed to threads that run the compiled kernel."""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from wordlab import artifact
from wordlab.embeddings import WordVectors
from wordlab.errors import TrainingError
from wordlab.progress import REPORT_INTERVAL, OnProgress
from wordlab.text import Corpus
from wordlab.training.checkpoints import Checkpoint
from wordlab.training.engines.threads import Trainer
from wordlab.training.history import History, describe_corpus, resolved_config
from wordlab.training.ledger import PIECE, Ledger, Piece
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.weights import (
    check_corpus,
    check_start,
    continued_weights,
    fresh_weights,
)

_PROBE = 32  # one piece of so many goes to a team that was slower before


def train(
    corpus: Corpus,
    config: Word2VecConfig | None = None,
    *,
    start: WordVectors | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: float = 300.0,
    resume: bool = False,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """Word vectors learnt from `corpus`, one row for each word of its vocabulary.

    `details` of the result holds the config and, for each epoch, the mean loss of all pairs: for
    skip-gram a pair is a word and one word of its window, for CBOW a word and its whole window;
    its loss is that of the word and of the noise words together, in nats. `runs` lists the same,
    and what the corpus was, for this and for each earlier run of training.

    Equal corpora, configs and seeds give equal bytes, with any number of threads, unless
    ``config.deterministic`` is false: then threads race and runs differ a little.

    The state is saved in the directory `checkpoint`, if one is named, every `checkpoint_every` seconds
    and on Ctrl-C; with `resume`, training goes on from there if there is a state. Unless it races, it
    ends with the same bytes as without the interruption. The directory is left to the caller.

    Training goes on from `start`, if given, which is left as it is; `config` then defaults to that
    of its latest run. The learning rate begins anew; the random draws go on where they ended, so
    that with a constant rate two runs of two epochs equal one run of four.

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
    TrainingError if the loss explodes or is no longer a finite number; OutputExistsError for a
    checkpoint that is there if it is not to be resumed, ConfigError or ArtifactError if it is that of
    another run or damaged.
    """
    config = resolved_config(config, start)
    check_corpus(corpus, config)
    if checkpoint is not None:
        artifact.check_output(checkpoint, overwrite=resume)
    history, facts = History.of(start), describe_corpus(corpus)
    if start is None:
        weights = fresh_weights(corpus, config)
    else:
        check_start(start, corpus, config)
        counted = history.includes(facts["fingerprint"])
        weights = continued_weights(corpus, config, start, num_runs=len(history.runs), counted=counted)
    trainer = Trainer(corpus, config, weights, history.num_epochs)
    trainer.compile(on_progress)
    ledger = Ledger(corpus.num_tokens, config, on_progress)
    saved = None
    if checkpoint is not None:
        origin = {"corpus": facts["fingerprint"], "start": None if start is None else start.digest}
        saved = Checkpoint(checkpoint, checkpoint_every, config, origin, weights, ledger)
        if resume:
            saved.restore()
    _run_epochs(trainer, ledger, config, saved)
    losses = ledger.final_losses()
    matrix, outputs = weights.taken_out(config)
    return WordVectors(
        weights.vocabulary,
        matrix,
        outputs=outputs,
        tokenizer=corpus.tokenizer,
        details=history.details(start, config, losses, facts),
    )


def _run_epochs(
    trainer: Trainer, ledger: Ledger, config: Word2VecConfig, checkpoint: Checkpoint | None
) -> None:
    """Train until the ledger has all tokens of all epochs."""
    with ThreadPoolExecutor(config.threads, thread_name_prefix="word2vec") as pool:
        try:
            while not ledger.done:
                _train_for_a_while(trainer, ledger, config, checkpoint, pool)
                if checkpoint is not None and not ledger.done:
                    checkpoint.save()
        except KeyboardInterrupt:
            if checkpoint is not None:
                checkpoint.save()
            raise
        except TrainingError as error:
            if checkpoint is None or not checkpoint.directory.exists():
                raise
            raise TrainingError(f"{error}; the last good state is in {checkpoint.directory}") from error


def _fastest(teams: list[Callable[[Piece], tuple[float, int]]]) -> Callable[[Piece], tuple[float, int]]:
    """A function that lets the faster of the teams train on a piece, and another one now and then.

    Threads that wait for each other are slower than one where other programs take their cores; and
    since all teams give the same bytes, which one trains may hang on the clock.
    """
    # Tokens a second: the best of a few pieces, as a single one may be slow by chance.
    rates: list[deque[float]] = [deque(maxlen=4) for _ in teams]
    turns = itertools.count(1)

    def train_piece(piece: Piece) -> tuple[float, int]:
        best = max(range(len(teams)), key=lambda team: max(rates[team], default=math.inf))
        chosen = best if next(turns) % _PROBE else (best + 1) % len(teams)
        begun = time.perf_counter()
        result = teams[chosen](piece)
        rates[chosen].append(piece.num_tokens / (time.perf_counter() - begun))
        return result

    return train_piece


def _train_for_a_while(
    trainer: Trainer,
    ledger: Ledger,
    config: Word2VecConfig,
    checkpoint: Checkpoint | None,
    pool: ThreadPoolExecutor,
) -> None:
    """Train to the end, or until a checkpoint is due; then no thread is at work any more."""
    pieces = ledger.pieces_to_do(spans=PIECE if config.deterministic else 1)
    lock, stopping = threading.Lock(), threading.Event()

    def work(train_piece: Callable[[Piece], tuple[float, int]]) -> None:
        while not stopping.is_set():
            with lock:
                piece = next(pieces, None)
            if piece is None:
                return
            ledger.add(piece, *train_piece(piece))

    # Either all threads go through a piece together, in rounds; or each takes pieces of its own.
    if config.deterministic:
        teams = [_fastest([trainer.team(size, pool) for size in sorted({1, config.threads}, reverse=True)])]
    else:
        teams = [trainer.team(1) for _ in range(config.threads)]
    running: set[Future[None]] = {pool.submit(work, team) for team in teams}
    try:
        while running:
            done, running = wait(running, timeout=REPORT_INTERVAL, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()  # raises what the thread raised
            ledger.report()
            trainer.corpus.release_pages()
            if checkpoint is not None and checkpoint.due:
                stopping.set()
    finally:
        stopping.set()  # on an error or Ctrl-C each thread ends with the piece it is in
        wait(running)
