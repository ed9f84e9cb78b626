"""Rated pairs of words as published: with or without a header, in columns of many kinds.

What has to be guessed, the delimiter and the columns, is reported with the result, so that a wrong guess
shows.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from wordlab.embeddings.evaluation.lines import MARKS, columns_of, read_lines
from wordlab.embeddings.evaluation.recognise import hinting
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.errors import ConfigError, FormatError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_WORD_NAME = re.compile(r"(word|w|term|token|item|noun|verb|adjective|lemma)[ _-]?[12ab]", re.IGNORECASE)
_SCORE_NAME = re.compile(
    r"sim(lex|verb)[ _-]?\d*|((human|gold|mean|average|avg)[ _-]?)?"
    r"(score|similarity|sim|relatedness|rating|judge?ment|human|gold|mean|average|avg)s?( ?\(.*\))?",
    re.IGNORECASE,
)
_NUM_SAMPLED = 20  # rows that decide whether a column numbers the rows

RatedPair = tuple[str, str, float]
_Row = tuple[str, list[str]]  # its place, its fields


class RatedPairs(NamedTuple):
    """The pairs with their scores, and the columns that they were taken from, in words."""

    pairs: list[RatedPair]
    columns: str


class _Columns(NamedTuple):
    """The positions of both words and of the score, and the names of all columns if there are any."""

    words: tuple[int, int]
    score: int
    names: list[str] | None

    def describe(self) -> str:
        first, second, score = (
            str(at) if self.names is None else repr(self.names[at]) for at in (*self.words, self.score)
        )
        if self.names is None:
            return f"words from columns {first} and {second}, scores from column {score} (counted from 0)"
        return f"words from {first} and {second}, scores from {score}"


def read_rated_pairs(
    path: str | os.PathLike[str], *, options: TableOptions | None = None, skip_invalid: bool = False
) -> RatedPairs:
    """The (word, word, score) rows of a file whose columns tabs, ``;``, ``|``, commas or spaces separate.

    The first row decides the delimiter and whether it is a header, which may be a comment as well. Its names
    decide the columns: ``word1`` and ``word2``, and a score called ``SimLex999``, ``similarity``,
    ``Human (mean)`` and the like. Otherwise they are the first two of words, behind a number or a letter for
    each row, and the first of numbers after them. Scores may have decimal commas. Empty lines and lines that
    begin with # are skipped. Any other line is a FormatError, unless `skip_invalid` follows gensim, which
    skips whatever is not exactly two words and a number. ConfigError for a score column that is not there.
    """
    options = options or TableOptions()
    everything = list(read_lines(path, options.encoding))
    lines = [(where, line) for where, line in everything if line.strip() and not line.startswith("#")]
    if not lines:
        raise FormatError(f"{path}: expected pairs of words with a score, found none")
    delimiter = options.delimiter or _delimiter(lines[0][1])
    if skip_invalid:
        return _read_as_gensim(path, lines, delimiter)
    with hinting("similarity", everything):
        return _read(path, lines, _commented_header(everything), delimiter, options)


def _read(
    path: str | os.PathLike[str],
    lines: Sequence[tuple[str, str]],
    comment: tuple[str, str] | None,
    delimiter: str | None,
    options: TableOptions,
) -> RatedPairs:
    rows = [(where, columns_of(where, line, delimiter)) for where, line in lines]
    names = rows.pop(0)[1] if _is_header(rows[0][1]) else None
    if names is None and comment is not None:
        fields = columns_of(*comment, delimiter)
        names = fields if _names_all(fields) and len(fields) == len(rows[0][1]) else None
    if not rows:
        raise FormatError(f"{path}: expected pairs of words with a score, found none")
    columns = _choose(rows, names, options.score_column)
    if delimiter == "," and names is None and options.score_column is None:
        _check_unquoted_commas(rows, columns)
    width = len(rows[0][1] if names is None else names)
    # with white space the words would shift; a surplus comma may be that of a number
    fewest = width if delimiter is None else 0
    most = width if names is not None or delimiter in (None, ",") else None
    pairs = [_pair(row, columns, fewest, most) for row in rows]
    commas = _check_decimal_marks(rows, columns.score)
    return RatedPairs(pairs, columns.describe() + (" with decimal commas" if commas else ""))


def _delimiter(line: str) -> str | None:
    """The first mark that divides a line into three columns or more; None for white space."""
    return next((mark for mark in MARKS if len(columns_of("", line, mark)) >= 3), None)


def _commented_header(lines: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The last comment above the first row, its place and its text; None if there is none."""
    comment = None
    for where, line in lines:
        if line.strip() and not line.startswith("#"):
            break
        text = line.lstrip("#").strip()
        comment = (where, text) if text else comment
    return comment


def _is_header(fields: Sequence[str]) -> bool:
    # WordSim-353 calls the columns of its raters 1 to 13
    return len(fields) >= 3 and (_names_all(fields) or not any(_is_number(field) for field in fields[2:]))


def _names_all(fields: Sequence[str]) -> bool:
    """Whether these are names of columns, of both words and of a score."""
    num_words = sum(bool(_WORD_NAME.fullmatch(field)) for field in fields)
    return num_words == 2 and any(_SCORE_NAME.fullmatch(field) for field in fields)


