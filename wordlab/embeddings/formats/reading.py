"""How a file of vectors is to be read, and what a lenient reader left out of it.

Strict and lenient reading are one path: a reader hands each bad row to `Skipped.add`, which raises it
or counts it.
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
"""Why a row, or what should have been rows, is left out."""

NUM_LISTED = 20
"""So many of the rows left out are listed one by one; all are counted."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a file of vectors is read. Raises ConfigError for values that make no sense."""

    duplicates: DuplicatePolicy = "first"
    """Whose vector a word has that occurs again: the first, the last, or that is an error."""

    lenient: bool = False
    """Skip bad rows, count and list them, instead of stopping at the first one."""

    only: Collection[str] | None = None
    """Keep these words alone, or all if None."""

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
    """(n,) which line or record of the file each row is, from 1"""

    counts: np.ndarray | None = None
    """int64 (n,), where the file has counts"""


class RowError(FormatError):
    """A row that cannot be read: `kind` says why in general, the message where and in particular."""

    def __init__(self, kind: Kind, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.kind = kind


class Skipped:
    """What a reader left out: how many rows of each kind, and the messages of the first ones."""

    def __init__(self, options: ReadOptions) -> None:
        self._lenient = options.lenient
        self.counts: Counter[str] = Counter()
        self.listed: list[str] = []

    def add(self, error: RowError, *, num_rows: int = 1) -> None:
        """Note a bad row (or one message for `num_rows` of them); raise it if reading is strict."""
        if not self._lenient:
            raise error
        self.counts[error.kind] += num_rows
        if len(self.listed) < NUM_LISTED:
            self.listed.append(str(error))

    def update(self, other: Skipped) -> None:
        """Note what another one noted, of a later part of the same file."""
        self.counts.update(other.counts)
        self.listed = (self.listed + other.listed)[:NUM_LISTED]

    def summary(self) -> str:
        """What was left out, to end a message with; empty if nothing was."""
        if not self.counts:
            return ""
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.most_common())
        return f" (skipped: {kinds}; first: {self.listed[0]})"

    def details(self) -> dict[str, Any]:
        """What the manifest says: nothing if reading was strict."""
        if not self._lenient:
            return {}
        return {"skipped": dict(self.counts), "skipped_listed": list(self.listed)}
