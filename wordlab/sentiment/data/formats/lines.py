"""Labelled texts on lines that begin with the label, plain or as fastText writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wordlab.errors import FormatError
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.formats.first_words import (
    PlacedLine,
    check_first_words,
    check_separators,
    check_share_inside,
    check_tabs,
)
from wordlab.sentiment.data.labels import Labels
from wordlab.sentiment.data.source import LabelledSource
from wordlab.sentiment.models.names import several_hint
from wordlab.visible import clipped

_PREFIX = "__label__"
_SHOWN = 40  # characters of a line that a message shows


def read_lines(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines of a label, white space and a text; unchecked, as the caller asked for this form."""
    for _, line in _filled_lines(source):
        label, text = _cut_word(line)
        yield text, (label,)


def read_fasttext(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines that begin with ``__label__`` and the label; FormatError for any other line."""
    return _prefixed(list(_filled_lines(source)), source)


def read_either(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines, which are fastText's if one begins with ``__label__`` or most have it somewhere.

    Raises FormatError where it is not at the beginning, and where the first words are not labels.
    """
    lines = list(_filled_lines(source))
    is_prefixed = any(line.lstrip().startswith(_PREFIX) for _, line in lines)
    if is_prefixed or 2 * sum(_PREFIX in line for _, line in lines) > len(lines):
        return _prefixed(lines, source)
    return _guessed(lines, source.where)


def read_unlabelled(source: LabelledSource) -> Iterator[str]:
    """A text for each line, blank ones included, read lazily; FormatError for fastText's labels."""
    number = 0
    for block in source.blocks():
        for line in block.removesuffix("\n").split("\n"):
            number += 1
            if line.startswith(_PREFIX):
                raise FormatError(
                    f"{source.where}:{number}: expected a text without a label, found {_PREFIX}"
                )
            yield line.removesuffix("\r")


def _prefixed(lines: Sequence[PlacedLine], source: LabelledSource) -> TextLabelPairs:
    pairs = [_cut_prefixed(line, where, several=source.several) for where, line in lines]
    firsts, texts = [labels[0] for _, labels in pairs], [text for text, _ in pairs]
    check_separators(lines, firsts, _PREFIX)
    if not source.several:  # tags are words of their texts
        check_share_inside(firsts, texts, source.where)
    return iter(pairs)


def _guessed(lines: Sequence[PlacedLine], name: str) -> TextLabelPairs:
    check_tabs(lines)
    pairs = [_cut_word(line) for _, line in lines]
    labels, texts = [label for label, _ in pairs], [text for _, text in pairs]
    check_separators(lines, labels)
    check_first_words(labels, texts, name)
    return zip(texts, zip(labels), strict=True)


def _filled_lines(source: LabelledSource) -> Iterator[PlacedLine]:
    """Where it is, and the line, for each line that is not blank."""
    number = 0
    for block in source.blocks():
        for line in block.removesuffix("\n").split("\n"):
            number += 1
            if line.strip():
                yield f"{source.where}:{number}", line


def _cut_word(line: str) -> tuple[str, str]:
    """The label and the text of a line."""
    label, text = [*line.split(None, 1), ""][:2]
    return label, text.strip()


def _cut_prefixed(line: str, where: str, *, several: bool) -> tuple[str, Labels]:
    """The text of a line and its labels; `several` may stand anywhere behind the first, as in fastText."""
    label, text = _cut_word(line)
    if label.startswith(_PREFIX) and _PREFIX not in text:
        name = label.removeprefix(_PREFIX)
        if name and _PREFIX not in name:  # as nearly always
            return text, (name,)
    place = line.find(_PREFIX)
    if not label.startswith(_PREFIX) and place >= 0:
        before = line[:place] if place <= _SHOWN else "…" + line[place - _SHOWN : place]
        raise FormatError(
            f"{where}: expected {_PREFIX} at the beginning of the line, "
            f"found it at character {place + 1}, after {before!r}"
        )
    if not label.startswith(_PREFIX) or label == _PREFIX:
        raise FormatError(f"{where}: expected {_PREFIX} and a label, found {clipped(label)!r}")
    name = label.removeprefix(_PREFIX)
    others = [word for word in text.split() if word.startswith(_PREFIX)] if _PREFIX in text else []
    if not several and (_PREFIX in name or others):
        raise FormatError(f"{where}: expected one label, found several; {several_hint()}")
    while text.startswith(_PREFIX):
        text = _cut_word(text)[1]
    if _PREFIX in text:
        text = " ".join(word for word in text.split() if not word.startswith(_PREFIX))
    names = (name, *(word.removeprefix(_PREFIX) for word in others))
    for name in names:
        if not name or _PREFIX in name:
            shown = clipped(_PREFIX + name)
            raise FormatError(f"{where}: expected white space after each label, found {shown!r}")
    return text, names


LINES = LabelledFormat(read_lines)
FASTTEXT = LabelledFormat(read_fasttext)
LINES_OR_FASTTEXT = LabelledFormat(read_either)
