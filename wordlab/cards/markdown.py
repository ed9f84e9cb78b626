"""A card as Markdown, as the Hub shows the README.md of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch

from wordlab.cards.document import Block, Card, Code, Facts, Items, Picture, Table, Text
from wordlab.cards.header import header_lines
from wordlab.visible import visible

_SPECIAL = re.compile(r"[\\*_\[\]|~$#]")
_BEGINNING = re.compile(r"^(\d*)([-+=.)])")  # of a list, a rule or a heading
_AS_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def to_markdown(card: Card) -> str:
    """The card with the Hub's header. Equal cards give equal texts."""
    lines = [*header_lines(card), "", f"# {_inline(card.title)}", "", _line(card.lead)]
    for section in card.sections:
        lines += ["", f"## {_inline(section.title)}"]
        for block in section.blocks:
            found = list(_lines(block))
            lines += ["", *found] if found else []
    return "\n".join(lines) + "\n"


@singledispatch
def _lines(block: Block) -> Iterator[str]:
    raise TypeError(f"expected a block of a card, found a {type(block).__name__}")


@_lines.register
def _(block: Text) -> Iterator[str]:
    yield _line(block.text)


@_lines.register
def _(block: Items) -> Iterator[str]:
    yield from (f"- {_line(item)}" for item in block.items)


@_lines.register
def _(block: Facts) -> Iterator[str]:
    yield from ("| | |", "| --- | --- |")
    yield from (f"| {_inline(name)} | {_inline(value)} |" for name, value in block.rows)


@_lines.register
def _(block: Table) -> Iterator[str]:
    marks = ["---" if column < block.left else "---:" for column in range(len(block.header))]
    for row in (block.header, marks, *block.rows):
        yield f"| {' | '.join(row if row is marks else map(_inline, row))} |"


@_lines.register
def _(block: Code) -> Iterator[str]:
    yield from (f"```{block.language}", *block.code.splitlines(), "```")


@_lines.register
def _(block: Picture) -> Iterator[str]:
    yield from ()


def _inline(text: str) -> str:
    """A text on one line, in which nothing but backticks means anything."""
    parts = re.split(r"`([^`]*)`", visible(text))
    return "".join(_code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts))


def _line(text: str) -> str:
    """A text that begins a line: what stands first is no mark of a list, a rule or a heading."""
    return _BEGINNING.sub(r"\1\\\2", _inline(text))


def _code(text: str) -> str:
    return f"`{text}`".replace("|", r"\|") if text.strip() else _escaped(text)


def _escaped(text: str) -> str:
    escaped = re.sub(r"[&<>]", lambda found: _AS_ENTITIES[found[0]], text.replace("`", "'"))
    return _SPECIAL.sub(r"\\\g<0>", escaped)
