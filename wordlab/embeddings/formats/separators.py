"""How the fields of a text of vectors are separated; other separators become single spaces.

Single spaces are the format; a word may hold tabs, commas and, before its last blank, spaces. Another
separator is believed only where it finds more numbers in more of the first rows. Other known shapes of
vectors are errors that name them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from wordlab.embeddings.formats.reading import shown
from wordlab.embeddings.formats.rows import is_not_finite, is_number, split_row
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.io.lines import without_byte_order_mark

_ROWS_SAMPLED = 100
_BLANKS = re.compile(rb"[ \t]+")
_LEADING_SPACES = re.compile(rb"^ +", re.MULTILINE)
_SPARSE = re.compile(rb"\d+:[+-]?[\d.]+([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(rb"[+-]?\d*,\d+([eE][+-]?\d+)?")
_LIST = re.compile(rb"[+-]?[\d.]+([eE][+-]?\d+)?(,[+-]?[\d.]+([eE][+-]?\d+)?)+")


class Separator(NamedTuple):
    """One way to separate fields."""

    split: Callable[[bytes], list[bytes]]
    """The fields of a row."""

    to_spaces: Callable[[bytes], bytes] | None
    """Replaces it by single spaces in whole rows; None for single spaces."""


class Layout(NamedTuple):
    """How the rows of a text are laid out."""

    separator: str
    """One of SEPARATORS."""

    dim: int
    """The number of values in a row."""

    has_names: bool
    """Whether the first row names the columns."""


def _split_blanks(row: bytes) -> list[bytes]:
    return _BLANKS.split(row.rstrip(b" \t\r").lstrip(b" "))


def _split_tab(row: bytes) -> list[bytes]:
    word, tab, values = row.rstrip(b" \t\r").partition(b"\t")
    return [word, *_BLANKS.split(values.lstrip(b" \t"))] if tab else [row]


def _blanks_to_spaces(text: bytes) -> bytes:
    text = _BLANKS.sub(b" ", _LEADING_SPACES.sub(b"", text))
    return text.replace(b" \r\n", b"\n").replace(b" \n", b"\n")


def _character(separator: str) -> Separator:
    """Fields as in a CSV file, which may stand in quotation marks."""
    encoded = separator.encode()
    with_blanks = re.compile(rb" *" + encoded + rb" *")

    def split(row: bytes) -> list[bytes]:
        row = row.rstrip(b"\r")
        if b'"' not in row:
            return with_blanks.split(row)
        text = row.decode("utf-8", "surrogateescape")
        try:
            fields = next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
        except csv.Error:  # a NUL in it, or a field that is too long
            return with_blanks.split(row)
        return [field.encode("utf-8", "surrogateescape") for field in fields]

    def to_spaces(text: bytes) -> bytes:
        if b'"' not in text:
            return with_blanks.sub(b" ", text)
        return b"\n".join([b" ".join(split(row)) for row in text.split(b"\n")])

    return Separator(split, to_spaces)


SEPARATORS = {
    "space": Separator(split_row, None),
    "tab": Separator(_split_tab, _blanks_to_spaces),
    "blanks": Separator(_split_blanks, _blanks_to_spaces),
    "comma": _character(","),
    "semicolon": _character(";"),
}
"""Single spaces; a tab after the word, and any blanks between values; any blanks; those of CSV files."""


def find_layout(head: bytes, name: str, *, dim: int | None = None, first_line: int = 1) -> Layout:
    """The layout of the rows that begin with `head`, of `dim` values if a header says so.

    Without a header the dimension is that of most rows; rows whose words hold spaces have more fields
    and are outvoted, and in a tie the first row decides. FormatError for rows in which no separator finds
    a value, with what they hold instead. `name` and `first_line` say where in messages.
    """
    lines = without_byte_order_mark(head).split(b"\n", _ROWS_SAMPLED)
    rows = [row for row in lines[:-1] or lines if row.strip()]  # the last piece is cut off, unless alone
    votes = Counter(found for row in rows if (found := _separator_of(row, dim)))
    separator = max(SEPARATORS, key=lambda key: votes[key])  # the first of several
    if not votes and rows:
        _check_known_shapes(rows, f"{name}:{first_line}")
    dim = dim or _dimension(rows, separator)
    if dim == 0:
        raise FormatError(f"{name}:{first_line}: expected a word and its values, found no value")
    has_names = separator != "space" and bool(rows) and _names_columns(rows[0], separator, dim)
    return Layout(separator, dim, has_names)


def with_separator(vectors: WordVectors, layout: Layout) -> WordVectors:
    """The vectors, whose details say how fields were separated if it was not by single spaces."""
    if layout.separator == "space":
        return vectors
    details = {**vectors.details, "separator": layout.separator}
    return WordVectors(vectors.vocabulary, vectors.matrix, details=details)


def _separator_of(row: bytes, dim: int | None) -> str | None:
    """The separator that finds the most numbers in a row, the first of several; None if none finds any."""
    best, most = None, 0
    for name, separator in SEPARATORS.items():
        number = _num_values(separator.split(row), is_csv=name in ("comma", "semicolon"))
        if dim is not None:
            number = min(number, dim)
        if number > most:
            best, most = name, number
    return best


def _num_values(fields: list[bytes], *, is_csv: bool = False) -> int:
    """How many trailing fields are numbers; 0 if an empty one, from a doubled blank, precedes them.

    In CSV all fields after the first must be, and the first must not end in a number after a blank.
    """
    first = len(fields)
    while first > 1 and (is_number(fields[first - 1]) or is_not_finite(fields[first - 1])):
        first -= 1
    if first > 1 and (is_csv or not fields[first - 1]):
        return 0
    if is_csv and len(parts := fields[0].split()) > 1 and is_number(parts[-1]):
        return 0
    return len(fields) - first


def _dimension(rows: list[bytes], separator: str) -> int:
    split = SEPARATORS[separator].split
    lengths = Counter(len(split(row)) - 1 for row in rows)
    with_values = [(dim, number) for dim, number in lengths.items() if dim > 0]
    return max(with_values, key=lambda vote: vote[1], default=(0, 0))[0]


def _names_columns(row: bytes, separator: str, dim: int) -> bool:
    """Whether a row holds column names, or pandas' numbers in their place, and not a vector."""
    word, *values = SEPARATORS[separator].split(row)
    if len(values) != dim:
        return False
    numbered = [str(number).encode() for number in range(dim)]
    if values == numbered:
        return not word or dim > 2
    return not any(is_number(value) or is_not_finite(value) for value in values)


