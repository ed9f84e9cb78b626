"""`wordlab embeddings evaluate`: scores on word similarity and analogies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.embeddings.judging_options import judging_options, pop_table
from pipelines.reports import embeddings as reports
from wordlab.embeddings.choices import POLICIES


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
@options.seed_option("the bootstrap")
@options.quiet_option
@options.json_option
def evaluate(
    directory: Path,
    similarity_files: tuple[Path, ...],
    analogy_files: tuple[Path, ...],
    no_similarity: bool,
    no_analogies: bool,
    policy: Any,
    restrict_vocab: int | None,
    seed: int,
    quiet: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    """Score vectors on word similarity and analogies, with the coverage of each test.

    \b
    Example:
      wordlab embeddings evaluate vectors/
      wordlab embeddings evaluate vectors/ --similarity my-pairs.tsv --no-analogies
      wordlab embeddings evaluate vectors/ --similarity my-pairs.tsv --score-column 2 --no-analogies
      wordlab embeddings evaluate vectors/ --policy gensim --json
    """
    if no_similarity and no_analogies:
        raise click.UsageError("--no-similarity and --no-analogies together leave nothing to evaluate")
    for given, left_out, name in (
        (similarity_files, no_similarity, "similarity"),
        (analogy_files, no_analogies, "analogies"),
    ):
        if given and left_out:
            raise click.UsageError(f"--{name} and --no-{name} exclude each other")
    from wordlab.embeddings.evaluation.suite import evaluate as evaluate_vectors
    from wordlab.embeddings.vectors import WordVectors

    table = pop_table(fields)
    vectors = WordVectors.load(directory)
    with console.progress(quiet=quiet) as on_progress:
        found = evaluate_vectors(
            vectors,
            similarity=not no_similarity,
            similarity_files=similarity_files,
            analogies=not no_analogies,
            analogy_files=analogy_files,
            policy=policy,
            restrict_vocab=restrict_vocab,
            table=table,
            seed=seed,
            on_progress=on_progress,
            **fields,
        )
    stated = (found.similarities or found.analogies)[0].policy
    if as_json:
        console.print_json({"policy": stated, **found.to_dict()})
        return
    console.line(f"Policy {stated}.")
    if found.similarities:
        reports.print_similarities(found.similarities)
    if found.analogies:
        reports.print_analogies(found.analogies)
    reports.print_notes(found, show_columns=bool(similarity_files))
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(directory), reports.example_word(vectors)),
        quiet=quiet,
    )
