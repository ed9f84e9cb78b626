"""Analogy questions as published: Google's four words a line, or the pairs of BATS."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wordlab.embeddings.evaluation.datasets import files_in, set_name
from wordlab.embeddings.evaluation.lines import MARKS, read_lines
from wordlab.embeddings.evaluation.recognise import hinting, repeats
from wordlab.errors import FormatError
from wordlab.visible import listed

_MAX_PAIRS = 1000  # in a section, which makes a million questions; BATS has 50
_MOST_CATEGORIES = 0.1  # of the pairs; the answers of some of BATS's relations repeat, but less than that
_WITH_RELATION = 5  # words of a line: a question and its relation
_RELATION = re.compile(
    r"(nn(_?pos|[ps]{1,2})?|vb[dgnpz]?|jj[rs]?)_(nn(_?pos|[ps]{1,2})?|vb[dgnpz]?|jj[rs]?)", re.I
)

Question = tuple[str, str, str, str]
Section = tuple[str, list[Question]]
_Line = tuple[str, str]  # its place, its text
_Row = tuple[str, list[str]]  # its place, its words


class Questions(NamedTuple):
    """The questions by section, and what the lines of the file held, in words."""

    sections: list[Section]
    lines: str


def read_questions(
    path: str | os.PathLike[str], *, encoding: str = "utf-8", skip_invalid: bool = False
) -> Questions:
    """The sections of a file: a line ": name" or ":name", and then lines of four words or of two.

    Lines of two words, as in BATS (Gladkova, Drozd & Matsuoka 2016), are pairs; each is combined with every
    other of its section. A file without sections is one, as that of MSR (Mikolov, Yih & Zweig 2013); where a
    fifth column holds MSR's relations, such as ``JJ_JJR``, these are the sections. A directory stands for all
    files in it. Empty lines are skipped. Raises FormatError (file and line) for any other line, unless
    `skip_invalid`, as in gensim, skips all lines but those of four words.
    """
    found = []
    for file in files_in(path):
        lines = list(read_lines(file, encoding))
        if skip_invalid:
            found.append(_read_as_gensim(file, lines))
            continue
        with hinting("analogy", lines):
            found.append(_read(file, lines))
    sections = [section for questions in found for section in questions.sections]
    return Questions(sections, listed(list(dict.fromkeys(questions.lines for questions in found))))


def is_of_grammar(section: str) -> bool:
    """Whether a section of Google's questions asks about grammar, by its name."""
    return section.startswith("gram")


def _read_as_gensim(path: Path, lines: Sequence[_Line]) -> Questions:
    """The questions that gensim would ask."""
    sections: list[Section] = []
    for where, line in lines:
        words = line.split()
        if line.startswith(": "):
            sections.append((line.lstrip(": ").strip(), []))
        elif len(words) == 4:
            if not sections:
                raise FormatError(f"{where}: expected a section line ': name' first, found a question")
            a, b, c, d = words
            sections[-1][1].append((a, b, c, d))
    return _checked(path, sections, "questions")


def _read(path: Path, lines: Sequence[_Line]) -> Questions:
    """The sections of one file."""
    sections: list[tuple[str, list[_Row]]] = []
    width = None
    for where, line in lines:
        if line.startswith(": ") or _is_section(line):
            sections.append((line.lstrip(": ").strip(), []))
            continue
        words = _words(line)
        if not words:
            continue
        if width is None:
            width = len(words)
            if width not in (2, 4) and _relation(words) is None:
                raise FormatError(f"{where}: expected 4 words, or 2 on every line, found {width}")
        if len(words) != width:
            raise FormatError(f"{where}: expected {width} words, found {len(words)}")
        if width == _WITH_RELATION:
            _add_to_relation(sections, where, words)
            continue
        if not sections:
            sections.append((set_name(path), []))
        sections[-1][1].append((where, words))
    pairs = [words for _, rows in sections for _, words in rows] if width == 2 else []
    if pairs and repeats(pairs, _MOST_CATEGORIES):
        raise FormatError(f"{path}: expected pairs of one relation, found a column whose entries repeat")
    asked = [(name, _crossed(rows) if width == 2 else _as_given(rows)) for name, rows in sections]
    return _checked(path, asked, "pairs, each combined with every other" if width == 2 else "questions")


def _checked(path: Path, sections: list[Section], lines: str) -> Questions:
    if not any(questions for _, questions in sections):
        raise FormatError(f"{path}: expected analogy questions, found none")
    return Questions(sections, lines)


def _relation(words: Sequence[str]) -> int | None:
    """The position of the relation in a question of MSR's; None if it has none."""
    if len(words) != _WITH_RELATION:
        return None
    return next((at for at in (_WITH_RELATION - 1, 0) if _RELATION.fullmatch(words[at])), None)


def _add_to_relation(sections: list[tuple[str, list[_Row]]], where: str, words: list[str]) -> None:
    """Add a question to the section of its relation; FormatError without one."""
    at = _relation(words)
    if at is None:
        raise FormatError(f"{where}: expected 4 words and a relation such as JJ_JJR, found {listed(words)}")
    by_name = dict(sections)
    question = (where, words[:at] + words[at + 1 :])
    if words[at] in by_name:
        by_name[words[at]].append(question)
    else:
        sections.append((words[at], [question]))


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


def _as_given(rows: Sequence[_Row]) -> list[Question]:
    return [(a, b, c, d) for _, (a, b, c, d) in rows]


def _crossed(rows: Sequence[_Row]) -> list[Question]:
    """All ordered pairs of pairs as questions: a is to b as c is to d."""
    if len(rows) > _MAX_PAIRS:
        raise FormatError(
            f"{rows[_MAX_PAIRS][0]}: expected at most {_MAX_PAIRS:,} pairs in a section, found more"
        )
    pairs = [words for _, words in rows]
    return [(a, b, c, d) for i, (a, b) in enumerate(pairs) for j, (c, d) in enumerate(pairs) if i != j]
