"""`wordlab embeddings evaluate`: scores on word similarity and analogies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.reports import embeddings as reports
from wordlab.embeddings.choices import POLICIES
from wordlab.embeddings.evaluation.datasets import data_sets
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.text.casing import LANGUAGES


@click.command("evaluate", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.option(
    "--similarity", "similarity_files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    show_default=" and ".join(data.name for data in data_sets("similarity")),
    help="Rated pairs: two words and a score on each line, in columns. May be given several times.",
)  # fmt: skip
@click.option(
    "--analogies", "analogy_file", type=click.Path(path_type=Path), metavar="FILE",
    show_default=" and ".join(data.name for data in data_sets("analogy")),
    help="Analogy questions in the form of Google's questions-words.txt or of BATS.",
)  # fmt: skip
@click.option(
    "--score-column", metavar="NAME", show_default="by the header, else the first of numbers",
    help="Score column of the --similarity files: its name, or its position counted from 0.",
)  # fmt: skip
@click.option(
    "--delimiter", metavar="TEXT", show_default="found from the first line",
    help="What separates the columns of the --similarity files.",
)  # fmt: skip
@click.option(
    "--encoding", default=TableOptions.encoding, show_default=True, metavar="NAME",
    help="Encoding of the --similarity and --analogies files.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default=None,
    show_default="that of the vectors' tokenizer",
    help="Lower-case by this language's rules: in Turkish and Azerbaijani, I becomes ı and İ becomes i.",
)  # fmt: skip
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
    analogy_file: Path | None,
    score_column: str | None,
    delimiter: str | None,
    encoding: str,
    language: Any,
    no_similarity: bool,
    no_analogies: bool,
    policy: Any,
    restrict_vocab: int | None,
    seed: int,
    quiet: bool,
    as_json: bool,
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
        (analogy_file, no_analogies, "analogies"),
    ):
        if given and left_out:
            raise click.UsageError(f"--{name} and --no-{name} exclude each other")
    from wordlab.embeddings.evaluation.suite import evaluate as evaluate_vectors
    from wordlab.embeddings.vectors import WordVectors

    table = TableOptions(encoding=encoding, delimiter=delimiter, score_column=score_column)
    vectors = WordVectors.load(directory)
    with console.progress(quiet=quiet) as on_progress:
        found = evaluate_vectors(
            vectors,
            similarity=not no_similarity,
            similarity_files=similarity_files,
            analogies=not no_analogies,
            analogy_file=analogy_file,
            policy=policy,
            restrict_vocab=restrict_vocab,
            table=table,
            language=language,
            seed=seed,
            on_progress=on_progress,
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
