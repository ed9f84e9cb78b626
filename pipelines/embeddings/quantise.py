"""`wordlab embeddings quantise`: vectors in fewer bytes, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.reports import embeddings as reports
from wordlab import artifact
from wordlab.embeddings.choices import PRECISIONS


@click.command("quantise", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@options.output_option("smaller vectors")
@click.option(
    "--precision", type=click.Choice([name for name in PRECISIONS if name != "float32"]), required=True,
    help="Two bytes a number, or one byte and a scale for each word.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def quantise(
    directory: Path, output: Path, overwrite: bool, precision: Any, quiet: bool, as_json: bool
) -> None:
    """Store vectors in half or a quarter of the bytes, and measure what is lost.

    The scores of word similarity and analogies are those of the vectors before and of what was
    written. Output vectors, which only training needs, are left out.

    \b
    Example:
      wordlab embeddings quantise vectors/ -o small/ --precision int8
      wordlab embeddings quantise vectors/ -o half/ --precision float16 --json
    """
    artifact.check_output(output, overwrite=overwrite, inputs=[directory])
    from wordlab.embeddings.evaluation.quantised import quantise_saved

    with console.progress(quiet=quiet) as on_progress:
        found = quantise_saved(
            directory, output, precision=precision, overwrite=overwrite, on_progress=on_progress
        )
    facts = {"output": str(output), **found.to_dict()}
    if as_json:
        console.print_json(facts)
        return
    reports.print_quantised(facts)
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(found.vectors)),
        quiet=quiet,
    )
