"""`wordlab embeddings evaluate`: scores on test sets of all kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.embeddings.judging_options import judging_options, plot_option, pop_files, pop_table
from pipelines.reports import evaluation as reports
from pipelines.reports.embeddings import example_word
from wordlab.embeddings.choices import POLICIES
from wordlab.embeddings.evaluation.kinds import KINDS


@click.command("evaluate", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@judging_options
@click.option("--no-similarity", is_flag=True, help="Leave out word similarity.")
@click.option("--no-analogies", is_flag=True, help="Leave out analogies.")
@click.option(
    "--policy", type=click.Choice(list(POLICIES)), default="wordlab", show_default=True,
    help="How words of the test sets are looked up; gensim gives gensim's numbers exactly.",
)  # fmt: skip
@click.option(
    "--restrict-vocab", type=click.IntRange(min=1), default=None, metavar="N",
    show_default="all; 300,000 under gensim's policy", help="Look only among the most frequent words.",
)  # fmt: skip
@plot_option
@options.seed_option("the bootstrap and of k-means")
@options.quiet_option
@options.json_option
def evaluate(
    directory: Path,
    no_similarity: bool,
    no_analogies: bool,
    policy: Any,
    restrict_vocab: int | None,
    plot: Path | None,
    overwrite: bool,
    seed: int,
    quiet: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    """Score vectors on similarity, analogies, categories and outliers, with the coverage of each test.

    Similarity and analogies have packaged test sets, the others take files: --categories the purity of
    clusters, --outliers how often the word that does not belong is found.

    \b
    Example:
      wordlab embeddings evaluate vectors/
      wordlab embeddings evaluate vectors/ --similarity my-pairs.tsv --no-analogies
      wordlab embeddings evaluate vectors/ --similarity my-pairs.tsv --score-column 2 --no-analogies
      wordlab embeddings evaluate vectors/ --categories my-categories.csv --outliers my-outliers.txt
      wordlab embeddings evaluate vectors/ --plot scores.png
      wordlab embeddings evaluate vectors/ --policy gensim --json
    """
    files = pop_files(fields)
    left_out = {"similarity": no_similarity, "analogy": no_analogies}
    for kind in KINDS:
        if files[kind] and left_out.get(kind):
            option = KINDS[kind].option
            raise click.UsageError(f"{option} and --no-{option.removeprefix('--')} exclude each other")
    if all(left_out.values()) and not any(files[kind] for kind in KINDS if kind not in left_out):
        raise click.UsageError("--no-similarity and --no-analogies together leave nothing to evaluate")
    from pipelines.plots.files import check_picture, save_figure
    from pipelines.plots.scores import draw_scores, rows_of

    check_picture(plot, overwrite=overwrite, inputs=[directory])
    from wordlab.embeddings.evaluation.suite import evaluate as evaluate_vectors
    from wordlab.embeddings.vectors import WordVectors

    table = pop_table(fields)
    vectors = WordVectors.load(directory)
    with console.progress(quiet=quiet) as on_progress:
        found = evaluate_vectors(
            vectors,
            files=files,
            leave_out=[kind for kind in KINDS if left_out.get(kind)],
            policy=policy,
            restrict_vocab=restrict_vocab,
            table=table,
            seed=seed,
            on_progress=on_progress,
            **fields,
        )
    stated = next(result.policy for results in found.results.values() for result in results)
    if as_json:
        console.print_json({"policy": stated, **found.to_dict()})
    else:
        console.line(f"Policy {stated}.")
        reports.print_evaluation(found, files)
    if plot is not None:
        name = directory.resolve().name
        figure = draw_scores(rows_of(found.scores), [name], f"Scores of {name}")
        save_figure(figure, plot, overwrite=overwrite)
    if not as_json:
        command = ("wordlab", "embeddings", "nearest", console.folder(directory), example_word(vectors))
        console.say_next(command, quiet=quiet)
