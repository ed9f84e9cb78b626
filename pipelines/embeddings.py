"""`wordlab embeddings`: train word vectors, judge them, ask them, take them elsewhere and back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options, reports
from pipelines.crosscheck import crosscheck
from pipelines.training import train
from wordlab import artifact

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import Neighbor

# The library's own lists, here too so that --help loads no array library; a test compares them.
FORMATS = ("word2vec", "word2vec-binary", "glove")
POLICIES = ("wordlab", "gensim")
METHODS = ("3cosadd", "3cosmul")
PROJECTIONS = ("pca", "tsne")

_count_option = click.option(
    "-k", "k", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
    help="How many answers.",
)  # fmt: skip
_method_option = click.option(
    "--method", type=click.Choice(METHODS), default="3cosadd", show_default=True,
    help="Add cosines (Mikolov et al. 2013) or multiply them (Levy & Goldberg 2014).",
)  # fmt: skip


@click.group(cls=options.Group)
def embeddings() -> None:
    """Train, judge, ask and convert word vectors."""


embeddings.add_command(train)
embeddings.add_command(crosscheck)


@embeddings.command("evaluate")
@options.artifact_argument("directory", "VECTORS")
@click.option(
    "--similarity", "similarity_files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    show_default="WordSim-353 and SimLex-999",
    help="Rated pairs: two words and a number a line. Can be given several times.",
)  # fmt: skip
@click.option(
    "--analogies", "analogy_file", type=click.Path(path_type=Path), metavar="FILE",
    show_default="Google's questions",
    help="Analogy questions in the form of Google's questions-words.txt.",
)  # fmt: skip
@click.option("--no-similarity", is_flag=True, help="Leave out word similarity.")
@click.option("--no-analogies", is_flag=True, help="Leave out analogies.")
@click.option(
    "--policy", type=click.Choice(POLICIES), default="wordlab", show_default=True,
    help="How words of the tests are looked up; gensim gives gensim's numbers exactly.",
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
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(directory), reports.example_word(vectors)),
        quiet=quiet,
    )


@embeddings.command("nearest")
@options.artifact_argument("directory", "VECTORS")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@_count_option
@options.json_option
def nearest(directory: Path, words: tuple[str, ...], k: int, as_json: bool) -> None:
    """List the words nearest to each word, by cosine.

    \b
    Example:
      wordlab embeddings nearest vectors/ king paris -k 10
    """
    from wordlab.embeddings.vectors import WordVectors

    answers = WordVectors.load(directory).nearest(list(words), k=k)
    if as_json:
        found = [{"word": w, "nearest": _neighbours(n)} for w, n in zip(words, answers, strict=True)]
        console.print_json({"k": k, "words": found})
        return
    for number, (word, neighbours) in enumerate(zip(words, answers, strict=True)):
        if number:
            console.line()
        console.print_table((console.visible(word), "cosine"), _rows(neighbours))


def _neighbours(neighbours: Sequence[Neighbor]) -> list[dict[str, Any]]:
    return [{"word": neighbour.word, "similarity": neighbour.similarity} for neighbour in neighbours]


def _rows(neighbours: Sequence[Neighbor]) -> list[tuple[str, str]]:
    return [(neighbour.word, f"{neighbour.similarity:.3f}") for neighbour in neighbours]


@embeddings.command("analogy")
@options.artifact_argument("directory", "VECTORS")
@click.argument("a")
@click.argument("b")
@click.argument("c")
@_count_option
@_method_option
@options.json_option
def analogy(directory: Path, a: str, b: str, c: str, k: int, method: Any, as_json: bool) -> None:
    """Answer "A is to B as C is to ?".

    \b
    Example:
      wordlab embeddings analogy vectors/ man king woman
      wordlab embeddings analogy vectors/ man king woman -k 3 --method 3cosmul
    """
    from wordlab.embeddings.vectors import WordVectors

    answers = WordVectors.load(directory).analogy(a, b, c, k, method=method)
    if as_json:
        question = {"a": a, "b": b, "c": c, "k": k, "method": method}
        console.print_json({**question, "answers": _neighbours(answers)})
        return
    console.line(f"{a} is to {b} as {c} is to ...")
    console.line()
    console.print_table(("word", "cosine" if method == "3cosadd" else "score"), _rows(answers))


@embeddings.command("similarity")
@options.artifact_argument("directory", "VECTORS")
@click.argument("word")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@options.json_option
def similarity(directory: Path, word: str, others: tuple[str, ...], as_json: bool) -> None:
    """Show how similar a word is to others, by cosine.

    \b
    Example:
      wordlab embeddings similarity vectors/ king queen
    """
    from wordlab.embeddings.vectors import WordVectors

    cosines = WordVectors.load(directory).similarities([(word, other) for other in others]).tolist()
    if as_json:
        found = [{"word": o, "similarity": s} for o, s in zip(others, cosines, strict=True)]
        console.print_json({"word": word, "others": found})
        return
    rows = [(other, f"{cosine:.3f}") for other, cosine in zip(others, cosines, strict=True)]
    console.print_table((console.visible(word), "cosine"), rows)


@embeddings.command("plot")
@options.artifact_argument("directory", "VECTORS")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--top", type=click.IntRange(min=3), default=250, show_default=True, metavar="N",
    help="Draw the N most frequent words.",
)  # fmt: skip
@click.option(
    "--skip", type=click.IntRange(min=0), default=100, show_default=True, metavar="N",
    help="Leave out the N most frequent ones first: they are function words.",
)  # fmt: skip
@click.option("--words", metavar="WORD,...", help="Draw these words instead.")
@click.option(
    "--method", type=click.Choice(PROJECTIONS), default="tsne", show_default=True,
    help="t-SNE keeps neighbours together, PCA the directions of largest variance.",
)  # fmt: skip
@options.seed_option("t-SNE")
@click.option("--overwrite", is_flag=True, help="Replace the picture if it is there already.")
@options.quiet_option
def plot(
    directory: Path, file: Path, top: int, skip: int, words: str | None, method: Any, seed: int,
    overwrite: bool, quiet: bool,
) -> None:  # fmt: skip
    """Draw words in the plane, as PNG, SVG or PDF by the file's name.

    \b
    Example:
      wordlab embeddings plot vectors/ words.png --top 100
      wordlab embeddings plot vectors/ royals.svg --words king,queen,man,woman --method pca
    """
    from pipelines import plots

    plots.check_picture(file, overwrite=overwrite)
    from wordlab.embeddings.projection import project
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    known = vectors.vocabulary.words
    skip = min(skip, max(0, len(known) - top))  # a small vocabulary is drawn whole
    drawn = words.split(",") if words else known[skip : skip + top]
    points = project(vectors, drawn, method=method, seed=seed)
    title = f"{len(drawn):,} of {len(known):,} words by {'t-SNE' if method == 'tsne' else 'PCA'}"
    plots.save_figure(plots.draw_words(drawn, points, title), file, overwrite=overwrite)
    console.say(f"{file}: {len(drawn):,} words", quiet=quiet)


@embeddings.command("export")
@options.artifact_argument("directory", "VECTORS")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "format", type=click.Choice(FORMATS), required=True, help="The format to write.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@options.quiet_option
def export_vectors(directory: Path, file: Path, format: str, overwrite: bool, quiet: bool) -> None:
    """Write vectors to a file that other programs read; - is standard output.

    The file is compressed if its name ends in .gz, .bz2, .xz or .zst.

    \b
    Example:
      wordlab embeddings export vectors/ vectors.txt --format word2vec
      wordlab embeddings export vectors/ vectors.glove.txt.gz --format glove
    """
    from wordlab.embeddings.formats.dispatch import write_vectors
    from wordlab.embeddings.vectors import WordVectors

    vectors = WordVectors.load(directory)
    if str(file) == "-":
        with console.to_stdout():
            write_vectors(vectors, sys.stdout.buffer, format=format)
        return
    write_vectors(vectors, file, format=format, overwrite=overwrite)
    size = console.magnitude(file.stat().st_size)
    console.say(f"{file}: {len(vectors):,} words, {vectors.dim} dimensions, {format}, {size}B", quiet=quiet)


@embeddings.command("import")
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True))
@options.output_option("vectors")
@click.option(
    "--format", "format", type=click.Choice(("auto", *FORMATS)), default="auto", show_default=True,
    help="The file's format; auto tells it from the content.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def import_vectors(
    source: Path, output: Path, overwrite: bool, format: str, quiet: bool, as_json: bool
) -> None:
    """Make vectors of a file in word2vec or GloVe format, compressed or not; - is standard input.

    \b
    Example:
      wordlab embeddings import glove.6B.50d.txt -o glove/
      wordlab embeddings import vectors.bin.gz --format word2vec-binary -o imported/
    """
    artifact.check_output(output, overwrite=overwrite)
    from wordlab.embeddings.formats.dispatch import read_vectors

    opened: Any = sys.stdin.buffer if str(source) == "-" else source
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        vectors = read_vectors(opened, format=None if format == "auto" else format, on_progress=on_progress)
        vectors.save(output, overwrite=overwrite)
    facts = {
        "output": str(output),
        "num_words": len(vectors),
        "dim": vectors.dim,
        "format": vectors.details["format"],
        "num_duplicates": vectors.details["num_duplicates"],
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    duplicates = facts["num_duplicates"]
    console.print_facts(
        {
            "vectors": console.folder(output),
            "size": f"{len(vectors):,} words, {vectors.dim} dimensions",
            "format": facts["format"],
            "dropped": f"{duplicates:,} rows of words that were there already" if duplicates else None,
            "time": console.duration(facts["seconds"]),
        }
    )
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(vectors)),
        ("wordlab", "embeddings", "evaluate", console.folder(output)),
        quiet=quiet,
    )
