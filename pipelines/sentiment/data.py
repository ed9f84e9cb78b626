"""Options of the commands of `wordlab sentiment` that say how texts are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pipelines import options
from wordlab.sentiment.data.reading import LABELLED_FORMATS

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = {
    "text_column": click.option(
        "--text-column", metavar="NAME", default=None, show_default="found by name or content",
        help="Name of the column with the texts, or its position counted from 0.",
    ),
    "label_column": click.option(
        "--label-column", metavar="NAME", default=None, show_default="found by name or content",
        help="Name of the column with the labels, or its position counted from 0.",
    ),
    "header": click.option(
        "--header/--no-header", default=None, show_default="found by content",
        help="Whether the first row of TSV or CSV names the columns.",
    ),
    "delimiter": options.delimiter_option,
    "input_format": click.option(
        "--format", "--input-format", "input_format", type=click.Choice(tuple(LABELLED_FORMATS)),
        default=None, show_default="by the file's name", help="Format of the data.",
    ),
    "encoding": options.encoding_option,
    "max_record": options.max_record_option,
}  # fmt: skip


label_separator_option = click.option(
    "--label-separator", default=None, metavar="TEXT", show_default="none: one label, or a JSON list",
    help="What stands between the labels of a text in a cell of the label column, such as a comma.",
)  # fmt: skip


def data_options(function: F) -> F:
    """The options that say how labelled texts are read: --text-column, --header, --encoding and others."""
    return _with(function, *_OPTIONS)


def text_options(function: F) -> F:
    """The same without --label-column, for texts without labels."""
    return _with(function, *(name for name in _OPTIONS if name != "label_column"))


def data_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those among the `fields` of a command that are arguments of `read_labelled`."""
    return {name: fields[name] for name in _OPTIONS if name in fields}


def _with(function: F, *names: str) -> F:
    for name in reversed(names):
        function = _OPTIONS[name](function)
    return function
