"""`wordlab embeddings diagnose`: what is unusual about a set of vectors, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.reports.diagnosis import print_diagnosis
from wordlab.embeddings.diagnosis.config import DiagnosisConfig


@click.command("diagnose", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.option(
    "-k", "k", type=int, default=DiagnosisConfig.k, show_default=True, metavar="N",
    help="Neighbours of each word that hubs are counted by.",
)  # fmt: skip
@config_options(DiagnosisConfig, leave_out=["k"])
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw lengths by frequency, variance by component, and hubs (PNG, SVG or PDF by the name's end).",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace the picture if it is there already.")
@options.quiet_option
@options.json_option
def diagnose(
    directory: Path, plot: Path | None, overwrite: bool, quiet: bool, as_json: bool, **fields: Any
) -> None:
    """Look for what is unusual in vectors and their words, and say what to do about it.

    Measures isotropy, lengths by frequency and hubs; finds words that share a vector or have next to none,
    and words that are left-overs of markup, of a wrong encoding or of a tokenizer. Each line says whether
    the like is usual.

    \b
    Example:
      wordlab embeddings diagnose vectors/
      wordlab embeddings diagnose vectors/ --num-words 5000 --plot diagnosis.png
      wordlab embeddings diagnose vectors/ --json
    """
    from pipelines.plots.diagnosis import draw_diagnosis
    from pipelines.plots.files import check_picture, save_figure

    check_picture(plot, overwrite=overwrite, inputs=[directory])
    config = config_from(DiagnosisConfig, fields)
    from wordlab.embeddings.diagnosis import diagnose as look
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    with console.progress(quiet=quiet) as on_progress:
        found = look(vectors, config, on_progress=on_progress)
    if plot is not None:
        save_figure(draw_diagnosis(found), plot, overwrite=overwrite)
    if as_json:
        console.print_json(found.to_dict())
        return
    print_diagnosis(found)
