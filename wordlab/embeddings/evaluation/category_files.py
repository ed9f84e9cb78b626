"""Words with their categories as published: in two columns, in lines, or in a file for each category."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wordlab.embeddings.evaluation.datasets import files_in
from wordlab.embeddings.evaluation.lines import MARKS, columns_of, read_lines
from wordlab.embeddings.evaluation.recognise import Line, hinting
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.errors import FormatError
from wordlab.visible import clipped, listed

_LISTED = re.compile(r"([^:]+):\s+(\S.*)")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_WORD_NAME = re.compile(r"(words?|terms?|tokens?|items?|nouns?|verbs?|concepts?|lemmas?|x)", re.IGNORECASE)
_CATEGORY_NAME = re.compile(
    r"(categor(y|ies)|class(es)?|clusters?|groups?|labels?|topics?|y)([ _-]?(name|label))?", re.IGNORECASE
)
_MAX_CATEGORIES = 1_000  # tens are published, and k-means takes as many clusters
_LONGEST = 5  # words separated by spaces in an entry: a longer line is a sentence
_LAYOUTS = (
    "a word and its category in two columns, or lines `category: word word`; a directory with a file for "
    "each category is a set"
)


Row = tuple[str, list[str]]  # its place, its fields


class CategorisedWord(NamedTuple):
    """A word of a set and its category."""

    word: str
    category: str


class Categories(NamedTuple):
    """The distinct words with their categories, and how they were read, in words.

    `num_repeated` further lines say the same as another; `num_blank` name a category without a word.
    """

    items: list[CategorisedWord]
    read_as: str
    num_repeated: int = 0
    num_blank: int = 0


def read_categories(path: str | os.PathLike[str], *, options: TableOptions | None = None) -> Categories:
    """The words of a file or directory, each with its category; a word may be in several.

    A file has a word and its category in two columns, in either order, separated by tabs, ``;``, ``|``,
    commas or white space, or lines ``category: word word``. The names of a header decide which column is
    which and leave others aside; without one it is the column with fewer different entries that holds the
    categories. In a directory each file lists the words of a category, which has the file's name: a word a
    line, perhaps with numbers behind it. Lines that begin with # are comments. Raises SourceError, and
    FormatError (file and line) for other layouts.
    """
    options = options or TableOptions()
    root = Path(path)
    if not root.is_dir():
        lines = _lines(root, options)
        with hinting("categories", lines):
            return _distinct(root, *_read_file(root, lines, options.delimiter))
    items: list[CategorisedWord] = []
    files = files_in(root)
    for file in files:
        lines = _lines(file, options)
        with hinting("categories", lines):
            words = _listed_words(file, lines, options.delimiter)
        name = file.relative_to(root).with_suffix("").as_posix()
        items += [CategorisedWord(word, name) for word in words]
    return _distinct(root, items, f"a file for each of {len(files):,} categories", 0)


def sets_in(path: Path) -> list[Path]:
    """The sets that `path` holds: itself if it is a file or its files list words, else each of its files."""
    if not path.is_dir():
        return [path]
    folders: dict[Path, list[Path]] = {}
    for file in files_in(path):
        folders.setdefault(file.parent, []).append(file)
    found: list[Path] = []
    for folder, files in folders.items():
        first = [line for _, line in read_lines(files[0], "latin-1") if line.strip() and line[0] != "#"]
        found += [folder] if first and _is_list(first) else files
    return found


def _lines(path: Path, options: TableOptions) -> list[Line]:
    """The lines of a file, empty ones too, without comments and without empty ones at its ends."""
    lines = [(where, line) for where, line in read_lines(path, options.encoding) if not line.startswith("#")]
    filled = [number for number, (_, line) in enumerate(lines) if line.strip()]
    if not filled:
        raise FormatError(f"{path}: expected {_LAYOUTS}, found nothing")
    return lines[filled[0] : filled[-1] + 1]


def _distinct(path: Path, items: Sequence[CategorisedWord], read_as: str, num_blank: int) -> Categories:
    num_categories = len({item.category for item in items})
    if num_categories > _MAX_CATEGORIES:
        raise FormatError(
            f"{path}: expected at most {_MAX_CATEGORIES:,} categories, found {num_categories:,} ({read_as})"
        )
    found = list(dict.fromkeys(items))
    return Categories(found, read_as, len(items) - len(found), num_blank)


# ------------------------------------------------------------------ a file for each category


def _is_list(lines: Sequence[str]) -> bool:
    """Whether lines look like the words of one category."""
    if _LISTED.fullmatch(lines[0]):
        return False
    rows = [_list_fields("", line, None) for line in lines[1:] or lines]  # the first may be a header
    return all(_is_entry(row) for row in rows)


def _list_fields(where: str, line: str, delimiter: str | None) -> list[str]:
    mark = delimiter or next((mark for mark in MARKS if mark in line), None)
    if mark is not None:
        return columns_of(where, line, mark)
    head, *rest = line.split()
    numbers = rest and all(map(_NUMBER.fullmatch, rest))
    return [head, *rest] if numbers else [line.strip()]


def _is_entry(fields: Sequence[str]) -> bool:
    """Whether a row is a word, perhaps with numbers behind it."""
    return all(map(_NUMBER.fullmatch, fields[1:])) and 0 < len(fields[0].split()) <= _LONGEST


def _listed_words(path: Path, lines: Sequence[Line], delimiter: str | None) -> list[str]:
    """The words of a file that lists those of one category."""
    words = []
    for number, (where, line) in enumerate(lines):
        if not line.strip():
            raise FormatError(f"{where}: expected a word of the category {path.stem!r}, found an empty line")
        fields = _list_fields(where, line, delimiter)
        if number == 0 and len(lines) > 1 and _is_header_of_list(fields):
            continue
        if not _is_entry(fields):
            raise FormatError(
                f"{where}: expected a word of the category {path.stem!r}, alone or with numbers behind it, "
                f"found {clipped(line)!r}"
            )
        words.append(fields[0])
    return words


def _is_header_of_list(fields: Sequence[str]) -> bool:
    return len(fields) > 1 and bool(_WORD_NAME.fullmatch(fields[0])) and not _is_entry(fields)


# ------------------------------------------------------------------ a file for all


def _read_file(
    path: Path, lines: Sequence[Line], delimiter: str | None
) -> tuple[list[CategorisedWord], str, int]:
    filled = [(where, line) for where, line in lines if line.strip()]
    if delimiter is None and _LISTED.fullmatch(filled[0][1]):
        return _from_lines(filled), "lines `category: word word`", 0
    mark = delimiter or next((mark for mark in MARKS if mark in filled[0][1]), None)
    first = 0
    rows = [(where, columns_of(where, line, mark)) for where, line in filled]
    names = rows[0][1]
    named = [_only(names, _WORD_NAME), _only(names, _CATEGORY_NAME)]
    if None not in named:
        rows, width = rows[1:], len(names)
        described = f"words from {names[named[0] or 0]!r}, categories from {names[named[1] or 0]!r}"
    else:
        rows, width, first = _without_row_numbers(rows)
        named, described = [], ""
    for where, fields in rows:
        if len(fields) != width or (not named and width != 2):
            shown = listed([repr(clipped(field)) for field in fields], 4)
            raise FormatError(f"{where}: expected {_LAYOUTS}, found {shown}")
    if not rows:
        raise FormatError(f"{path}: expected {_LAYOUTS}, found only a header")
    word, category = [at for at in named if at is not None] or _by_repetition(path, rows)
    if not described:
        at = f"words from column {word + first}, categories from column {category + first}"
        described = f"{at} (counted from 0)"
    blank = [where for where, fields in rows if not fields[category]]
    if blank:
        raise FormatError(f"{blank[0]}: expected a category, found none")
    items = [CategorisedWord(fields[word], fields[category]) for _, fields in rows if fields[word]]
    return items, described, len(rows) - len(items)


def _from_lines(lines: Sequence[Line]) -> list[CategorisedWord]:
    items = []
    for where, line in lines:
        found = _LISTED.fullmatch(line.strip())
        if found is None:
            raise FormatError(f"{where}: expected `category: word word`, found {clipped(line)!r}")
        category, words = found[1].strip(), found[2]
        mark = next((mark for mark in MARKS if mark in words), None)
        entries = [word.strip() for word in words.split(mark)]
        if not all(entries):
            raise FormatError(f"{where}: expected words of {category!r}, found an empty place among them")
        items += [CategorisedWord(word, category) for word in entries]
    return items


def _only(names: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """The position of the one name that fits; None if none or several do."""
    found = [at for at, name in enumerate(names) if pattern.fullmatch(name)]
    return found[0] if len(found) == 1 else None


def _without_row_numbers(rows: list[Row]) -> tuple[list[Row], int, int]:
    """The rows without a first column that only numbers them, their width, and where they begin."""
    width = len(rows[0][1])
    if width == 3 and all(fields and fields[0].isdecimal() for _, fields in rows):
        return [(where, fields[1:]) for where, fields in rows], 2, 1
    return rows, width, 0


def _by_repetition(path: Path, rows: Sequence[Row]) -> tuple[int, int]:
    """The positions of the word and of the category: the column of fewer different entries."""
    different = [len({fields[at] for _, fields in rows}) for at in (0, 1)]
    if min(different) == len(rows) or different[0] == different[1]:
        raise FormatError(
            f"{path}: expected a column whose entries repeat, the categories, found {different[0]:,} and "
            f"{different[1]:,} different entries in {len(rows):,} rows"
        )
    return (1, 0) if different[0] < different[1] else (0, 1)
