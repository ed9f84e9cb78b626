"""Estimate: the memory, disk and time that a run needs, beside what is available."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from wordlab.errors import ResourceError


@dataclass(frozen=True)
class Memory:
    """The peak of a run and the memory available, in bytes. All parts but `mapped` add up to `peak`."""

    base: int
    """Interpreter, libraries and compiled kernels, or what the process holds already if that is more."""
    vocabulary: int
    """Words and counts."""
    matrices: int
    """Input and output vectors, each row rounded up to whole blocks of LANES numbers."""
    targets: int
    """Noise table and keep probabilities, or the paths through the Huffman tree; for GloVe the pairs."""
    temporary: int
    """What the largest moment takes on top: building the targets or, with a start, both matrices rebuilt."""
    mapped: int
    """Token ids and other files that are mapped: read through the system's file cache, which gives way
    to whatever needs memory."""
    available: int | None
    """What the process can have in all, including what it holds already; None if the system does not say."""
    fitting_dim: int | None
    """The largest multiple of 10 that would fit as dim; None if `peak` fits, or nothing does, or
    `start` sets it."""

    @property
    def peak(self) -> int:
        """The sum of all parts that are not mapped."""
        return self.base + self.vocabulary + self.matrices + self.targets + self.temporary

    @property
    def fits(self) -> bool:
        """Whether the peak fits, as far as the system says."""
        return self.available is None or self.peak <= self.available


@dataclass(frozen=True)
class Disk:
    """The size of the vectors as an artefact and the free space for them, in bytes."""

    needed: int
    """All files of the artefact, and of two checkpoints if any are saved. An artefact that is replaced
    stays until the new one is whole. Temporary files, gone by then, count if they are larger."""
    free: int
    """What is free on the file system of the output."""
    fitting_dim: int | None
    """As in Memory."""

    @property
    def fits(self) -> bool:
        """Whether there is room."""
        return self.needed <= self.free


@dataclass(frozen=True)
class Time:
    """How long training will take, in seconds, reading the corpus and saving not included."""

    training: float
    """All words, or pairs, of all epochs at `rate`."""
    rate: float
    """How many there are a second, measured on a sample of the corpus."""
    compilation: float
    """What compiling the kernels took, which is over by now; 0 where they were compiled before."""
    unit: str = "words"
    """What there are: ``words`` of the corpus, or for GloVe ``pairs``."""
    counting: float | None = None
    """Counting the pairs of the corpus, before training; None where nothing is counted."""

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values; the rate is called words_per_second, say, after the unit."""
        counted = {} if self.counting is None else {"counting": self.counting}
        return {
            "training": self.training,
            f"{self.unit}_per_second": self.rate,
            "compilation": self.compilation,
            **counted,
        }


@dataclass(frozen=True)
class Estimate:
    """What a run of training will take, and what is available."""

    memory: Memory
    disk: Disk | None
    """None without an output."""
    time: Time | None
    """None without a calibration."""
    dim: int
    """The config's."""
    num_words: int
    """Words of the result."""
    less_memory: str = "a corpus with a larger min_count"
    """What would take less memory, beside a smaller dim."""
    num_pairs: int | None = None
    """Pairs of an epoch, for GloVe."""
    per_worker: int | None = None
    """Bytes of memory that each worker of a cluster takes, where training is spread over one."""

    def check(self) -> None:
        """Raise ResourceError, which names what would help, if memory or disk are too small."""
        run = f"dim {self.dim} and {self.num_words:,} words"
        if not self.memory.fits:
            raise ResourceError(
                f"expected {_megabytes(self.memory.peak)} of memory for {run}, "
                f"found {_megabytes(self.memory.available or 0)} available; "
                f"{_or_dim(self.memory.fitting_dim)}{self.less_memory} would do"
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
        del facts["less_memory"]
        for name in ("num_pairs", "per_worker"):
            if facts[name] is None:
                del facts[name]
        facts["time"] = self.time and self.time.to_dict()
        facts["memory"] = {"peak": self.memory.peak, **facts["memory"]}
        return facts


def _megabytes(number: int) -> str:
    return f"{number / 1e6:,.0f} MB"


def _or_dim(dim: int | None) -> str:
    return "" if dim is None else f"dim {dim} or "
