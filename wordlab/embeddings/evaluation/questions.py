"""Analogy questions as published: Google's four words a line, or the pairs of BATS."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wordlab.embeddings.evaluation.datasets import files_in, set_name
from wordlab.embeddings.evaluation.lines import MARKS, read_lines
from wordlab.errors import FormatError
from wordlab.visible import listed

_MAX_PAIRS = 1000  # in a section, which makes a million questions; BATS has 50

Question = tuple[str, str, str, str]
Section = tuple[str, list[Question]]
_Line = tuple[str, list[str]]  # its place, its words


class Questions(NamedTuple):
    """The questions by section, and what the lines of the file held, in words."""

    sections: list[Section]
    lines: str


def read_questions(
    path: str | os.PathLike[str], *, encoding: str = "utf-8", skip_invalid: bool = False
) -> Questions:
    """The sections of a file: a line ": name" or ":name", and then lines of four words or of two.

    Lines of two words, as in BATS (Gladkova, Drozd & Matsuoka 2016), are pairs; each is combined with every
    other of its section, and a file without sections is one section. A directory stands for all files in it.
    Empty lines are skipped. Raises FormatError (file and line) for any other line, unless `skip_invalid`, as
    in gensim, skips all lines but those of four words.
    """
    found = [_read(file, encoding, skip_invalid) for file in files_in(path)]
    sections = [section for questions in found for section in questions.sections]
    return Questions(sections, listed(list(dict.fromkeys(questions.lines for questions in found))))


def is_of_grammar(section: str) -> bool:
    """Whether a section of Google's questions asks about grammar, by its name."""
    return section.startswith("gram")


def _read(path: Path, encoding: str, skip_invalid: bool) -> Questions:
    """The sections of one file."""
    sections: list[tuple[str, list[_Line]]] = []
    width = 4 if skip_invalid else None
    for where, line in read_lines(path, encoding):
        if line.startswith(": ") or (not skip_invalid and _is_section(line)):
            sections.append((line.lstrip(": ").strip(), []))
            continue
        words = line.split() if skip_invalid else _words(line)
        if width is None and len(words) in (2, 4):
            width = len(words)
        if len(words) != width:
            if words and not skip_invalid:
                expected = "4 words, or 2 on every line" if width is None else f"{width} words"
                hint = "; it looks like rated pairs, which go with --similarity" if _is_rated(words) else ""
                raise FormatError(f"{where}: expected {expected}, found {len(words)}{hint}")
            continue
        if not sections:
            if width == 4:
                raise FormatError(f"{where}: expected a section line ': name' first, found a question")
            sections.append((set_name(path), []))
        sections[-1][1].append((where, words))
    asked = [(name, _crossed(lines) if width == 2 else _as_given(lines)) for name, lines in sections]
    if not any(questions for _, questions in asked):
        raise FormatError(f"{path}: expected analogy questions, found none")
    return Questions(asked, "pairs, each combined with every other" if width == 2 else "questions")


def _is_rated(words: Sequence[str]) -> bool:
    """Whether a line of this many words may be a pair with a score."""
    return len(words) == 3 and bool(re.fullmatch(r"\d+([.,]\d+)?", words[2]))


def _is_section(line: str) -> bool:
    """Whether a line names a section; ``:) :( glad sad`` does not: it is a question."""
    return line.startswith(":") and (len(line.split()) != 4 or bool(re.match(r":\w", line)))


def _words(line: str) -> list[str]:
    """The words of a line, separated by white space or else by one of MARKS."""
    words = line.split()
    mark = next((mark for mark in MARKS if mark in line), None)
    if len(words) in (2, 4) or mark is None:
        return words
    return [word.strip() for word in line.split(mark)]


def _as_given(lines: Sequence[_Line]) -> list[Question]:
    return [(a, b, c, d) for _, (a, b, c, d) in lines]


def _crossed(lines: Sequence[_Line]) -> list[Question]:
    """All ordered pairs of pairs as questions: a is to b as c is to d."""
    if len(lines) > _MAX_PAIRS:
        raise FormatError(
            f"{lines[_MAX_PAIRS][0]}: expected at most {_MAX_PAIRS:,} pairs in a section, found more"
        )
    pairs = [words for _, words in lines]
    return [(a, b, c, d) for i, (a, b) in enumerate(pairs) for j, (c, d) in enumerate(pairs) if i != j]
