"""Options by which the commands of `wordlab sentiment` are told what is what in a file of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from wordlab.text import tokenizers

F = TypeVar("F", bound=Callable[..., Any])

# The library's own list, here too so that --help loads no array library; a test compares them.
FORMATS = ("tsv", "csv", "jsonl", "parquet", "lines", "fasttext", "folders")
TOKENIZERS = tuple(tokenizers.TOKENIZERS)


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
                "--format", "input_format", type=click.Choice(FORMATS), default=None,
                show_default="by the file's name", help="The data's format.",
            ),
            click.option("--encoding", default="utf-8", show_default=True, help="The texts' encoding."),
        )
    ):  # fmt: skip
        function = option(function)
    return function
