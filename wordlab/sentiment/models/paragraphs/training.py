"""Learning the vectors of n-grams and texts: epochs of periods, on any number of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.draws import epoch_keys
from wordlab.compiled.noise import noise_tables
from wordlab.compiled.rows import padded, padded_zeros, with_spare
from wordlab.compiled.shards import shared_matrix
from wordlab.errors import ResourceError, TrainingError
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores, available_memory
from wordlab.sentiment.models.paragraphs import kernel
from wordlab.sentiment.models.paragraphs.grams import TextGrams
from wordlab.sentiment.models.paragraphs.settings import ParagraphSettings
from wordlab.teams import all_or_one

_BLOCKS = 1_024  # of a span, and one text more
_PIECE = 32  # periods between two looks at the keyboard
_ROWS = 65_536  # filled at a time


@dataclass(frozen=True)
class Learnt:
    """Vectors, float32: `grams` (num_grams, dim) and `texts` (num_texts, dim).

    `losses` are the mean losses of an n-gram with its noise, epoch by epoch.
    """

    grams: np.ndarray
    texts: np.ndarray
    losses: tuple[float, ...]


def learn(
    grams: TextGrams,
    counts: np.ndarray,
    weights: np.ndarray,
    settings: ParagraphSettings,
    *,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> Learnt:
    """The vectors of the n-grams and texts in `grams`.

    `counts` int64 (num_grams,) make the noise, and `weights` float32 (num_grams,) multiply the steps of each
    n-gram. Up to `settings.shards` threads work (`threads` None: as many as there are cores); their number
    does not change a bit.

    Raises ResourceError where there is too little memory, and TrainingError if the loss is not finite.
    """
    num_grams, dim = len(counts), settings.dim
    check_memory(num_grams, len(grams), len(grams.ids), settings)
    blocks_of_texts = -(-np.diff(grams.offsets) // kernel.POSITIVES)
    capacity = _BLOCKS + int(blocks_of_texts.max(initial=0))
    spare = settings.shards * capacity * kernel.TARGETS if settings.shards > 1 else 0
    own = padded_zeros(num_grams, dim, spare=spare)
    texts = padded_zeros(len(grams), dim)
    _fill(texts, dim, np.random.default_rng([settings.seed, 1]))
    rows = shared_matrix(with_spare(own, spare), num_grams, settings.shards, apart=settings.shards > 1)
    accept, alias = noise_tables(counts, settings.ns_exponent)
    drawn = kernel.Grams(
        grams.ids,
        grams.offsets,
        np.arange(len(grams), dtype=np.uint64),
        np.asarray(weights, np.float32),
        accept,
        alias,
    )
    num_threads = min(settings.shards, threads or available_cores())
    train_spans = kernel.compile_spans(padded(dim))
    blocks = kernel.empty_blocks(settings.shards, capacity)
    longest = int(np.diff(grams.offsets).max(initial=0)) + 1
    notes = [kernel.empty_notes(longest, dim, settings.shards) for _ in range(num_threads)]

    def step(
        thread: int, size: int, barrier: np.ndarray, order: np.ndarray, starts: np.ndarray, rates: np.ndarray,
        key: np.uint64,
    ) -> tuple[float, int]:  # fmt: skip
        loss, num_trained = train_spans(
            kernel.Team(thread, size, barrier), order, starts, rates, drawn, key,
            np.float32(settings.negative), texts, rows, blocks, notes[thread],
        )  # fmt: skip
        return loss, num_trained

    losses = _run(step, blocks_of_texts, settings, num_threads, own, on_progress)
    return Learnt(own[:, :dim], texts[:, :dim], tuple(losses))


def _run(
    step: Callable[..., tuple[float, int]],
    blocks_of_texts: np.ndarray,
    settings: ParagraphSettings,
    num_threads: int,
    grams: np.ndarray,
    on_progress: OnProgress | None,
) -> list[float]:
    """Train all epochs; the mean loss of each."""
    num_blocks = int(blocks_of_texts.sum())
    total = settings.epochs * num_blocks
    reporter = Reporter(on_progress, "train paragraph vectors", "blocks", total)
    keys, losses = epoch_keys(settings.seed, settings.epochs), []
    with all_or_one(num_threads) as team:
        for epoch in range(settings.epochs):
            order = np.random.default_rng([settings.seed, 2, epoch]).permutation(len(blocks_of_texts))
            starts, done = _spans(blocks_of_texts[order])
            loss, num_grams = 0.0, 0
            for first in range(0, len(starts) - 1, _PIECE * settings.shards):
                piece = starts[first : first + _PIECE * settings.shards + 1]
                before = epoch * num_blocks + done[first : first + len(piece) - 1]
                rates = (settings.learning_rate * (1 - before / max(1, total))).astype(np.float32)
                work = partial(
                    step, barrier=new_barrier(), order=order, starts=piece, rates=rates, key=keys[epoch]
                )
                loss_here, grams_here = team.run(work, len(piece) - 1)
                loss, num_grams = loss + loss_here, num_grams + grams_here
                reporter.update(int(before[-1]), loss=loss / max(1, num_grams))
            losses.append(loss / max(1, num_grams))
            if not (np.isfinite(losses[-1]) and np.isfinite(grams).all()):
                raise TrainingError(
                    f"the loss of epoch {epoch + 1}: expected a finite number, found {losses[-1]}; "
                    "a smaller learning rate may help"
                )
    reporter.report(total, loss=losses[-1])
    return losses


def _spans(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each span of about `_BLOCKS` blocks begins, with the end, and how many blocks are before each."""
    before = np.concatenate([[0], np.cumsum(sizes)])
    part = before[:-1] // _BLOCKS
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    return np.append(starts, len(sizes)).astype(np.int64), before[starts]


def _fill(rows: np.ndarray, dim: int, random: np.random.Generator) -> None:
    """Fill `rows` with numbers from -1 / (2 dim) to 1 / (2 dim); what pads them stays zero."""
    for first in range(0, len(rows), _ROWS):
        part = random.random((min(_ROWS, len(rows) - first), dim), np.float32)
        rows[first : first + _ROWS, :dim] = (part - np.float32(0.5)) / np.float32(dim)


def check_memory(num_grams: int, num_texts: int, num_occurrences: int, settings: ParagraphSettings) -> None:
    """Raise ResourceError if less memory is left than training takes at least."""
    needed = 4 * padded(settings.dim) * (num_grams + num_texts) + 16 * num_grams + 4 * num_occurrences
    left = available_memory()
    if left is not None and needed > left:
        raise ResourceError(
            f"memory: expected {needed / 1e9:.1f} GB to train vectors of {num_grams:,} runs of words and "
            f"{num_texts:,} texts, found {left / 1e9:.1f} GB; fewer dimensions, shorter runs of words or a "
            "larger minimum count need less"
        )
