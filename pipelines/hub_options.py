"""What `embeddings push` and `sentiment push` share: where to, with which card, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines import console, options
from pipelines.config_options import was_typed
from wordlab.errors import SourceError

F = TypeVar("F", bound=Callable[..., Any])

_DESCRIBING = ("title", "license", "text_languages")
_REPOSITORY = click.argument("repository", metavar="USER/NAME")
_PRIVATE = click.option("--private", is_flag=True, help="Let nobody else see a repository that is made.")
_CARD = click.option(
    "--card", type=options.Local(), default=None, metavar="FILE",
    show_default="one that is made now",
    help="The model card in Markdown, as the command card writes it, with scores.",
)  # fmt: skip
_OVERWRITE = click.option(
    "--overwrite", is_flag=True,
    help="Replace what is in the repository, in one commit; its history keeps it.",
)  # fmt: skip


def push_options(function: F) -> F:
    """The argument for a repository, and the options --private, --card and --overwrite."""
    return _REPOSITORY(_PRIVATE(_CARD(_OVERWRITE(function))))


def check_written_card(card: Path | None) -> None:
    """Raise UsageError for options that describe, beside a card that is written already."""
    typed = [name for name in _DESCRIBING if was_typed(name)]
    if card is not None and typed:
        names = {param.name: param.opts[0] for param in click.get_current_context().command.params}
        raise click.UsageError(f"{names[typed[0]]}: expected none beside --card, which says it, found one")


def read_card(path: Path) -> str:
    """The text of a card; SourceError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path}: expected Markdown in UTF-8, found byte {error.start} that is not"
        ) from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def report_pushed(facts: dict[str, Any], group: str, what: str, *, as_json: bool, quiet: bool) -> None:
    """Print where something is published now, and how it is brought back."""
    if as_json:
        console.print_json(facts)
        return
    console.print_facts({what: facts["url"], "time": console.duration(facts["seconds"])})
    name = facts["repository"].rpartition("/")[2]
    console.say_next(
        ("wordlab", group, "import", f"hf://{facts['repository']}", "-o", f"{name}/"), quiet=quiet
    )
