"""Labelled texts on lines that begin with the label, plain or as fastText writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wordlab.errors import FormatError
from wordlab.sentiment.data.formats.base import LabelledFormat, TextLabelPairs
from wordlab.sentiment.data.source import LabelledSource

_PREFIX = "__label__"
_FEW_LABELS = 20  # more than these, on more than half of the lines: the first words are not labels


def read_lines(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines of a label, white space and a text."""
    return _pairs(source, _cut_word)


def read_fasttext(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines that begin with ``__label__`` and the label; FormatError for any other line."""
    return _pairs(source, _cut_prefixed)


def read_either(source: LabelledSource) -> TextLabelPairs:
    """The pairs in lines of the form that the first line has."""
    return _pairs(source, None)


def _pairs(source: LabelledSource, cut: Callable[[str, str], tuple[str, str]] | None) -> TextLabelPairs:
    labels: set[str] = set()
    num_texts = 0
    for where, line in _filled_lines(source):
        if cut is None:
            cut = _cut_prefixed if line.startswith(_PREFIX) else _cut_word
        label, text = cut(line, where)
        labels.add(label)
        num_texts += 1
        yield text, label
    if len(labels) > max(_FEW_LABELS, num_texts / 2):
        raise FormatError(
            f"{source.where}: expected lines of a label and a text, found {len(labels):,} different words "
            f"at the beginning of {num_texts:,} lines; are there labels?"
        )


def _filled_lines(source: LabelledSource) -> Iterator[tuple[str, str]]:
    """Where it is, and the line, for each line that is not blank."""
    number = 0
    for block in source.blocks():
        for line in block.removesuffix("\n").split("\n"):
            number += 1
            if line.strip():
                yield f"{source.where}:{number}", line


def _cut_word(line: str, where: str) -> tuple[str, str]:
    """The label and the text of a line."""
    label, text = [*line.split(None, 1), ""][:2]
    return label, text.strip()


def _cut_prefixed(line: str, where: str) -> tuple[str, str]:
    label, text = _cut_word(line, where)
    if not label.startswith(_PREFIX) or label == _PREFIX:
        raise FormatError(f"{where}: expected {_PREFIX} and a label, found {label[:40]!r}")
    if text.startswith(_PREFIX):
        raise FormatError(f"{where}: expected one label, found several")
    return label.removeprefix(_PREFIX), text


LINES = LabelledFormat(read_lines)
FASTTEXT = LabelledFormat(read_fasttext)
LINES_OR_FASTTEXT = LabelledFormat(read_either)
