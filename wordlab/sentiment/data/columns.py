"""Which column of a table holds the texts and which the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wordlab.errors import ConfigError, FormatError
from wordlab.text.records import column_position, json_type

TEXT_NAMES = ("text", "review", "sentence", "content", "tweet", "comment", "document", "body", "message")
LABEL_NAMES = ("label", "sentiment", "class", "category", "polarity", "target", "rating", "stars", "y")
_MOST_CLASSES = 20  # a column with more values than that is not taken for the labels unless asked for

Row = Sequence[str]


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


def has_header(first: Row, columns: ColumnChoice) -> bool:
    """Whether the first row of a table names its columns.

    If `columns` leaves that open, it does where a column is asked for by name, or where the row holds a
    usual name.
    """
    if columns.header is not None:
        return columns.header
    if any(column is not None and not column.isdecimal() for column in (columns.text, columns.label)):
        return True
    return any(_plain(cell) in TEXT_NAMES + LABEL_NAMES for cell in first)


def find_columns(
    names: Row | None, rows: Sequence[Row], where: str, columns: ColumnChoice
) -> tuple[int, int]:
    """The positions of the texts and of the labels among the columns of `rows`.

    `names` are the columns' names, None without a header. A column not asked for is the one with a
    usual name, else the one whose content fits: texts are the longest column, labels the one with few
    values. Raises FormatError listing the columns where that leaves a choice.
    """
    shown = names if names is not None else [str(number) for number in range(len(rows[0]))]
    text, label = (
        None if column is None else column_position(shown, column, where, by_name=names is not None)
        for column in (columns.text, columns.label)
    )
    if text is not None and text == label:
        raise ConfigError(f"label_column: expected another column than the texts', found {columns.label!r}")
    if names is not None:
        text = _named(names, TEXT_NAMES, label) if text is None else text
        label = _named(names, LABEL_NAMES, text) if label is None else label
    if text is None:
        others = [position for position in range(len(shown)) if position != label]
        text = max(others, key=lambda position: _mean_length(rows, position), default=None)
    if label is None:
        label = _guess_label(rows, [position for position in range(len(shown)) if position != text])
    if text is None or label is None:
        raise FormatError(f"{where}: expected columns of texts and of labels, found {_shown(shown, rows)}")
    return text, label


def label_string(value: Any, where: str, column: str) -> str:
    """A label as a string, numbers and truth values as JSON writes them; FormatError for other types."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise FormatError(f"{where}: expected a label in {column!r}, found {json_type(value)}")
    return str(value).strip()


def _plain(name: str) -> str:
    return name.strip().casefold()


def _named(names: Row, usual: Sequence[str], taken: int | None) -> int | None:
    for name in usual:
        for position, found in enumerate(names):
            if _plain(found) == name and position != taken:
                return position
    return None


def _mean_length(rows: Sequence[Row], position: int) -> float:
    return sum(len(row[position]) for row in rows) / max(1, len(rows))


def _guess_label(rows: Sequence[Row], positions: Sequence[int]) -> int | None:
    """The only column there is, or the only one with few values; None where that leaves a choice."""
    if len(positions) == 1:
        return positions[0]
    most = min(_MOST_CLASSES, len(rows) // 2)
    few = [position for position in positions if 2 <= len({row[position] for row in rows}) <= most]
    return few[0] if len(few) == 1 else None


def _shown(names: Row, rows: Sequence[Row]) -> str:
    first = rows[0] if rows else [""] * len(names)
    cells = [cell if len(cell) <= 20 else cell[:19] + "…" for cell in first]
    return ", ".join(f"{name} ({cell!r})" for name, cell in zip(names, cells, strict=True)) + "; name them"
