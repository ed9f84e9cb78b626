"""Groups of words with outliers as published: a file for each group, in two parts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wordlab.embeddings.evaluation.datasets import files_in
from wordlab.embeddings.evaluation.lines import MARKS, read_lines
from wordlab.embeddings.evaluation.recognise import Line, hinting
from wordlab.errors import FormatError
from wordlab.visible import clipped

_EXPECTED = "words of a group a line, an empty line, and words that do not belong to it"
_FEWEST = 2  # words of a group, without which none is nearer to the others
_LONGEST = 8  # words separated by spaces in an entry: a longer line is a sentence


class Group(NamedTuple):
    """The words of a group and those that do not belong to it; `num_repeated` lines say one again."""

    name: str
    words: list[str]
    outliers: list[str]
    num_repeated: int


def read_outliers(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> list[Group]:
    """The groups of a file, which holds one, or of all files in a directory.

    The words of the group come first, a word a line, then an empty line, then the outliers, as in 8-8-8
    (Camacho-Collados and Navigli 2016) and WikiSem500 (Blair, Merhav and Barry 2017). Spaces in an entry are
    read as underscores, as there. Raises SourceError, and FormatError (file and line) for other layouts.
    """
    root = Path(path)
    groups = []
    for file in files_in(root):
        lines = list(read_lines(file, encoding))
        name = file.relative_to(root).with_suffix("").as_posix() if root.is_dir() else file.stem
        with hinting("outliers", lines):
            groups.append(_group(file, name, lines))
    return groups


def _group(path: Path, name: str, lines: Sequence[Line]) -> Group:
    parts: list[list[Line]] = [[]]
    for where, line in lines:
        if line.strip():
            parts[-1].append((where, line.strip()))
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    for where, line in (each for part in parts for each in part):
        if any(mark in line for mark in MARKS[:-1]) or len(line.split()) > _LONGEST:
            raise FormatError(f"{where}: expected {_EXPECTED}, found {clipped(line)!r}")
    if len(parts) == 1:
        raise FormatError(f"{parts[0][-1][0]}: expected {_EXPECTED}, found no empty line")
    if len(parts) != 2:
        where = parts[2][0][0] if parts else str(path)
        found = "a third part" if parts else "nothing"
        raise FormatError(f"{where}: expected {_EXPECTED}, found {found}")
    words, outliers = ({_entry(line): where for where, line in part} for part in parts)
    if len(words) < _FEWEST:
        where = parts[0][0][0]
        raise FormatError(f"{where}: expected {_FEWEST} words of a group or more, found {len(words)}")
    both = [word for word in outliers if word in words]
    if both:
        raise FormatError(
            f"{outliers[both[0]]}: expected a word that is not of the group, found {clipped(both[0])!r}, "
            "which is in both parts"
        )
    num_lines = sum(len(part) for part in parts)
    return Group(name, list(words), list(outliers), num_lines - len(words) - len(outliers))


def _entry(line: str) -> str:
    return "_".join(line.split())
