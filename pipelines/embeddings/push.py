"""`wordlab embeddings push`: vectors to a repository on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.card_options import describing_options, pop_card_config
from pipelines.embeddings.static import load_for_others, static_options
from pipelines.hub_options import check_written_card, push_options, read_card, report_pushed
from wordlab.embeddings.formats.names import HUB_FORMATS


@click.command("push", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@push_options
@click.option(
    "--format", "format", type=click.Choice(HUB_FORMATS), default=HUB_FORMATS[0], show_default=True,
    help="What to put there: the vectors as they are, or what model2vec or sentence-transformers load.",
)  # fmt: skip
@static_options
@describing_options("the repository's name")
@options.quiet_option
@options.json_option
def push(
    directory: Path, repository: str, private: bool, card: Path | None, overwrite: bool, format: str,
    like: Path | None, quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Put vectors, with a model card, into a repository on the Hugging Face Hub.

    `embeddings import hf://USER/NAME` brings them back. The token is that of huggingface_hub: log in by
    `hf auth login`, or set HF_TOKEN.

    \b
    Example:
      wordlab embeddings push vectors/ ann/news-vectors --license cc-by-sa-4.0 --text-language en
      wordlab embeddings push vectors/ ann/news-static --format model2vec --private
    """
    check_written_card(card)
    config = pop_card_config(fields)
    if format == "wordlab" and like is not None:
        raise click.UsageError("--like: expected --format model2vec or sentence-transformers, found none")
    from wordlab import artifact
    from wordlab.cards.markdown import to_markdown
    from wordlab.embeddings import storage
    from wordlab.embeddings.card import VectorsCard, vectors_card
    from wordlab.embeddings.card.loading import HubPlace
    from wordlab.embeddings.diagnosis import diagnose
    from wordlab.embeddings.diagnosis.config import DiagnosisConfig
    from wordlab.embeddings.published import publish_vectors
    from wordlab.hub import check_repository

    check_repository(repository)
    written = None if format == "wordlab" else format
    vectors = load_for_others(directory, written, like, fields, quiet=quiet)
    source = artifact.load(directory, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        if card is None:
            diagnosis = diagnose(vectors, DiagnosisConfig(), on_progress=on_progress)
            pooling = None if like is None else vectors.details["pooling"]["name"]
            place = HubPlace(repository, format, pooling)
            content = VectorsCard(vectors, source, diagnosis, place=place)
            text = to_markdown(vectors_card(content, config))
        else:
            text = read_card(card)
        where = publish_vectors(
            vectors, source, repository, text,
            format=format, private=private, overwrite=overwrite, on_progress=on_progress,
        )  # fmt: skip
    facts = {"repository": repository, "url": where, "format": format, "num_words": len(vectors), **taken}
    report_pushed(facts, "embeddings", "vectors", as_json=as_json, quiet=quiet)
