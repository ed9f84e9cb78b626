"""What `embeddings card` and `sentiment card` share: where a card goes, and what only its maker knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines import options
from pipelines.config_options import config_from, config_options
from wordlab.cards.config import CardConfig
from wordlab.errors import ConfigError
from wordlab.io.atomic import staged_file
from wordlab.io.places import check_apart, check_file

if TYPE_CHECKING:
    from wordlab.cards.document import Card

F = TypeVar("F", bound=Callable[..., Any])

SUFFIXES = (".md", ".html")
_OUTPUT = click.option(
    "-o", "--output", type=options.Written(), required=True, metavar="FILE",
    help="The card: Markdown with the Hub's header (.md), or one page with pictures (.html).",
)  # fmt: skip
_OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace the card if it is there already.")
_LANGUAGES = click.option(
    "--text-language", "text_languages", multiple=True, metavar="CODE",
    help="A language of the text: en, pt-BR, ... May be given several times.",
)  # fmt: skip


def describing_options(title: str) -> Callable[[F], F]:
    """A decorator that adds --title, by default what `title` says, --license and --text-language."""

    def decorate(function: F) -> F:
        own = config_options(CardConfig, leave_out=["text_languages"], defaults={"title": title})
        return own(_LANGUAGES(function))

    return decorate


def card_options(function: F) -> F:
    """The options -o, --overwrite, --title, --license and --text-language."""
    return _OUTPUT(_OVERWRITE(describing_options("the directory's name")(function)))


def check_card(path: Path, *, overwrite: bool, inputs: Iterable[str | os.PathLike[str] | None]) -> None:
    """Raise now what writing would raise later: a suffix, or a place where none can be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{path}: expected a card's name, which ends in {' or '.join(SUFFIXES)}")
    check_file(path, overwrite=overwrite, make_parents=True)
    check_apart(path, inputs)


def pop_card_config(fields: dict[str, Any]) -> CardConfig:
    """What the options say, which are taken out of `fields`; ConfigError."""
    names = ("title", "license", "text_languages")
    return config_from(CardConfig, {name: fields.pop(name) for name in names})


def write_card(card: Card, path: Path, *, overwrite: bool) -> None:
    """Write the card in the format that the name's end says."""
    from pipelines.plots.cards import draw_pictures
    from wordlab.cards.markdown import to_markdown
    from wordlab.cards.page import to_html

    is_page = path.suffix.lower() == ".html"
    text = to_html(card, draw_pictures(card)) if is_page else to_markdown(card)
    with staged_file(path, overwrite=overwrite, make_parents=True) as staging:
        Path(staging).write_text(text, encoding="utf-8", newline="\n")
