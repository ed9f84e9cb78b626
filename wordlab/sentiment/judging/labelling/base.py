"""What is added to a table, and what each format of tables does to add it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wordlab.errors import FormatError
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.source import LabelledSource
from wordlab.visible import clipped

SAMPLE = 1_000
"""Rows that show which column holds the texts, and whether the first row names the columns."""


class Added(NamedTuple):
    """The names of the columns that are added."""

    label: str
    probability: str
    known_words: str

    @classmethod
    def with_prefix(cls, prefix: str) -> Added:
        """The usual names, `prefix` before each."""
        return cls(f"{prefix}predicted", f"{prefix}probability", f"{prefix}known_words")

    def check(self, names: Collection[str], where: str) -> None:
        """Raise FormatError, which begins with `where`, if one of them is among `names`."""
        for name in self:
            if name in names:
                raise FormatError(
                    f"{where}: expected no column {clipped(name)!r}, which is added, found one; "
                    "use --prefix for other names"
                )


def values_of(prediction: Prediction) -> tuple[str, float, int | None]:
    """What is added to a row, in the order of `Added`."""
    return prediction.label, prediction.probabilities[prediction.label], prediction.known_words


class Table(ABC):
    """A table that is read row by row and written again with more columns.

    `texts` is gone through once; `write` then gets the predictions in the same order, some rows later at
    most. What a row held is remembered in between.
    """

    def __init__(self, source: LabelledSource, added: Added) -> None:
        self.source = source
        self.added = added

    @abstractmethod
    def texts(self) -> Iterator[str]:
        """The text of each row; FormatError for damage, and for columns that exist already."""

    @abstractmethod
    def open(self, path: Path) -> Any:
        """A context in which rows are written to `path`."""

    @abstractmethod
    def write(self, prediction: Prediction) -> None:
        """Write the next row with its prediction."""