def _choose(rows: Sequence[_Row], names: list[str] | None, score_column: str | None) -> _Columns:
    """The columns of the words and the score, by their names or else by the first row."""
    where, first = rows[0]
    if len(first) < 3:
        raise FormatError(f"{where}: expected two words and a number, found {len(first)} columns")
    named = [at for at, name in enumerate(names or ()) if _WORD_NAME.fullmatch(name)]
    words = named if len(named) == 2 else _word_columns(rows)
    if score_column is not None:
        return _Columns((words[0], words[1]), _named_column(score_column, names, len(first)), names)
    numbers = [at for at, field in enumerate(first) if at not in words and _is_number(field)]
    after = [at for at in numbers if at > max(words)]
    likely = [at for at in numbers if names and at < len(names) and _SCORE_NAME.fullmatch(names[at])]
    found = likely or after or numbers
    if not found:
        raise FormatError(f"{where}: expected two words and a number, found {first[2]!r}")
    return _Columns((words[0], words[1]), found[0], names)


def _word_columns(rows: Sequence[_Row]) -> list[int]:
    """The first two columns, or the next two if the first one numbers the rows or has a letter for each."""
    first = rows[0][1]
    sample = [fields for _, fields in rows[:_NUM_SAMPLED]]
    if len(first) > 3 and not any(_is_number(field) for field in first[1:3]):
        numbers_rows = all(_is_number(fields[0]) for fields in sample)
        letters = [all(len(fields[at]) == 1 for fields in sample if len(fields) > at) for at in (0, 2)]
        if numbers_rows or letters == [True, False]:  # of relations, as in WordSim-353; not of words
            return [1, 2]
    return [0, 1]


def _named_column(wanted: str, names: list[str] | None, width: int) -> int:
    """The position of the column called `wanted`, a name or a position from 0; ConfigError."""
    lowered = [name.lower() for name in names or ()]
    if wanted.lower() in lowered:
        return lowered.index(wanted.lower())
    if wanted.isdecimal() and int(wanted[:9]) < width:
        return int(wanted)
    known = ", ".join(names) if names else f"a position from 0 to {width - 1}"
    raise ConfigError(f"score_column: expected {known}, found {wanted!r}")


def _pair(row: _Row, columns: _Columns, fewest: int, most: int | None) -> RatedPair:
    where, fields = row
    if len(fields) <= max(*columns.words, columns.score):
        raise FormatError(f"{where}: expected two words and a number, found {len(fields)} columns")
    if len(fields) < fewest or (most is not None and len(fields) > most):
        raise FormatError(f"{where}: expected {most} columns as in the first row, found {len(fields)}")
    score = _number(fields[columns.score])
    if score is None:
        raise FormatError(f"{where}: expected two words and a number, found {fields[columns.score]!r}")
    first, second = columns.words
    return fields[first], fields[second], score


def _number(field: str) -> float | None:
    if len(field) < 40 and (_NUMBER.fullmatch(field) or _DECIMAL_COMMA.fullmatch(field)):
        value = float(field.replace(",", "."))
        return value if math.isfinite(value) else None
    return None


def _is_number(field: str) -> bool:
    return _number(field) is not None


def _check_unquoted_commas(rows: Sequence[_Row], columns: _Columns) -> None:
    """FormatError for rows such as ``car,auto,9,2``: a decimal comma, or a score and another number?"""
    where, fields = rows[0]
    last = columns.score + 1
    if len(fields) == last + 1 and all(
        len(row) == last + 1 and row[last].isdecimal() and row[columns.score].isdecimal() for _, row in rows
    ):
        raise FormatError(
            f"{where}: expected one number, found {','.join(fields[-2:])!r}: a decimal comma or two columns? "
            f"--score-column {columns.score} takes the first of two"
        )


def _check_decimal_marks(rows: Sequence[_Row], score: int) -> bool:
    """Whether scores have decimal commas; FormatError where they may equally separate thousands."""
    with_comma = [(where, fields[score]) for where, fields in rows if "," in fields[score]]
    if not with_comma:
        return False
    where, found = with_comma[0]
    point = next((fields[score] for _, fields in rows if "." in fields[score]), None)
    if point is not None:
        raise FormatError(f"{where}: expected one decimal mark in all scores, found {found} and {point}")
    if all(_PERHAPS_THOUSANDS.fullmatch(field) for _, field in with_comma):
        raise FormatError(f"{where}: expected a decimal point in scores, found {found}: are these thousands?")
    return True


def _read_as_gensim(
    path: str | os.PathLike[str], lines: Sequence[tuple[str, str]], delimiter: str | None
) -> RatedPairs:
    """The rows that gensim would use: exactly two words and a number with a decimal point."""
    rows = [row for _, line in lines if len(row := line.split(delimiter)) == 3]
    scores = [None if "," in row[2] else _number(row[2].strip().strip('"')) for row in rows]
    pairs = [(row[0], row[1], score) for row, score in zip(rows, scores, strict=True) if score is not None]
    if not pairs:
        raise FormatError(
            f"{path}: expected pairs of words with a score, found none (--policy gensim takes only rows "
            "of three columns)"
        )
    return RatedPairs(pairs, "words from columns 0 and 1, scores from column 2 (counted from 0)")
