"""Which column of a table holds the texts and which the labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wordlab.errors import ConfigError, FormatError
from wordlab.text.records import column_position
from wordlab.visible import clipped, listed

TEXT_NAMES = ("text", "review", "sentence", "content", "tweet", "comment", "document", "body", "message")
LABEL_NAMES = (
    "label", "sentiment", "class", "category", "polarity", "target", "rating", "stars", "y",
    "labels", "tags",
)  # fmt: skip
_MAX_CLASSES = 20  # a column with more values than that is not taken for the labels unless asked for
_LONGEST = 20  # characters of a name or a cell in a message

Cells = Mapping[int, Sequence[Any]]
"""The cells of some columns, by position: strings, numbers, truth values or None."""


@dataclass(frozen=True)
class ColumnChoice:
    """The columns asked for, by name or position; None for those to be found.

    `header` says whether the first row names the columns; None if that is to be found, too. Raises
    ConfigError for a name where there is no header.
    """

    text: str | None = None
    label: str | None = None
    header: bool | None = None

    def __post_init__(self) -> None:
        for option, column in (("text_column", self.text), ("label_column", self.label)):
            if self.header is False and column is not None and not column.isdecimal():
                raise ConfigError(
                    f"{option}: expected a position (0, 1, ...) without a header, found {column!r}"
                )

    @property
    def has_name(self) -> bool:
        """Whether a column is asked for by its name."""
        return any(column is not None and not column.isdecimal() for column in (self.text, self.label))


@dataclass(frozen=True)
class Columns:
    """The columns of a table: their `names`, None without a header, or their number, and what is in them.

    `cells` gives the content of all columns that may hold texts or labels, and is called only if names
    do not tell.
    """

    where: str
    names: Sequence[str] | None
    width: int
    cells: Callable[[], Cells]

    @property
    def shown(self) -> Sequence[str]:
        """The name of each column, or its position where there are no names."""
        return self.names if self.names is not None else [str(position) for position in range(self.width)]

    def position(self, column: str) -> int:
        """The position of a column asked for by name or position; FormatError."""
        return column_position(self.shown, column, self.where, by_name=self.names is not None)

    def usual(self, usual: Sequence[str], taken: int | None) -> int | None:
        """The position of the first of the `usual` names that a column has, other than the one `taken`."""
        for name in usual if self.names is not None else ():
            for position, found in enumerate(self.shown):
                if plain(found) == name and position != taken:
                    return self.position(found)
        return None


def find_text(table: Columns, choice: ColumnChoice) -> int:
    """The position of the texts: the column asked for, else one of a usual name, else the longest texts.

    Raises FormatError listing the columns if there is none.
    """
    found = table.position(choice.text) if choice.text is not None else table.usual(TEXT_NAMES, None)
    if found is None:
        found = _longest_texts(table.cells(), None)
    if found is None:
        raise FormatError(f"{table.where}: expected a column of texts, found {_described(table)}")
    return found


def find_columns(table: Columns, choice: ColumnChoice) -> tuple[int, int]:
    """The positions of the texts and of the labels.

    A column not asked for is the one with a usual name, else the one whose content fits: texts are the
    longest column, labels the one with few values. Raises FormatError listing the columns where that
    leaves a choice.
    """
    text = None if choice.text is None else table.position(choice.text)
    label = None if choice.label is None else table.position(choice.label)
    if text is not None and text == label:
        raise ConfigError(
            f"label_column: expected a column other than that of the texts, found {choice.label!r}"
        )
    text = table.usual(TEXT_NAMES, label) if text is None else text
    label = table.usual(LABEL_NAMES, text) if label is None else label
    if text is None:
        text = _longest_texts(table.cells(), label)
    if label is None:
        label = _few_values(table.cells(), text)
    if text is None or label is None:
        raise FormatError(
            f"{table.where}: expected columns of texts and of labels, found {_described(table)}; "
            "name them with --text-column and --label-column"
        )
    return text, label


def plain(name: str) -> str:
    """A name without surrounding white space and in lower case, to be compared with usual names."""
    return name.strip().casefold()


def _longest_texts(cells: Cells, label: int | None) -> int | None:
    """The column of strings that are the longest on average; None if no other holds strings."""
    sizes = {}
    for position, column in cells.items():
        texts = [cell for cell in column if cell is not None]
        if position != label and texts and all(isinstance(cell, str) for cell in texts):
            sizes[position] = sum(map(len, texts)) / len(column)
    return max(sizes, key=sizes.__getitem__, default=None)


def _few_values(cells: Cells, text: int | None) -> int | None:
    """The only column there is, or the only one with few values; None where that leaves a choice."""
    others = [position for position in cells if position != text]
    if len(others) == 1:
        return others[0]
    few = []
    for position in others:
        column = cells[position]
        if 2 <= len(set(column)) <= min(_MAX_CLASSES, len(column) // 2):
            few.append(position)
    return few[0] if len(few) == 1 else None


def _described(table: Columns) -> str:
    """The columns with their first cells, for a message of one line."""
    firsts = {position: str(column[0]) if column else "" for position, column in table.cells().items()}
    shown = [
        f"{clipped(name, _LONGEST)} ({clipped(firsts.get(position, ''), _LONGEST)!r})"
        for position, name in enumerate(table.shown)
    ]
    return listed(shown)
