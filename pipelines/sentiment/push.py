"""`wordlab sentiment push`: a classifier to a repository on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.card_options import describing_options, pop_card_config
from pipelines.hub_options import check_written_card, push_options, read_card, report_pushed


@click.command("push", cls=options.Command)
@options.artifact_argument("directory", "MODEL")
@push_options
@describing_options("the repository's name")
@options.quiet_option
@options.json_option
def push(
    directory: Path, repository: str, private: bool, card: Path | None, overwrite: bool, quiet: bool,
    as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Put a classifier, with a model card, into a repository on the Hugging Face Hub.

    `sentiment import hf://USER/NAME` brings it back. The token is that of huggingface_hub: log in by
    `hf auth login`, or set HF_TOKEN.

    \b
    Example:
      wordlab sentiment push model/ ann/reviews --license mit --text-language en
      wordlab sentiment push model/ ann/reviews-draft --private
    """
    check_written_card(card)
    config = pop_card_config(fields)
    from wordlab import artifact, hub
    from wordlab.cards.markdown import to_markdown
    from wordlab.sentiment import storage
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.card import ClassifierCard, classifier_card

    hub.check_repository(repository)
    model = load_classifier(directory)
    source = artifact.load(directory, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        if card is None:
            content = ClassifierCard(model, source, repository=repository)
            text = to_markdown(classifier_card(content, config))
        else:
            text = read_card(card)
        where = hub.publish(
            repository, hub.artefact_files(source, text),
            private=private, overwrite=overwrite, on_progress=on_progress,
        )  # fmt: skip
    facts = {"repository": repository, "url": where, "model": model.config.to_dict()["model"], **taken}
    report_pushed(facts, "sentiment", "classifier", as_json=as_json, quiet=quiet)
