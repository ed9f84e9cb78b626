"""Rated pairs of sentences (semantic textual similarity) in the forms in which they are published."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wordlab.embeddings.evaluation.lines import read_lines
from wordlab.errors import FormatError
from wordlab.text.records import Row, csv_rows, with_delimiter
from wordlab.visible import clipped, listed

_SENTENCES = (
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),  # SICK
    ("text1", "text2"),
    ("sent1", "sent2"),
)
_SCORES = ("score", "similarity_score", "relatedness_score", "similarity", "relatedness", "gold", "label")
_PLAIN = (0, 1, 2)
_SCORE_FIRST = (1, 2, 0)  # the tasks of SemEval, as they are passed on
_BENCHMARK = (5, 6, 4)  # genre, file, year, id, score, both sentences, and in some rows their sources


class SentencePair(NamedTuple):
    """Two sentences and how similar people find them."""

    first: str
    second: str
    score: float


def read_sts(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> list[SentencePair]:
    """The rated pairs of sentences in a file.

    It has tabs between its columns, and quotes are text, or it is CSV. A header with ``sentence1``,
    ``sentence2`` and ``score``, or as SICK has it, says where they are. Without one, rows of three columns
    are two sentences and a score, or the score and two sentences, and rows of seven or more those of STS-B's
    files: genre, file, year, id, score and the sentences. Raises FormatError, which names the line, for
    anything else and for a score that is no finite number; SourceError.
    """
    rows = list(_rows(os.fspath(path), encoding))
    if not rows:
        raise FormatError(f"{path}: expected pairs of sentences with a score, found none")
    found = _named(rows[0][1])
    if found is not None:
        rows = rows[1:]
        if not rows:
            raise FormatError(
                f"{path}: expected pairs of sentences with a score, found none below the header"
            )
    else:
        found = _placed(*rows[0])
    return [_pair(where, row, found) for where, row in rows]


def _rows(name: str, encoding: str) -> Iterator[Row]:
    lines = [(where, line) for where, line in read_lines(name, encoding)]
    first = next((line for _, line in lines if line), "")
    if "\t" in first:
        yield from ((where, line.split("\t")) for where, line in lines if line)
        return
    blocks, delimiter = with_delimiter(["\n".join(line for _, line in lines) + "\n"], name, None)
    yield from csv_rows(blocks, name, delimiter=delimiter)


def _named(row: Sequence[str]) -> tuple[int, int, int] | None:
    """The positions of the sentences and the score by their names; None if the row does not name them."""
    names = [cell.strip().casefold() for cell in row]
    score = next((names.index(name) for name in _SCORES if name in names), None)
    for first, second in _SENTENCES:
        if first in names and second in names and score is not None:
            return names.index(first), names.index(second), score
    return None


def _placed(where: str, row: Sequence[str]) -> tuple[int, int, int]:
    """The positions in a file without a header; FormatError for a row that is of neither form."""
    for columns in (_PLAIN, _SCORE_FIRST) if len(row) == 3 else (_BENCHMARK,) if len(row) >= 7 else ():
        if _number(row[columns[2]]) is not None:
            return columns
    raise FormatError(
        f"{where}: expected two sentences and a score, or the columns of STS-B, found "
        f"{listed([repr(clipped(cell, 20)) for cell in row], 8)}"
    )


def _pair(where: str, row: Sequence[str], columns: tuple[int, int, int]) -> SentencePair:
    if len(row) <= max(columns):
        raise FormatError(f"{where}: expected {max(columns) + 1} columns or more, found {len(row)}")
    first, second, score = (row[at] for at in columns)
    number = _number(score)
    if number is None:
        raise FormatError(f"{where}: expected a score, a finite number, found {clipped(score, 40)!r}")
    return SentencePair(first, second, number)


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None
