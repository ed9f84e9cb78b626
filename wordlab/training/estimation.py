"""What a run of training will take in memory, disk and time, before it begins."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wordlab.embeddings import WordVectors
from wordlab.resources import available_memory, free_disk, held_memory
from wordlab.text import Corpus
from wordlab.training.cooccurrences import Cooccurrences
from wordlab.training.engines import DEFAULT_ENGINE, make_engine
from wordlab.training.engines.base import Engine
from wordlab.training.history import History
from wordlab.training.needs import Disk, Estimate, Memory, Time
from wordlab.training.objectives import checked, resolved_config
from wordlab.training.objectives.base import Arrays, Config
from wordlab.training.speed import calibrate

_HEADER = 128  # bytes, of an .npy file
_PAYLOADS = 2  # at least
_MANIFEST = 2_500  # bytes, without configs and losses
_LOSS = 30  # bytes that a loss takes there
_WORD = 60  # bytes a word takes beside its string: pointers, count, row, and the string once more in Arrow
_INDEXED = 140  # bytes a word takes in a dict of ids


def estimate(
    corpus: Corpus | Cooccurrences,
    config: Config | None = None,
    *,
    start: WordVectors | None = None,
    output: str | os.PathLike[str] | None = None,
    checkpoints: bool = False,
    calibration: bool = True,
    engine: str = DEFAULT_ENGINE,
    **options: Any,
) -> Estimate:
    """The Estimate of ``train(corpus, config, start=start)`` and of saving the result under `output`.

    With `checkpoints` the disk holds two of them beside it: one stays until the next is whole.
    The time is that of a calibration: about two seconds of training on a sample of the corpus. Without
    one, with workers, or if memory or disk do not suffice, `time` is None and the answer comes at once.
    Nothing is written but what numba keeps of kernels that had to be compiled. `engine` and `options` are
    those of `train`; memory is that of the machine, not of a GPU.

    Raises what `train` raises, except where memory or disk are short, which `Estimate.check` reports.
    """
    kind, config = checked(corpus, resolved_config(config, start), start)
    runner = make_engine(engine, options, config)
    words = _words(kind.words(corpus, config), kind.joined(config, start))
    arrays = kind.array_bytes(corpus, config, start, words.number)
    memory = _memory(corpus, config, start, words, runner, arrays)
    disk = None
    if output is not None:
        disk = _disk(corpus, config, start, words.number, Path(output), checkpoints, arrays)
    time = None
    if calibration and runner.calibrates and memory.fits and (disk is None or disk.fits):
        found = calibrate(corpus, config, start=start, engine=engine, **options)
        total = kind.epoch_length(corpus, config) * config.epochs
        time = Time(total / found.rate, found.rate, found.compilation, kind.unit, found.counting)
    num_pairs = kind.epoch_length(corpus, config) if kind.unit == "pairs" else None
    per_worker = runner.worker_memory(arrays(config.dim), corpus.num_tokens)
    return Estimate(memory, disk, time, config.dim, words.number, kind.less_memory, num_pairs, per_worker)


class _Words(NamedTuple):
    """The words of the result, learnt ones and those of the start: their number, and bytes in memory."""

    number: int
    size: int


def _words(words: Sequence[str], start: WordVectors | None) -> _Words:
    number, size = len(words), sum(map(sys.getsizeof, words))
    if start is not None:
        old = start.vocabulary
        number = len(old) + sum(word not in old for word in words)
        size += sum(map(sys.getsizeof, old.words)) + _INDEXED * len(old)
        size += _WORD * (len(words) + len(old))  # the result has a vocabulary of its own
    return _Words(number, size + _WORD * number)


def _memory(
    corpus: Corpus | Cooccurrences,
    config: Config,
    start: WordVectors | None,
    words: _Words,
    engine: Engine,
    of_dim: Callable[[int], Arrays],
) -> Memory:
    held, free = held_memory(), available_memory()
    available = None if free is None else free + held
    base = max(engine.base_memory, held)

    def needed(dim: int) -> Arrays:
        arrays = of_dim(dim)
        return arrays._replace(matrices=arrays.matrices * (1 + engine.num_copies), stored=0, scratch=0)

    def fits(dim: int) -> bool:
        return available is None or base + words.size + sum(needed(dim)) <= available

    mapped = list(corpus.arrays) if corpus.directory is not None else []
    if start is not None and start.digest is not None and start.precision == "float32":
        mapped += [start.matrix] + ([] if start.outputs is None else [start.outputs])
    return Memory(
        base,
        words.size,
        *needed(config.dim)[:3],
        mapped=sum(array.nbytes for array in mapped) + of_dim(config.dim).scratch,
        available=available,
        fitting_dim=None if start is not None else _fitting_dim(config.dim, fits),
    )


def _disk(
    corpus: Corpus | Cooccurrences,
    config: Config,
    start: WordVectors | None,
    num_words: int,
    output: Path,
    checkpoints: bool,
    of_dim: Callable[[int], Arrays],
) -> Disk:
    vocabulary: int = corpus.vocabulary.stored_size()
    if start is not None:
        share = num_words / (len(corpus.vocabulary) + len(start.vocabulary))
        vocabulary = int(share * (vocabulary + start.vocabulary.stored_size()))
    # config and losses of the latest run are in the manifest twice
    run = History.of(start, {}).details(start, config.to_dict(), [], {})
    details = len(json.dumps(run, indent=2)) + 2 * _LOSS * config.epochs + _MANIFEST
    free = free_disk(output.absolute().parent)

    def needed(dim: int) -> int:
        arrays = of_dim(dim)
        matrices = _PAYLOADS * _HEADER + arrays.stored
        result = matrices + vocabulary + details
        return max(result, arrays.scratch) + (2 * matrices if checkpoints else 0)

    fitting = _fitting_dim(config.dim, lambda dim: needed(dim) <= free)
    return Disk(needed(config.dim), free, None if start is not None else fitting)


def _fitting_dim(dim: int, fits: Callable[[int], bool]) -> int | None:
    """The largest multiple of 10 below `dim` that fits; None if `dim` does, or nothing."""
    if fits(dim):
        return None
    return next((smaller for smaller in range((dim - 1) // 10 * 10, 0, -10) if fits(smaller)), None)