def _check_known_shapes(rows: list[bytes], where: str) -> None:
    """Raise FormatError for rows of one of the known wrong shapes."""
    values = [row.split()[1:] for row in rows]
    expected = f"{where}: expected a word and its values, separated by spaces, found"
    for pattern, what in (
        (_SPARSE, "a sparse vector, position:value; write out all values"),
        (_DECIMAL_COMMA, "decimal commas; write decimal points"),
        (_LIST, "values joined by commas; separate them by spaces"),
    ):
        if all(fields and all(map(pattern.fullmatch, fields)) for fields in values):
            raise FormatError(f"{expected} {shown(values[0][0])}: {what}")
    for row, fields in zip(rows[:1], values[:1], strict=True):
        if row.lstrip().startswith((b'{"', b'["', b"[{")):
            raise FormatError(f"{expected} JSON")
        if fields and fields[-1].endswith((b"]", b")", b"}")):
            raise FormatError(f"{expected} {shown(fields[-1])}: values in brackets; remove the brackets")
        if any(_DECIMAL_COMMA.fullmatch(part) for part in re.split(rb"[\t; ]", row.strip())[1:]):
            raise FormatError(f"{expected} decimal commas; write decimal points")
        if fields and is_number(fields[-1]) and all(field.endswith(b",") for field in fields[:-1]):
            raise FormatError(f"{expected} {shown(fields[0])}: commas after the values; remove the commas")
