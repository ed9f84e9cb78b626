"""What is added to a table, and what each format of tables does to add it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wordlab.errors import FormatError
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.source import LabelledSource
from wordlab.sentiment.label_choice import LabelChoice
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


class Table(ABC):
    """A table that is read row by row and written again with more columns.

    `texts` is gone through once; `write` then gets the predictions in the same order, some rows later at
    most. What a row held is remembered in between.
    """

    def __init__(self, source: LabelledSource, added: Added, choice: LabelChoice | None = None) -> None:
        self.source = source
        self.added = added
        self.choice = choice

    def values(self, prediction: Prediction) -> tuple[str | list[str], float, int | None]:
        """What is added to a row, in the order of `Added`: all labels that are chosen, else the best one."""
        label = prediction.label if self.choice is None else self.choice.labels(prediction)
        return label, prediction.probabilities[prediction.label], prediction.known_words

    def cells(self, prediction: Prediction) -> tuple[str, float, int | None]:
        """The same for tables, whose cells hold no lists: several labels are the JSON of one."""
        label, *others = self.values(prediction)
        shown = label if isinstance(label, str) else json.dumps(label, ensure_ascii=False)
        return shown, *others  # type: ignore[return-value]

    @abstractmethod
    def texts(self) -> Iterator[str]:
        """The text of each row; FormatError for damage, and for columns that exist already."""

    @abstractmethod
    def open(self, path: Path) -> Any:
        """A context in which rows are written to `path`."""

    @abstractmethod
    def write(self, prediction: Prediction) -> None:
        """Write the next row with its prediction."""
