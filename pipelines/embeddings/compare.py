"""`wordlab embeddings compare`: which of several sets of vectors is better, and whether that is chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.embeddings.judging_options import (
    judging_options,
    neighbours_option,
    plot_option,
    pop_files,
    pop_table,
)
from pipelines.reports import compared_vectors as reports


@click.command("compare", cls=options.Command)
@click.argument("vectors", nargs=-1, required=True, metavar="VECTORS OTHER...", type=options.NameOrPath())
@judging_options
@neighbours_option
@click.option(
    "--fail-if-worse", is_flag=True,
    help="Exit with 1 if a set has a lower score than the first, by more than chance explains.",
)  # fmt: skip
@plot_option
@options.seed_option("the bootstrap and of k-means")
@options.quiet_option
@options.json_option
def compare(
    vectors: tuple[str, ...],
    k: int,
    fail_if_worse: bool,
    plot: Path | None,
    overwrite: bool,
    seed: int,
    quiet: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    """Compare sets of vectors with the first of them.

    All are judged on the words that all have, so that none gains by a smaller vocabulary. Each difference
    has a 95% interval, by drawing the pairs and questions of a test again and again. Sets go by the names of
    their directories, or by another in the form NAME=DIR.

    \b
    Example:
      wordlab embeddings compare old=vectors/ new=vectors/
      wordlab embeddings compare old=vectors/ new=vectors/ --similarity my-pairs.tsv --json
      wordlab embeddings compare old=vectors/ new=vectors/ --categories my-categories.csv --plot sets.svg
    """
    from pipelines.plots.files import check_picture, save_figure
    from pipelines.plots.scores import draw_scores
    from wordlab.embeddings.evaluation.comparison import compare_vectors
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.server.places import Places

    files, table = pop_files(fields), pop_table(fields)
    places = Places.of(vectors).vectors
    check_picture(plot, overwrite=overwrite, inputs=places.values())
    sets = {name: WordVectors.load(path) for name, path in places.items()}
    with console.progress(quiet=quiet) as on_progress:
        found = compare_vectors(
            sets,
            files=files,
            table=table,
            k=k,
            seed=seed,
            on_progress=on_progress,
            **fields,
        )
    if as_json:
        console.print_json(found.to_dict())
    else:
        reports.print_compared(found)
    if plot is not None:
        title = f"Scores on the {found.num_common:,} words that all have"
        save_figure(draw_scores(reports.picture_rows(found), found.names, title), plot, overwrite=overwrite)
    if fail_if_worse and found.worse:
        raise click.ClickException(reports.worse_line(found))
