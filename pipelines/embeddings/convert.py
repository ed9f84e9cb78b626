"""`wordlab embeddings export` and `import`: vectors to and from other programs' files."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.embeddings.catalogue import cache_option, pretrained_name
from pipelines.embeddings.static import load_for_others, static_options
from pipelines.reports import embeddings as reports
from pipelines.reports.imported import print_imported
from wordlab import artifact
from wordlab.embeddings.formats.names import BYTE_ORDERS, DUPLICATE_POLICIES, FORMATS
from wordlab.io.places import check_apart, size_at

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

_LANGUAGE = re.compile(r"/c/[a-z]{2,3}/")
_FILE_OPTIONS = ("format", "prefix", "encoding", "byte_order")
# of the vectors' details, those about the reading
_READING = ("format", "num_duplicates", "duplicates", "only", "skipped", "skipped_listed")
# and those that are there only if something was unusual
_UNUSUAL = ("separator", "prefix", "encoding", "byte_order", "skipped_hint")


@click.command("export", cls=options.Command)
@options.artifact_argument("directory", "VECTORS")
@click.argument("file", type=options.Written(allow_dash=True))
@click.option("--format", "format", type=click.Choice(FORMATS), required=True, help="The format to write.")
@static_options
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@options.quiet_option
def export_vectors(
    directory: Path, file: Path, format: str, like: Path | None, overwrite: bool, quiet: bool, **fields: Any
) -> None:
    """Write vectors to a file for other programs, here or at a URL; - is standard output.

    The file is compressed if its name ends in .gz, .bz2, .xz or .zst.

    Some formats are directories: projector, which TensorBoard opens; model2vec, for
    StaticModel.from_pretrained; sentence-transformers, for SentenceTransformer. The last two hold a tokenizer
    that cuts texts as that of the vectors does, and give a text the mean of its known words: what
    `embeddings encode --pooling mean` gives or, with --like, what it gives with the same --like.

    \b
    Example:
      wordlab embeddings export vectors/ vectors.txt --format word2vec
      wordlab embeddings export vectors/ vectors.glove.txt.gz --format glove
      wordlab embeddings export vectors/ s3://bucket/vectors.bin --format fasttext
      wordlab embeddings export vectors/ static/ --format model2vec
      wordlab embeddings export vectors/ weighted/ --format sentence-transformers --like films/
    """
    from wordlab.embeddings.formats.dispatch import write_vectors

    if str(file) != "-":
        check_apart(file, [directory, like])
    vectors = load_for_others(directory, format, like, fields, quiet=quiet)
    if str(file) == "-":
        with console.to_stdout():
            write_vectors(vectors, sys.stdout.buffer, format=format)
        return
    write_vectors(vectors, file, format=format, overwrite=overwrite)
    size = console.magnitude(size_at(file))
    name = console.visible(str(file))
    console.say(f"{name}: {len(vectors):,} words, {vectors.dim} dimensions, {format}, {size}B", quiet=quiet)


@click.command("import", cls=options.Command)
@click.argument("source", type=options.NameOrPath(path_type=Path))
@options.output_option("vectors")
@click.option(
    "--format", "format", type=click.Choice(("auto", *FORMATS)), default="auto", show_default=True,
    help="The file's format; auto detects it from the content.",
)  # fmt: skip
@click.option(
    "--only", type=options.Read(), default=None, metavar="PATH",
    help="Keep only the words of a corpus, of other vectors, or of a file with one word a line.",
)  # fmt: skip
@click.option(
    "--duplicates", type=click.Choice(DUPLICATE_POLICIES), default="first", show_default=True,
    help="Which vector a word that occurs again gets: the first, the last, or an error.",
)  # fmt: skip
@click.option(
    "--prefix", default="", metavar="TEXT",
    help="Keep only words with this prefix, and strip it: /c/en/ for Numberbatch's English.",
)  # fmt: skip
@options.encoding_option
@click.option(
    "--byte-order", type=click.Choice(BYTE_ORDERS), default=None, show_default="little, if plausible",
    help="The byte order of word2vec binary.",
)  # fmt: skip
@click.option("--lenient", is_flag=True, help="Skip, count and list bad rows; do not stop at the first.")
@cache_option
@click.option("--offline", is_flag=True, help="Download nothing: a name must be installed or in the cache.")
@options.quiet_option
@options.json_option
def import_vectors(
    source: Path, output: Path, overwrite: bool, format: str, only: Path | None, duplicates: Any,
    prefix: str, encoding: str, byte_order: Any, lenient: bool, cache: Path | None, offline: bool,
    quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Import vectors from a file of another program, compressed or not; - is standard input.

    Subwords of a fastText model are kept, except with --only and --prefix. A table of floret gives any word
    a vector: --only says which words to take, and the table is kept. The formats projector, model2vec and
    sentence-transformers are directories, and spaCy's can be one. From a zip archive its only file is read,
    or the one that SOURCE names: glove.6B.zip/glove.6B.50d.txt. A gensim file is a pickle, which can run
    code: it is read only if --format says so.

    SOURCE can also be the name of pretrained vectors: `wordlab embeddings list` shows them. They come
    from an installed package, from the cache, or from their makers. Or it is a repository on the Hugging Face
    Hub, or a file in one: hf://USER/NAME[@REVISION][/FILE]. A file may also be in a store: s3://, gs://.

    \b
    Example:
      wordlab embeddings import glove.6B.50d -o glove/
      wordlab embeddings import hf://ann/news-vectors -o news/
      wordlab embeddings import glove.6B.50d.txt -o glove/
      wordlab embeddings import vectors.bin.gz --format word2vec-binary -o imported/
      wordlab embeddings import s3://bucket/vectors.bin.gz -o imported/
      wordlab embeddings import glove.6B.50d.txt --only corpus/ --lenient -o mine/
      wordlab embeddings import numberbatch.txt.gz --prefix /c/en/ -o english/
    """
    from wordlab.hub import find_address

    address = find_address(source)
    name = None if address is not None else pretrained_name(source)
    artifact.check_output(
        output, overwrite=overwrite, inputs=[source if name is None and address is None else None, only]
    )
    from wordlab.embeddings.formats.format import runs_code
    from wordlab.embeddings.formats.word_lists import wanted_words
    from wordlab.embeddings.published import import_published

    foreign = {"prefix": prefix, "encoding": encoding, "byte_order": byte_order}
    if name is not None:
        _check_named(name)
    if format != "auto" and runs_code(format):
        console.say(f"Warning: {source} is a pickle; loading it runs whatever code its maker put in.")
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        reading: dict[str, Any] = {
            "duplicates": duplicates,
            "lenient": lenient,
            "only": None if only is None else wanted_words(only),
            "on_progress": on_progress,
        }
        origin = None
        if address is not None:
            vectors = import_published(
                address, output, overwrite=overwrite, cache=cache, offline=offline,
                format=None if format == "auto" else format, **reading, **foreign,
            )  # fmt: skip
        elif name is not None:
            vectors, origin = _load_named(name, cache, offline, reading)
        else:
            vectors = _read_file(source, format, {**reading, **foreign})
        if address is None:
            vectors.save(output, overwrite=overwrite, precision=vectors.precision)
    facts = {
        "output": str(output),
        "num_words": len(vectors),
        "dim": vectors.dim,
        **{name: vectors.details.get(name) for name in _READING},
        **{name: vectors.details[name] for name in _UNUSUAL if name in vectors.details},
        "pretrained": origin and {**vectors.details["pretrained"], **origin},
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    print_imported(facts)
    _hint_at_languages(vectors, quiet=quiet)
    console.say_next(
        ("wordlab", "embeddings", "nearest", console.folder(output), reports.example_word(vectors)),
        ("wordlab", "embeddings", "evaluate", console.folder(output)),
        quiet=quiet,
    )


def _check_named(name: str) -> None:
    """Raise UsageError for an option that is for files; the format of pretrained vectors is known."""
    context = click.get_current_context()
    for param in context.command.params:
        if param.name in _FILE_OPTIONS and context.params[param.name] != param.get_default(context):
            raise click.UsageError(f"{param.opts[0]}: expected a file, found {name}, whose format is known")


def _read_file(source: Path, format: str, reading: dict[str, Any]) -> WordVectors:
    from wordlab.embeddings.formats.dispatch import read_vectors

    opened: Any = sys.stdin.buffer if str(source) == "-" else source
    return read_vectors(opened, format=None if format == "auto" else format, **reading)


def _hint_at_languages(vectors: WordVectors, *, quiet: bool) -> None:
    """Say how to get the words of one language, if they all have prefixes as in ConceptNet Numberbatch."""
    words = vectors.vocabulary.words[:1000]
    found = [match[0] for word in words if (match := _LANGUAGE.match(word))]
    if len(found) * 2 > len(words):
        example = "/c/en/" if "/c/en/" in found else found[0]
        note = f"words begin with a language; --prefix {example} keeps one, without it"
        console.say_notes([note], quiet=quiet)


def _load_named(
    name: str, cache: Path | None, offline: bool, reading: dict[str, Any]
) -> tuple[WordVectors, dict[str, str]]:
    """Pretrained vectors, and where they came from."""
    from wordlab.embeddings.pretrained.loading import find_origin, load_pretrained

    found = find_origin(name, cache=cache)
    vectors = load_pretrained(name, cache=cache, download=not offline, **reading)
    return vectors, {"from": found.kind, "where": found.where}
