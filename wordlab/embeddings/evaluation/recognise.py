"""Which kind of test set some lines look like: for a hint where a file is given as another kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wordlab.embeddings.evaluation.kinds import KINDS, Kind
from wordlab.embeddings.evaluation.lines import MARKS
from wordlab.errors import FormatError

_SAMPLE = 200  # lines
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_LISTED = re.compile(r"[^:]+:\s+\S.*")  # category: word word
_MOST_CATEGORIES = 0.6  # a share of the rows

Line = tuple[str, str]  # its place, its text


@contextmanager
def hinting(kind: Kind, lines: Sequence[Line]) -> Iterator[None]:
    """Inside, a FormatError ends with the option for lines that look like another kind than `kind`."""
    try:
        yield
    except FormatError as error:
        looks = likely_kind(lines)
        if looks in (None, kind):
            raise
        found = KINDS[looks]
        raise FormatError(f"{error}; it looks like {found.title}, which go with {found.option}") from None


def likely_kind(lines: Sequence[Line]) -> Kind | None:
    """The kind of set that `lines` look like; None if they look like none."""
    texts = [text.strip() for _, text in lines[:_SAMPLE]]
    while texts and not texts[-1]:
        texts.pop()
    filled = [text for text in texts if text and not text.startswith("#")]
    if not filled:
        return None
    if any(text.startswith(":") for text in filled):
        return "analogy"
    if all(_LISTED.fullmatch(text) for text in filled):
        return "categories"
    rows = [_fields(text) for text in filled]
    if all(len(row) == 1 for row in rows):
        return "outliers" if len(filled) < len(texts) else None
    body = rows[1:] or rows  # the first may be a header
    if all(len(row) >= 3 and any(map(_NUMBER.fullmatch, row[2:])) for row in body):
        return "similarity"
    if all(len(row) == 4 for row in rows):
        return "analogy"
    if all(len(row) == 2 for row in rows):
        return "categories" if repeats(rows, _MOST_CATEGORIES) else "analogy"
    return None


def repeats(rows: Sequence[Sequence[str]], share: float) -> bool:
    """Whether one of two columns has at most this share of different entries, as categories have.

    The other has many, and none are alternatives as in BATS.
    """
    few, many = sorted(len(set(column)) for column in zip(*rows, strict=True))
    alternatives = any("/" in field for row in rows for field in row)
    return few <= share * len(rows) and 2 * many >= len(rows) and not alternatives


def _fields(text: str) -> list[str]:
    mark = next((mark for mark in MARKS if mark in text), None)
    return [field.strip() for field in text.split(mark)]
