"""`wordlab embeddings encode`, `search` and `sts`: texts as vectors, the nearest, a score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options, was_typed
from pipelines.reports import documents as reports
from pipelines.reports.labelled import coverage_notes
from pipelines.sentiment.data import text_options
from pipelines.tokenizer_options import pop_tokenizer, tokenizer_options
from wordlab import artifact
from wordlab.sentiment.documents.choices import DOCUMENT_FORMATS
from wordlab.sentiment.documents.config import EncodingConfig
from wordlab.sentiment.documents.poolings.names import POOLINGS
from wordlab.text.tokenizers.tokenizer import OPTIONS

_POOLINGS = "; ".join(f"{name} {listed.summary}" for name, listed in POOLINGS.items())


@click.command("encode", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("texts", type=options.Read(allow_dash=True))
@options.output_option("encoded texts")
@click.option(
    "--pooling", type=click.Choice(tuple(POOLINGS)), default=EncodingConfig.pooling, show_default=True,
    help=f"How the vectors of words become one: {_POOLINGS}.",
)  # fmt: skip
@click.option(
    "--like", type=options.Read(), default=None, metavar="DOCS",
    help="Use the pooling of texts encoded before, as it was fitted on them, and their tokenizer.",
)  # fmt: skip
@config_options(EncodingConfig, choices={"output_format": DOCUMENT_FORMATS}, leave_out=["pooling"])
@text_options
@click.option(
    "--id-column", metavar="NAME", default=None, show_default="the position of the text",
    help="Name of the column with the ids of the texts, or its position counted from 0.",
)  # fmt: skip
@tokenizer_options(of_vectors=True)
@options.threads_option
@options.quiet_option
@options.json_option
def encode(
    directory: Path, texts: Path, output: Path, overwrite: bool, like: Path | None, threads: int | None,
    quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Encode texts as vectors, made of the vectors of their words.

    TEXTS is a table (TSV, CSV, JSON lines, Parquet) or a file with a text on each line; - is standard input.
    Files may be of any length.

    \b
    Example:
      wordlab embeddings encode vectors/ reviews.tsv -o docs/
      wordlab embeddings encode vectors/ reviews.tsv --text-column text --id-column 0 --pooling usif -o docs/
      wordlab embeddings encode vectors/ reviews.txt --like films/ -o docs/
      wordlab embeddings encode vectors/ reviews.txt --output-format parquet --excerpt 0 -o docs/
      cat reviews.txt | wordlab embeddings encode vectors/ - -o docs/
    """
    _check_like(like)
    artifact.check_output(output, overwrite=overwrite, inputs=[directory, texts, like])
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.documents.encode import encode_documents
    from wordlab.sentiment.documents.reading import read_documents
    from wordlab.sentiment.documents.vectors import DocumentVectors

    vectors = WordVectors.load(directory)
    tokenizer = pop_tokenizer(fields, vectors)
    config = config_from(EncodingConfig, fields)
    reading = {name: value for name, value in fields.items() if not hasattr(config, name)}
    notes: list[str] = []
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        found = encode_documents(
            read_documents(texts, **reading, notes=notes), vectors, output, config,
            like=None if like is None else DocumentVectors.load(like), tokenizer=tokenizer, threads=threads,
            overwrite=overwrite, on_progress=on_progress,
        )  # fmt: skip
    name = "stdin" if str(texts) == "-" else str(texts)
    notes = [f"{name}: {note}" for note in notes] + coverage_notes(name, found.tally)
    console.say_notes([*notes, *reports.encoding_notes(name, found)], quiet=quiet)
    seconds = taken["seconds"]
    facts = {
        "output": str(output), **found.to_dict(), "format": config.output_format, "seconds": seconds,
        "texts_per_second": found.num_texts / seconds,
    }  # fmt: skip
    if as_json:
        console.print_json(facts)
        return
    reports.print_encoded(facts, like)
    console.say_next(
        ("wordlab", "embeddings", "search", console.folder(output), "--vectors", console.folder(directory),
         "a few words"),
        quiet=quiet,
    )  # fmt: skip


def _check_like(like: Path | None) -> None:
    """Raise UsageError for --like beside what it decides."""
    if like is None:
        return
    for param in click.get_current_context().command.params:
        decided = param.name in ("pooling", "tokenizer") or param.name in OPTIONS
        if decided and was_typed(param.name or ""):
            raise click.UsageError(
                f"{param.opts[0]}: expected none beside --like, which decides it, found one"
            )


@click.command("search", cls=options.Command)
@options.artifact_argument("documents", "DOCS")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--vectors", type=options.Read(), required=True, metavar="VECTORS",
    help="The word vectors that the texts were encoded with; others are refused.",
)  # fmt: skip
@click.option(
    "-k", "k", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
    help="How many answers.",
)  # fmt: skip
@options.json_option
def search(documents: Path, texts: tuple[str, ...], vectors: Path, k: int, as_json: bool) -> None:
    """List the encoded texts nearest to each TEXT, by cosine: of all, the exact ones.

    \b
    Example:
      wordlab embeddings search films/ --vectors vectors/ "the king of paris"
      wordlab embeddings search films/ --vectors vectors/ "a good man" "a bad man" -k 3 --json
    """
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.documents.vectors import DocumentVectors

    found = DocumentVectors.load(documents, WordVectors.load(vectors))
    answers = found.nearest(list(texts), k)
    if as_json:
        shown = [
            {"text": text, "nearest": [answer._asdict() for answer in each]}
            for text, each in zip(texts, answers, strict=True)
        ]
        console.print_json({"k": k, "texts": shown})
        return
    for number, (text, each) in enumerate(zip(texts, answers, strict=True)):
        if number:
            console.line()
        reports.print_nearest(text, each)


@click.command("sts", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("files", nargs=-1, required=True, type=options.Read(), metavar="FILE...")
@click.option(
    "--pooling", "poolings", multiple=True, type=click.Choice(tuple(POOLINGS)), show_default="all of them",
    help=f"Judge this pooling: {_POOLINGS}. May be given several times.",
)  # fmt: skip
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="Encoding of the files.")
@tokenizer_options(of_vectors=True)
@options.seed_option("the bootstrap")
@options.quiet_option
@options.json_option
def sts(
    directory: Path, files: tuple[Path, ...], poolings: tuple[str, ...], encoding: str, seed: int,
    quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Compare cosines of sentences with people's scores (semantic textual similarity).

    FILE has two sentences and a score in each row, or is one of STS-B's files, or has a header with
    sentence1, sentence2 and score. Poolings are fitted on the sentences of each file.

    \b
    Example:
      wordlab embeddings sts vectors/ my-sentences.tsv
      wordlab embeddings sts vectors/ sts-dev.csv --pooling sif --pooling usif --json
    """
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.documents.sts import evaluate_sts

    vectors = WordVectors.load(directory)
    tokenizer = pop_tokenizer(fields, vectors)
    chosen = poolings or tuple(POOLINGS)
    found = [
        result
        for file in files
        for result in evaluate_sts(
            vectors, file, poolings=chosen, tokenizer=tokenizer, encoding=encoding, seed=seed
        )
    ]
    console.say_notes(reports.sts_notes(found), quiet=quiet)
    if as_json:
        console.print_json({"results": [result.to_dict() for result in found]})
        return
    reports.print_sts(found)
