"""Options of the commands of `wordlab sentiment` that say how texts are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from wordlab.sentiment.data.reading import LABELLED_FORMATS

F = TypeVar("F", bound=Callable[..., Any])


def data_options(function: F) -> F:
    """--text-column, --label-column, --format and --encoding."""
    for option in reversed(
        (
            click.option(
                "--text-column", metavar="NAME", default=None, show_default="found by name or content",
                help="Name of the column with the texts, or its position counted from 0.",
            ),
            click.option(
                "--label-column", metavar="NAME", default=None, show_default="found by name or content",
                help="Name of the column with the labels, or its position counted from 0.",
            ),
            click.option(
                "--format", "input_format", type=click.Choice(tuple(LABELLED_FORMATS)), default=None,
                show_default="by the file's name", help="Format of the data.",
            ),
            click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the texts."),
        )
    ):  # fmt: skip
        function = option(function)
    return function
