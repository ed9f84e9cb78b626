"""Train word vectors: pieces of the corpus go to the workers of an engine, until all epochs are done."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from wordlab import artifact
from wordlab.embeddings import WordVectors
from wordlab.errors import TrainingError
from wordlab.io.urls import PathName
from wordlab.progress import REPORT_INTERVAL, OnProgress
from wordlab.teams import start_threads
from wordlab.text import Corpus
from wordlab.training.checkpoints import Checkpoint
from wordlab.training.cooccurrences import Cooccurrences
from wordlab.training.engines import DEFAULT_ENGINE, make_engine
from wordlab.training.engines.base import Engine, Worker
from wordlab.training.history import History
from wordlab.training.ledger import Ledger, Piece
from wordlab.training.objectives import checked, resolved_config
from wordlab.training.objectives.base import Config, Objective


def train(
    corpus: Corpus | Cooccurrences,
    config: Config | None = None,
    *,
    start: WordVectors | None = None,
    engine: str = DEFAULT_ENGINE,
    checkpoint: PathName | None = None,
    checkpoint_every: float = 300.0,
    resume: bool = False,
    scratch: PathName | None = None,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> WordVectors:
    """Word vectors learnt from `corpus`, one row for each word of its vocabulary.

    `details` of the result holds the config and, for each epoch, the mean loss of all pairs: for
    skip-gram a pair is a word and one word of its window, for CBOW a word and its whole window;
    its loss is that of the word and of the noise words together, in nats. For GloVe, which also takes
    counts for a corpus, it is a word and a context that occur together, and f(x) d^2 / 2. `runs` lists the
    same, and what the corpus was, for this and for each earlier run of training.

    Equal corpora, configs and seeds give equal bytes, with any number of threads, unless
    ``config.deterministic`` is false: then threads race and runs differ a little.

    `engine` does the computing: ``compiled`` threads, ``ray``, the same on the workers of a cluster, or
    ``torch``, on any device, which `details` name, too (`engines.ray.Ray`, `engines.torch.Torch`: `options`).

    The state is saved in the directory `checkpoint`, if one is named, every `checkpoint_every` seconds
    and on Ctrl-C or SystemExit; with `resume`, training continues from that state if there is one. Unless
    it races, it ends with the same bytes as without the interruption. The directory is left to the caller.
    Large temporary files, which GloVe may need, go to the directory `scratch`, or to the system's place;
    counts that are too large for memory are kept in `checkpoint` until there is a state of training.

    Training continues from `start`, if given, which is not changed; `config` then defaults to that of its
    latest run. The learning rate starts afresh; the random draws continue where they ended, so that with
    a constant rate two runs of two epochs equal one run of four. The result has the words of both
    (`continued_weights` of word2vec and `begun_weights` of GloVe have the details).

    Raises CorpusError if the corpus is too small to train on, or was made by another tokenizer than
    the one that `start` records; ConfigError if `dim` or `loss` are not those of `start`, or the engine
    has no such device; TrainingError if the loss explodes or is no longer finite; OutputExistsError for
    an existing checkpoint that is not to be resumed, ConfigError or ArtifactError if it is that of
    another run or damaged.
    """
    kind, config = checked(corpus, resolved_config(config, start), start)
    runner = make_engine(engine, options, config)
    if checkpoint is not None:
        artifact.check_output(checkpoint, overwrite=resume, rewritten=True)
    with kind.source(corpus, config, scratch=scratch, state=checkpoint, on_progress=on_progress) as source:
        history = History.of(start, kind.describe(source))
        objective = kind.begin(source, config, start, history)
        with runner.running(objective, on_progress) as workers:
            ledger = Ledger.of(objective, on_progress)  # compiling is over
            saved = None
            if checkpoint is not None:
                origin = history.origin(start)
                saved = Checkpoint(checkpoint, checkpoint_every, origin, objective, runner, ledger)
            losses = _run_epochs(workers, runner, source, objective, ledger, saved, resume)
        facts = {**objective.facts, **runner.facts}
        return objective.vectors(history.details(start, config.to_dict(), losses, facts))


def _run_epochs(
    workers: list[Worker],
    engine: Engine,
    source: Any,
    objective: Objective,
    ledger: Ledger,
    checkpoint: Checkpoint | None,
    resume: bool,
) -> list[float]:
    """The mean losses, once the ledger has all tokens of all epochs."""
    if checkpoint is not None and resume:
        checkpoint.restore()
    with ThreadPoolExecutor(len(workers), thread_name_prefix="training") as pool:
        start_threads(pool, len(workers))
        try:
            while not ledger.done:
                _run_until_due(workers, engine.spans_per_piece, source, ledger, checkpoint, pool)
                if checkpoint is not None and checkpoint.due and not ledger.done:
                    checkpoint.save()
        except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or what a command makes of SIGTERM
            if checkpoint is not None:
                checkpoint.save()
            raise
        except TrainingError as error:
            if checkpoint is None or not checkpoint.directory.exists():
                raise
            raise TrainingError(f"{error}; the last good state is in {checkpoint.directory}") from error
    losses = ledger.final_losses(objective.why_no_pairs)
    engine.collect()
    return losses


def _run_until_due(
    workers: list[Worker],
    spans: int,
    source: Any,
    ledger: Ledger,
    checkpoint: Checkpoint | None,
    pool: ThreadPoolExecutor,
) -> None:
    """Train until nothing is left to do now, or a checkpoint is due; no thread is at work afterwards."""
    pieces = ledger.pieces_to_do(spans=spans)
    lock, stopping = threading.Lock(), threading.Event()

    def work(train_piece: Worker) -> None:
        while not stopping.is_set():
            with lock:
                piece: Piece | None = next(pieces, None)
            if piece is None:
                return
            ledger.add(piece, *train_piece(piece))

    running: set[Future[None]] = set()
    try:
        for worker in workers:
            running.add(pool.submit(work, worker))
        while running:
            done, running = wait(running, timeout=REPORT_INTERVAL, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()  # raises what the thread raised
            ledger.report()
            source.release_pages()
            if checkpoint is not None and checkpoint.due:
                stopping.set()
    finally:
        stopping.set()  # on an error or Ctrl-C each thread ends with the piece it is in
        wait(running)
