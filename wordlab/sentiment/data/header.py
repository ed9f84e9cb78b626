"""Whether the first row of a table names its columns: told by names that do not recur as values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wordlab.errors import FormatError
from wordlab.sentiment.data.columns import LABEL_NAMES, TEXT_NAMES, ColumnChoice, plain
from wordlab.visible import clipped, listed

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_MAX_WORDS, _LONGEST = 3, 40  # of a column's name
_FEW = 8  # among fewer texts, a label that occurs once is nothing odd

Row = Sequence[str]


def find_header(rows: Sequence[Row], where: str, columns: ColumnChoice) -> tuple[bool, str | None]:
    """Whether the first of `rows` names the columns, and a note on that if it was not sure.

    If `columns` leaves that open, it does where a column is asked for by name, where it holds usual names
    that do not recur below, or where it has a word above numbers only. Raises FormatError for a row that may
    equally be a text with its label.
    """
    if columns.header is not None or columns.has_name:
        return columns.header is not False, None
    first = rows[0]
    below = [row for row in rows[1:] if row != first]  # joined files repeat their names
    texts, labels = (_usual(first, names) for names in (TEXT_NAMES, LABEL_NAMES))
    recurring = [p for p in texts + labels if any(plain(row[p]) == plain(first[p]) for row in below)]
    if recurring and (len(recurring) == len(texts + labels) or not (texts and labels)):
        cell = first[recurring[0]]
        return False, f"the first row is read as a text, as {cell!r} recurs below; --header reads it as names"
    if texts and labels and not recurring:
        return True, None
    if recurring or ((texts or labels) and not _could_be_names(first, below)):
        raise _unclear(where, first)
    if texts or labels or any(_is_word_above_numbers(first, below, at) for at in range(len(first))):
        return True, f"the first row is read as names ({_shown(first)}); --no-header reads it as a text"
    if below and [cell.strip() for cell in first if cell.strip()] == [str(n) for n in range(len(first))]:
        raise _unclear(where, first)  # as pandas names columns that have no names
    return False, None


def check_first_label(rows: Sequence[Row], where: str, label: int) -> None:
    """Raise FormatError if the first row, which was taken for a text, has a label that no other has.

    All others must recur, and the row must be one that could be names.
    """
    counts = Counter(row[label] for row in rows[1:])
    if len(rows) < _FEW or len(counts) < 2 or min(counts.values()) < 2 or rows[0][label] in counts:
        return
    if _could_be_names(rows[0], rows[1:]):
        raise _unclear(where, rows[0])


def _usual(row: Row, names: Sequence[str]) -> list[int]:
    return [position for position, cell in enumerate(row) if plain(cell) in names]


def _could_be_names(first: Row, below: Sequence[Row]) -> bool:
    """Whether all cells are short, none is a number, and none recurs in its column."""
    return all(
        len(cell) <= _LONGEST
        and len(cell.split()) <= _MAX_WORDS
        and not _NUMBER.fullmatch(cell)
        and not any(row[position] == cell for row in below)
        for position, cell in enumerate(first)
    )


def _is_word_above_numbers(first: Row, below: Sequence[Row], position: int) -> bool:
    word, numbers = first[position], [row[position] for row in below]
    return (
        len(numbers) > 1
        and bool(word.strip())
        and not _NUMBER.fullmatch(word)
        and all(_NUMBER.fullmatch(number) for number in numbers)
    )


def _unclear(where: str, first: Row) -> FormatError:
    return FormatError(
        f"{where}: expected column names, or a text and its label, found what may be either "
        f"({_shown(first)}); use --header or --no-header"
    )


def _shown(row: Row) -> str:
    return listed([repr(clipped(cell, 20)) for cell in row])
