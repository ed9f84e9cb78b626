"""Card: what there is to say about a model, as values that each format writes in its own way.

Texts are plain: formats escape them. What is between backticks in a Text, an item or a cell is shown as code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names with values; those that are None are left out."""

    facts: dict[str, str | None]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Those that are known."""
        return [(name, value) for name, value in self.facts.items() if value is not None]


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; the first `left` columns are words, the others numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True)
class Code:
    """A program that can be copied and run; `library` is the package it shows."""

    language: str
    code: str
    library: str


@dataclass(frozen=True)
class Picture:
    """A picture of `data`, which whoever draws it knows by `name`; `alt` says it in words.

    Markdown leaves pictures out: what they show stands in tables as well.
    """

    name: str
    alt: str
    data: Any = field(repr=False)


Block = Text | Items | Facts | Table | Code | Picture


@dataclass(frozen=True)
class Section:
    """Blocks under a title."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Metric:
    """A score as the Hub lists it: of a `task`, on a data set, `kind` the name of the measure."""

    task: str
    dataset: str
    kind: str
    value: float


@dataclass(frozen=True)
class Card:
    """A model card: `lead` says in a sentence or two what the model is."""

    title: str
    lead: str
    tags: tuple[str, ...]
    sections: tuple[Section, ...]
    metrics: tuple[Metric, ...] = ()
    license: str | None = None
    languages: tuple[str, ...] = ()
    task: str | None = None
    """The Hub's `pipeline_tag`."""
    library: str = "wordlab"
    """The Hub's `library_name`: what loads the model."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, in their order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Picture)
        )

    @property
    def programs(self) -> tuple[Code, ...]:
        """All programs, in their order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Code)
        )


def as_code(text: str) -> str:
    """`text` between backticks, to be shown as code."""
    return "`" + text.replace("`", "'") + "`"
