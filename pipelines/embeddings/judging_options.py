"""The options that say on which test sets vectors are judged, and how their files are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines import options
from wordlab.embeddings.evaluation.datasets import data_sets
from wordlab.embeddings.evaluation.kinds import KINDS, Kind
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.text.casing import LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])


def _files_option(kind: Kind) -> Callable[[F], F]:
    how, known = KINDS[kind], data_sets(kind)
    return click.option(
        how.option, f"{kind}_files", multiple=True, type=options.Read(), metavar="FILE",
        show_default=" and ".join(data.name for data in known) if known else "none",
        help=f"{how.help} May be given several times.",
    )  # fmt: skip


_OPTIONS = (
    *(_files_option(kind) for kind in KINDS),
    click.option(
        "--score-column", metavar="NAME", show_default="by the header, else the first of numbers",
        help="Score column of the --similarity files: its name, or its position counted from 0.",
    ),
    click.option(
        "--delimiter", metavar="TEXT", show_default="found from the first line",
        help="What separates the columns of the --similarity and --categories files.",
    ),
    click.option(
        "--encoding", default=TableOptions.encoding, show_default=True, metavar="NAME",
        help="Encoding of the files of test sets.",
    ),
    click.option(
        "--language", type=click.Choice(list(LANGUAGES)), default=None,
        show_default="that of the vectors' tokenizer",
        help="Lower-case by this language's rules: in Turkish and Azerbaijani, I becomes ı and İ becomes i.",
    ),
)  # fmt: skip


neighbours_option = click.option(
    "-k", "k", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
    help="How many neighbours of a word are compared.",
)  # fmt: skip


def plot_option(function: F) -> F:
    """The options --plot, a picture of all scores, and --overwrite."""
    function = click.option("--overwrite", is_flag=True, help="Replace the picture if it is there already.")(
        function
    )
    return click.option(
        "--plot", type=options.Written(), default=None, metavar="FILE",
        help="Draw all scores with their intervals (PNG, SVG or PDF by the name's end).",
    )(function)  # fmt: skip


def num_words_option(which: str) -> Callable[[F], F]:
    """The option --num-words; `which` words these are goes into its help."""
    return click.option(
        "--num-words", type=click.IntRange(min=2), default=20_000, show_default=True, metavar="N",
        help=f"Look at the N most frequent {which}.",
    )  # fmt: skip


def judging_options(function: F) -> F:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def pop_files(fields: dict[str, Any]) -> dict[Kind, Sequence[Path]]:
    """The files of test sets by kind, by the options, which are taken out of `fields`."""
    return {kind: fields.pop(f"{kind}_files") for kind in KINDS}


def pop_table(fields: dict[str, Any]) -> TableOptions:
    """How the files are read, by the options, which are taken out of `fields`; ConfigError."""
    return TableOptions(**{name: fields.pop(name) for name in ("encoding", "delimiter", "score_column")})
