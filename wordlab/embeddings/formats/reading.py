"""How a file of vectors is read, and what a lenient reader leaves out of it.

Strict and lenient reading take one path: a reader passes each bad row to `Skipped.add`, which raises or
counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.names import DUPLICATE_POLICIES, DuplicatePolicy
from wordlab.errors import ConfigError, FormatError

Kind = Literal[
    "wrong number of values",
    "not a number",
    "not finite",
    "not UTF-8",
    "empty line",
    "duplicate word",
    "wrong header",
    "cut off",
]
"""Why a row, or a missing row, is left out."""

NUM_LISTED = 20
"""How many of the skipped rows are listed one by one; all are counted."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a file of vectors is read. Raises ConfigError for values that are not allowed."""

    duplicates: DuplicatePolicy = "first"
    """Which vector a word that occurs again gets: the first, the last, or an error."""

    lenient: bool = False
    """Skip, count and list bad rows instead of stopping at the first."""

    only: Collection[str] | None = None
    """Keep only these words; None keeps all."""

    def __post_init__(self) -> None:
        if self.duplicates not in DUPLICATE_POLICIES:
            expected = ", ".join(DUPLICATE_POLICIES)
            raise ConfigError(f"duplicates: expected one of {expected}, found {self.duplicates!r}")
        if isinstance(self.only, str):
            raise ConfigError(f"only: expected several words, found the string {self.only!r}")
        if self.only is not None:
            object.__setattr__(self, "only", frozenset(self.only))
            if not self.only:
                raise ConfigError("only: expected at least one word, found none")


class Block(NamedTuple):
    """Some rows of a file, in its order."""

    words: pa.StringArray
    """(n,)"""

    matrix: np.ndarray
    """float32 (n, D), finite"""

    numbers: range | np.ndarray
    """(n,) the line or record of the file that each row is, from 1"""

    counts: np.ndarray | None = None
    """int64 (n,), if the file has counts"""


class RowError(FormatError):
    """A row that cannot be read: `kind` is the general reason, the message says where and what."""

    def __init__(self, kind: Kind, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.kind = kind


class Skipped:
    """What a reader left out: the number of rows of each kind, and the first messages."""

    def __init__(self, options: ReadOptions) -> None:
        self._lenient = options.lenient
        self.counts: Counter[str] = Counter()
        self.listed: list[str] = []

    def add(self, error: RowError, *, num_rows: int = 1) -> None:
        """Note a bad row, or one message for `num_rows` of them; raise it if reading is strict."""
        if not self._lenient:
            raise error
        self.counts[error.kind] += num_rows
        if len(self.listed) < NUM_LISTED:
            self.listed.append(str(error))

    def update(self, other: Skipped) -> None:
        """Add what another one noted of a later part of the same file."""
        self.counts.update(other.counts)
        self.listed = (self.listed + other.listed)[:NUM_LISTED]

    def summary(self) -> str:
        """What was left out, as the end of a message; empty if nothing was."""
        if not self.counts:
            return ""
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.most_common())
        return f" (skipped: {kinds}; first: {self.listed[0]})"

    def details(self) -> dict[str, Any]:
        """What the manifest records; nothing if reading was strict."""
        if not self._lenient:
            return {}
        return {"skipped": dict(self.counts), "skipped_listed": list(self.listed)}
