"""The options that say how texts are cut into words, the same in every command, read from `Tokenizer`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines.config_options import config_options, was_typed
from pipelines.options import Local
from wordlab.text.tokenizers import TOKENIZERS, Tokenizer
from wordlab.text.tokenizers.tokenizer import CHOICES, OPTIONS
from wordlab.visible import listed

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

F = TypeVar("F", bound=Callable[..., Any])

_LOWERCASING = listed([name for name, kind in TOKENIZERS.items() if kind.lowercase])
_MADE_FOR = ", ".join(f"{name} for {kind.made_for}" for name, kind in TOKENIZERS.items() if kind.made_for)


def tokenizer_options(*, of_vectors: bool = False) -> Callable[[F], F]:
    """A decorator that adds --tokenizer and an option for each option of a tokenizer.

    With `of_vectors` the default is the tokenizer that the vectors record.
    """
    shown = {"lowercase": f"on for {_LOWERCASING} only", "language": "none", "pieces": "none"}
    if of_vectors:
        plain = {field.name: field.default for field in dataclasses.fields(Tokenizer)} | shown
        shown = {name: f"that of the vectors, or {default}" for name, default in plain.items()}

    def decorate(function: F) -> F:
        add = config_options(
            Tokenizer, choices=CHOICES, defaults=shown, leave_out=["name", "phrases"],
            kinds={"pieces": (Local(), "FILE")},
        )  # fmt: skip
        return click.option(
            "--tokenizer", type=click.Choice(tuple(TOKENIZERS)),
            default=None if of_vectors else Tokenizer.name, show_default=shown.get("name", True),
            help=f"How texts are cut into words: {_MADE_FOR}.",
        )(add(function))  # fmt: skip

    return decorate


def pop_tokenizer(options: dict[str, Any], vectors: WordVectors | None = None) -> Tokenizer | None:
    """The tokenizer that the options of the running command describe, which are taken out of `options`.

    None if none was typed; options without --tokenizer change the one that `vectors` record, else ``word``.
    Raises ConfigError.
    """
    name = options.pop("tokenizer")
    given = {option: options.pop(option) for option in OPTIONS}
    typed = {option: value for option, value in given.items() if was_typed(option)}
    if name is not None:
        return Tokenizer(name, **typed)
    if not typed:
        return None
    from wordlab.sentiment.data.inputs import choose_tokenizer

    return dataclasses.replace(choose_tokenizer(None, vectors), **typed)
