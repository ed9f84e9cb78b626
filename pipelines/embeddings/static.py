"""What `embeddings export` and `push` share: vectors made ready for programs that average words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines import console, options
from pipelines.tokenizer_options import pop_tokenizer, tokenizer_options

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

F = TypeVar("F", bound=Callable[..., Any])

_LIKE = click.option(
    "--like", type=options.Read(), default=None, metavar="DOCS",
    help="Put the pooling of texts encoded before into the rows: their weights (idf, sif, usif), what the "
    "texts share removed, and their tokenizer.",
)  # fmt: skip


def static_options(function: F) -> F:
    """The options --like and --tokenizer with its own."""
    return _LIKE(tokenizer_options(of_vectors=True)(function))


def load_for_others(
    directory: Path, format: str | None, like: Path | None, fields: dict[str, Any], *, quiet: bool
) -> WordVectors:
    """The vectors in `directory`, as the options want them written in a format, or in ours if it is None."""
    from wordlab.embeddings.formats.format import has_tokenizer
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.documents.baking import baked
    from wordlab.sentiment.documents.vectors import DocumentVectors

    vectors = WordVectors.load(directory)
    tokenizer = pop_tokenizer(fields, vectors)
    holds_one = format is not None and has_tokenizer(format)
    if tokenizer is not None and (like is not None or not holds_one):
        holder = (
            "the vectors as they are, which record one" if format is None else f"{format}, which has none"
        )
        found = "--like, which decides it" if like is not None else holder
        raise click.UsageError(f"--tokenizer: expected none beside {found}")
    if like is not None:
        vectors = baked(DocumentVectors.load(like).encoder_with(vectors))
    if tokenizer is not None:
        vectors.tokenizer = tokenizer
    if vectors.subwords is not None and holds_one:
        note = f"{format} holds no n-grams: words outside the vocabulary have no vector there"
        console.say_notes([f"{console.visible(str(directory))}: {note}"], quiet=quiet)
    return vectors
