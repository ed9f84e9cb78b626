"""Which column of a table holds the texts and which the labels."""

from __future__ import annotations

from collections.abc import Sequence

from wordlab.errors import ConfigError, FormatError
from wordlab.text.records import column_position

TEXT_NAMES = ("text", "review", "sentence", "content", "tweet", "comment", "document", "body", "message")
LABEL_NAMES = ("label", "sentiment", "class", "category", "polarity", "target", "rating", "stars", "y")
_MOST_CLASSES = 20  # a column with more values than that is not taken for the labels unasked

Row = Sequence[str]


def has_header(first: Row, text_column: str | None, label_column: str | None) -> bool:
    """Whether the first row of a table names its columns.

    It does if a column is asked for by a name, or if a usual name of one is in the row.
    """
    if any(column is not None and not column.isdecimal() for column in (text_column, label_column)):
        return True
    return any(_plain(cell) in TEXT_NAMES + LABEL_NAMES for cell in first)


def find_columns(
    names: Row | None, rows: Sequence[Row], where: str, text_column: str | None, label_column: str | None
) -> tuple[int, int]:
    """The positions of the texts and of the labels among the columns of `rows`.

    `names` are the columns' names, None without a header. A column not asked for is the one that has
    a usual name, else the one whose content fits: texts are the longest column, labels the one with
    few values. Raises FormatError, which names the columns there are, where that is not certain.
    """
    shown = names if names is not None else [str(number) for number in range(len(rows[0]))]
    by_name = names is not None
    text = label = None
    if text_column is not None:
        text = column_position(shown, text_column, where, by_name=by_name)
    if label_column is not None:
        label = column_position(shown, label_column, where, by_name=by_name)
    if text is not None and text == label:
        raise ConfigError(f"label_column: expected another column than the texts', found {label_column!r}")
    if names is not None:
        text = _named(names, TEXT_NAMES, label) if text is None else text
        label = _named(names, LABEL_NAMES, text) if label is None else label
    if text is None:
        others = [place for place in range(len(shown)) if place != label]
        text = max(others, key=lambda place: _mean_length(rows, place), default=None)
    if label is None:
        label = _guess_label(rows, [place for place in range(len(shown)) if place != text])
    if text is None or label is None:
        raise FormatError(f"{where}: expected columns of texts and of labels, found {_shown(shown, rows)}")
    return text, label


def _plain(name: str) -> str:
    return name.strip().casefold()


def _named(names: Row, usual: Sequence[str], taken: int | None) -> int | None:
    for name in usual:
        for place, found in enumerate(names):
            if _plain(found) == name and place != taken:
                return place
    return None


def _mean_length(rows: Sequence[Row], place: int) -> float:
    return sum(len(row[place]) for row in rows) / max(1, len(rows))


def _guess_label(rows: Sequence[Row], places: Sequence[int]) -> int | None:
    """The only column there is, or the only one with few values; None if that is not certain."""
    if len(places) == 1:
        return places[0]
    most = min(_MOST_CLASSES, len(rows) // 2)
    few = [place for place in places if 2 <= len({row[place] for row in rows}) <= most]
    return few[0] if len(few) == 1 else None


def _shown(names: Row, rows: Sequence[Row]) -> str:
    first = rows[0] if rows else [""] * len(names)
    cells = [cell if len(cell) <= 20 else cell[:19] + "…" for cell in first]
    return ", ".join(f"{name} ({cell!r})" for name, cell in zip(names, cells, strict=True)) + "; name them"
