"""What a format of labelled texts says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wordlab.sentiment.data.labels import Labels
from wordlab.sentiment.data.source import LabelledSource

TextLabelPairs = Iterator[tuple[str, Labels]]
"""A text and its labels, pair by pair: one, unless the source may have several or is to have none."""


@dataclass(frozen=True)
class LabelledFormat:
    """One format: the function that reads it, and how it is recognised.

    `suffixes` are the ends of file names that mean this format. Only formats that have columns accept
    `text_column` and `label_column`, and only those whose first row may name them `header` and
    `delimiter`; those of a directory read nothing else.
    """

    read: Callable[[LabelledSource], TextLabelPairs]
    suffixes: tuple[str, ...] = ()
    has_columns: bool = False
    has_header: bool = False
    is_directory: bool = False
