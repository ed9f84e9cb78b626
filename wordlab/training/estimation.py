"""What a run of training will take in memory, disk and time, before it begins."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.compiled.rows import padded
from wordlab.embeddings import WordVectors
from wordlab.errors import ResourceError
from wordlab.resources import available_memory, held_memory
from wordlab.text import Corpus
from wordlab.training.history import History, resolved_config
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.sampling import PATH_GROUP
from wordlab.training.objectives.word2vec.weights import check_corpus, check_start
from wordlab.training.speed import calibrate

BASE = 260_000_000
"""Bytes that the interpreter, the libraries and the compiled kernels take, measured on Linux.

Compiling kernels takes up to 100 MB more, before the matrices are filled.
"""

_HEADER = 128  # bytes, of an .npy file
_MANIFEST = 2_500  # bytes, without configs and losses
_LOSS = 30  # bytes that a loss takes there


@dataclass(frozen=True)
class Memory:
    """The peak of a run and the memory that there is, in bytes. All parts but `mapped` add up to `peak`."""

    base: int
    """Interpreter, libraries and compiled kernels, or what the process holds already if that is more."""
    vocabulary: int
    """Words and counts."""
    matrices: int
    """Input and output vectors, each row rounded up to whole blocks of LANES numbers."""
    targets: int
    """Noise table and keep probabilities, or the paths through the Huffman tree."""
    temporary: int
    """What the largest moment takes on top: building the targets or, with a start, both matrices anew."""
    mapped: int
    """Token ids and other files that are mapped: read through the system's file cache, which gives way
    to whatever needs memory."""
    available: int | None
    """What the process can have in all, what it holds already included; None if the system does not tell."""
    fitting_dim: int | None
    """The largest multiple of 10 that would fit as dim; None if `peak` fits, nothing does, or `start` has
    its own."""

    @property
    def peak(self) -> int:
        """The sum of all parts that are not mapped."""
        return self.base + self.vocabulary + self.matrices + self.targets + self.temporary

    @property
    def fits(self) -> bool:
        """Whether there is as much as the peak needs, as far as the system tells."""
        return self.available is None or self.peak <= self.available


@dataclass(frozen=True)
class Disk:
    """The size of the vectors as an artefact and the space for them, in bytes."""

    needed: int
    """All files of the artefact, and of two checkpoints if there are to be any. An artefact that is to be
    replaced stays until the new one is whole."""
    free: int
    """What is free on the file system of the output."""
    fitting_dim: int | None
    """As that of Memory."""

    @property
    def fits(self) -> bool:
        """Whether there is as much as is needed."""
        return self.needed <= self.free


@dataclass(frozen=True)
class Time:
    """How long training will take, in seconds, reading the corpus and saving not included."""

    training: float
    """All tokens of all epochs at `words_per_second`."""
    words_per_second: float
    """Measured on a sample of the corpus."""
    compilation: float
    """What compiling the kernels took, which is done now; 0 where they were compiled before."""


@dataclass(frozen=True)
class Estimate:
    """What a run of training will take, and what there is."""

    memory: Memory
    disk: Disk | None
    """None without an output."""
    time: Time | None
    """None without a calibration."""
    dim: int
    """Of the config."""
    num_words: int
    """Words of the result."""

    def check(self) -> None:
        """Raise ResourceError, which names what would help, if memory or disk do not suffice."""
        run = f"dim {self.dim} and {self.num_words:,} words"
        if not self.memory.fits:
            raise ResourceError(
                f"expected {_megabytes(self.memory.peak)} of memory for {run}, "
                f"found {_megabytes(self.memory.available or 0)} available; "
                f"{_or_dim(self.memory.fitting_dim)}a corpus with a larger min_count would do"
            )
        if self.disk is not None and not self.disk.fits:
            raise ResourceError(
                f"output: expected {_megabytes(self.disk.needed)} of disk for {run}, "
                f"found {_megabytes(self.disk.free)} free; "
                f"{_or_dim(self.disk.fitting_dim)}another file system would do"
            )

    def to_dict(self) -> dict[str, Any]:
        """All figures as plain values; those of `memory` with its `peak`."""
        facts = dataclasses.asdict(self)
        facts["memory"] = {"peak": self.memory.peak, **facts["memory"]}
        return facts


def estimate(
    corpus: Corpus,
    config: Word2VecConfig | None = None,
    *,
    start: WordVectors | None = None,
    output: str | os.PathLike[str] | None = None,
    checkpoints: bool = False,
    calibration: bool = True,
) -> Estimate:
    """The Estimate of ``train(corpus, config, start=start)`` and of saving the result under `output`.

    With `checkpoints` the disk holds two of them beside it: one stays until the next is whole.
    The time is that of a calibration: about two seconds of training on a sample of the corpus. Without
    one, or if memory or disk do not suffice, `time` is None and the answer comes at once. Nothing is
    written but what numba keeps of kernels that had to be compiled.

    Raises what `train` raises; not for want of memory or disk, which is for `Estimate.check`.
    """
    config = resolved_config(config, start)
    check_corpus(corpus, config)
    if start is not None:
        check_start(start, corpus, config)
    sizes = _Sizes.of(corpus, start)
    memory = _memory(corpus, config, start, sizes)
    disk = None if output is None else _disk(corpus, config, start, sizes, Path(output), checkpoints)
    time = None
    if calibration and memory.fits and (disk is None or disk.fits):
        found = calibrate(corpus, config, start=start)
        total = corpus.num_tokens * config.epochs
        time = Time(total / found.words_per_second, found.words_per_second, found.compilation)
    return Estimate(memory, disk, time, config.dim, sizes.num_words)


@dataclass(frozen=True)
class _Sizes:
    """What does not hang on the dimension."""

    num_words: int
    """Words of the result: those of the corpus and those of the start."""
    vocabulary: int
    """Bytes in memory."""
    num_path_nodes: int
    """Steps from the root of the Huffman tree to all words together, about."""

    @classmethod
    def of(cls, corpus: Corpus, start: WordVectors | None) -> _Sizes:
        words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
        num_words, num_bytes = len(words), sum(map(sys.getsizeof, words))
        if start is not None:
            old = start.vocabulary
            num_words = len(old) + sum(word not in old for word in words)
            num_bytes += sum(map(sys.getsizeof, old.words)) + _INDEXED * len(old)
            num_bytes += _WORD * (len(words) + len(old))  # the result has a vocabulary of its own
            counts = np.concatenate([counts, old.counts])
        shares = np.maximum(counts, 1) / max(1, counts.sum())
        depth = np.ceil(-np.log2(shares)).mean()  # Shannon's code, which Huffman's hardly differs from
        return cls(num_words, num_bytes + _WORD * num_words, int(num_words * max(1.0, float(depth))))


_WORD = 60  # bytes a word takes beside its string: pointers, count, row, and the string once more in Arrow
_INDEXED = 140  # bytes a word takes in a dict of ids


def _memory(corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, sizes: _Sizes) -> Memory:
    held, free = held_memory(), available_memory()
    available = None if free is None else free + held
    base = max(BASE, held)

    def needed(dim: int) -> tuple[int, int, int]:
        return _arrays(corpus, dataclasses.replace(config, dim=dim), start, sizes)

    def fits(dim: int) -> bool:
        return available is None or base + sizes.vocabulary + sum(needed(dim)) <= available

    mapped = [corpus.token_ids, corpus.line_offsets] if corpus.directory is not None else []
    if start is not None and start.digest is not None and start.precision == "float32":
        mapped += [start.matrix] + ([] if start.outputs is None else [start.outputs])
    return Memory(
        base,
        sizes.vocabulary,
        *needed(config.dim),
        mapped=sum(array.nbytes for array in mapped),
        available=available,
        fitting_dim=None if start is not None else _fitting_dim(config.dim, fits),
    )


def _arrays(
    corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, sizes: _Sizes
) -> tuple[int, int, int]:
    """Bytes of the matrices, of the targets, and of what the largest moment takes on top."""
    rows, dim = sizes.num_words, config.dim
    matrix = rows * 4 * padded(dim)
    if config.loss == "hierarchical":
        num_groups = sizes.num_path_nodes // PATH_GROUP + rows // 2
        targets = 8 * PATH_GROUP * num_groups + 12 * rows
        building = 26 * sizes.num_path_nodes + 16 * PATH_GROUP * num_groups
    else:
        targets, building = 12 * rows, 60 * rows
    copies = (8 if start is not None else 0) * rows * dim  # in the order of the result
    copies += rows * dim  # a bool for each number, when it is checked
    moments = (
        8 * corpus.num_lines,  # looking for a line of two words
        (matrix if start is None else 2 * matrix) + building,  # fresh outputs are not touched by then
        2 * matrix + targets,
        2 * matrix + copies,
    )
    return 2 * matrix, targets, max(moments) - 2 * matrix - targets


def _disk(
    corpus: Corpus,
    config: Word2VecConfig,
    start: WordVectors | None,
    sizes: _Sizes,
    output: Path,
    checkpoints: bool,
) -> Disk:
    vocabulary: int = corpus.vocabulary.stored_size()
    if start is not None:
        share = sizes.num_words / (len(corpus.vocabulary) + len(start.vocabulary))
        vocabulary = int(share * (vocabulary + start.vocabulary.stored_size()))
    # config and losses of the latest run stand in the manifest twice
    run = History.of(start).details(start, config, [], {})
    details = len(json.dumps(run, indent=2)) + 2 * _LOSS * config.epochs + _MANIFEST
    existing = output.absolute().parent
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free

    def needed(dim: int) -> int:
        matrices = 2 * (_HEADER + 4 * sizes.num_words * dim)
        return matrices * (3 if checkpoints else 1) + vocabulary + details

    fitting = _fitting_dim(config.dim, lambda dim: needed(dim) <= free)
    return Disk(needed(config.dim), free, None if start is not None else fitting)


def _fitting_dim(dim: int, fits: Callable[[int], bool]) -> int | None:
    """The largest multiple of 10 below `dim` that fits; None if `dim` does, or nothing."""
    if fits(dim):
        return None
    return next((smaller for smaller in range((dim - 1) // 10 * 10, 0, -10) if fits(smaller)), None)


def _megabytes(number: int) -> str:
    return f"{number / 1e6:,.0f} MB"


def _or_dim(dim: int | None) -> str:
    return "" if dim is None else f"dim {dim} or "
