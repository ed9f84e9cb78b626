"""Training the linear classifier: the same steps in the same order on any number of threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.draws import epoch_keys
from wordlab.compiled.rows import padded_zeros
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, ResourceError, TrainingError
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_memory
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.validating import Judging, check_judging, judged_by
from wordlab.sentiment.models.history import History
from wordlab.sentiment.models.linear import kernel
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import Features, TextRows, TokenisedTexts, join_blocks
from wordlab.sentiment.models.linear.goals import Goals, find_goals, make_targets
from wordlab.sentiment.models.linear.model import LinearModel
from wordlab.sentiment.models.linear.parts import in_parts
from wordlab.sentiment.models.linear.start import start_from
from wordlab.sentiment.models.settings import check_config
from wordlab.teams import all_or_one
from wordlab.text.tokenizers import Tokenizer

_NUMBERS_TOGETHER = 1 << 25  # of rows that threads go through together: some hundredths of a second


def train_linear(
    texts: Sequence[str],
    labels: Sequence[str] | Sequence[Sequence[str]],
    config: LinearConfig | None = None,
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    validation: Judging = 0.0,
    on_progress: OnProgress | None = None,
) -> LinearModel:
    """A linear classifier that has learnt `labels` from `texts`.

    With the loss ``ova`` each of `labels` may be a list of any number of them: each class then has a
    probability of its own. Words that have `vectors` start from these, whose dimensions then count.
    `tokenizer` defaults to the one that `vectors` record, else "word". Equal data, configs and seeds give
    equal bytes with any number of threads. `validation`, texts and labels or a share to hold out of a first
    training, gives the model a figure of its quality; the model itself learns from all `texts`.

    Raises CorpusError for texts of fewer than two classes, ConfigError for several labels with another loss,
    with class weights or with `validation`, ResourceError where there is too little memory, and TrainingError
    if the loss is not a finite number.
    """
    config = config or LinearConfig()
    check_config(config, LinearConfig, "linear")
    texts = check_texts(texts)
    goals = find_goals(len(texts), labels, config)
    if validation and goals.several:
        raise ConfigError("validation: expected texts of one label each, found several")
    check_judging(validation, goals.classes)
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    tokenised = join_blocks(tokenise(texts, tokenizer, threads=config.threads))
    with ThreadPoolExecutor(1, thread_name_prefix="seen") as aside:  # few dimensions leave a core idle
        seen = aside.submit(SeenTexts.of, texts)
        model = train_tokenised(tokenised, goals, config, tokenizer, vectors, on_progress)
    model.seen, model.tally = seen.result(), Tally()
    counts = tokenised.counts.copy()
    counts[-1] -= len(texts)  # their ends, which are no tokens
    model.tally.add(tokenised.as_block(), model.features.vocabulary, counts=counts)
    model.held_out = judged_by(
        validation, model, texts, labels, seed=config.seed,
        train=lambda kept, of_kept: train_linear(
            kept, of_kept, config, vectors=vectors, tokenizer=tokenizer, on_progress=on_progress
        ),
    )  # fmt: skip
    return model


def train_tokenised(
    tokenised: TokenisedTexts,
    goals: Goals,
    config: LinearConfig,
    tokenizer: Tokenizer,
    vectors: WordVectors | None,
    on_progress: OnProgress | None,
) -> LinearModel:
    """The same from texts that `tokenizer` has cut, without a record of which they were."""
    features, rows = Features.learn(tokenised, config)
    dim = config.dim if vectors is None else vectors.dim
    num_outputs = len(goals.classes) - (config.loss == "hierarchical")
    _check_memory(features.num_rows, dim)
    weights = kernel.Weights(padded_zeros(features.num_rows, dim), padded_zeros(num_outputs, dim))
    _draw_rows(features, config, dim, weights.inputs)
    if vectors is not None:
        start_from(vectors, features, weights.inputs)
    counts = goals.counts
    by_count = np.argsort(-counts, kind="stable")
    history = _train(rows, goals, make_targets(config, counts, by_count), weights, config, on_progress)
    return LinearModel(
        config, tokenizer, goals.classes, features, weights.inputs[:, :dim], weights.outputs[:, :dim],
        history=history, class_counts=counts, by_count=by_count, several=goals.several,
    )  # fmt: skip


def _check_memory(num_rows: int, dim: int) -> None:
    needed, left = 4 * num_rows * dim, available_memory()
    if left is not None and needed > left:
        raise ResourceError(
            f"memory: expected {needed / 1e9:.1f} GB for {num_rows:,} vectors of {dim} dimensions, "
            f"found {left / 1e9:.1f} GB; fewer dimensions or buckets need less"
        )


def _draw_rows(features: Features, config: LinearConfig, dim: int, inputs: np.ndarray) -> None:
    """Fill the rows with the first vectors that fastText gives them, U(-1/dim, 1/dim)."""
    num_words = len(features.vocabulary)
    numbers = np.concatenate([np.arange(num_words), num_words + features.buckets.astype(np.int64)])
    key = epoch_keys(config.seed, 1)[0]
    in_parts(len(numbers), config.threads, lambda *part: kernel.draw_rows(*part, numbers, dim, key, inputs))


def _train(
    rows: TextRows,
    goals: Goals,
    outputs: kernel.Targets,
    weights: kernel.Weights,
    config: LinearConfig,
    on_progress: OnProgress | None,
) -> History:
    """Train `weights` for all epochs; TrainingError if the loss is not a finite number."""
    examples = kernel.Examples(rows.rows, rows.offsets, goals.places, goals.bounds)
    lengths = np.diff(rows.offsets)
    num_texts = len(lengths)
    total, num_done, history = config.epochs * max(1, len(rows.rows)), 0, History()
    reporter = Reporter(on_progress, "train classifier", "texts", config.epochs * num_texts)
    with _trainer(examples, outputs, weights, config.threads) as train_piece:
        for epoch in range(config.epochs):
            started, loss, right = time.perf_counter(), 0.0, 0.0
            order = np.random.default_rng((config.seed, epoch)).permutation(num_texts)
            for first, piece in _pieces(order, lengths, weights.inputs.shape[1]):
                rate = config.learning_rate * (1 - num_done / total)
                found = train_piece(piece, rate, config.learning_rate / total)
                loss, right = loss + found[0], right + found[1]
                num_done += int(lengths[piece].sum())
                reporter.update(epoch * len(order) + first + len(piece), epoch=epoch + 1)
            if not np.isfinite(loss):
                raise TrainingError(
                    f"the loss is not a finite number in epoch {epoch + 1}; "
                    f"a learning rate smaller than {config.learning_rate:g} may help"
                )
            history.losses.append(loss / len(order))
            history.accuracies.append(right / len(order))
            history.seconds.append(time.perf_counter() - started)
        reporter.report(config.epochs * num_texts, epoch=config.epochs)
    return history


def _pieces(order: np.ndarray, lengths: np.ndarray, dim: int) -> Iterator[tuple[int, np.ndarray]]:
    """The texts in `order`, some at a time, each with its place in the order."""
    ends = np.cumsum(lengths[order] * dim)
    bounds = np.searchsorted(ends, np.arange(_NUMBERS_TOGETHER, ends[-1] + 1, _NUMBERS_TOGETHER), "left") + 1
    edges = np.unique(np.concatenate([[0], np.minimum(bounds, len(order)), [len(order)]]))
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        yield first, order[first:stop]


@contextmanager
def _trainer(
    examples: kernel.Examples, targets: kernel.Targets, weights: kernel.Weights, threads: int
) -> Iterator[Callable[[np.ndarray, float, float], tuple[float, float]]]:
    """Trains on a piece, given its first step size and by how much this falls.

    Returns the sum of the losses and the number of texts found right.
    """
    dim = weights.inputs.shape[1]
    longest = len(weights.outputs)
    if targets.kind == kernel.TREE:
        longest = int(np.diff(targets.offsets).max())
    largest = min(threads, kernel.num_groups(dim))
    room = kernel.empty_room(dim, longest, largest)
    with all_or_one(largest) as team:

        def train_piece(piece: np.ndarray, rate: float, slope: float) -> tuple[float, float]:
            room.result[:] = 0
            barrier = new_barrier()

            def work(thread: int, size: int) -> None:
                kernel.train_texts(
                    thread, size, barrier, piece, examples, targets, weights, np.float32(rate),
                    np.float32(slope), room,
                )  # fmt: skip

            team.run(work, len(piece))
            loss, right = room.result.tolist()
            return loss, right

        yield train_piece
