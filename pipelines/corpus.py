"""`wordlab corpus`: build a corpus from texts, inspect it, thin it out, join its phrases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.cluster_options import cluster_options, pop_cluster
from pipelines.reports import corpus as reports
from pipelines.tokenizer_options import pop_tokenizer, tokenizer_options
from wordlab import artifact
from wordlab.text.choices import DEFAULT_MIN_COUNT, ENCODING_ERRORS, INPUT_FORMATS, SUBSAMPLE_FORMS
from wordlab.text.engines import DEFAULT_ENGINE, ENGINES
from wordlab.text.reading import ReadingConfig
from wordlab.training.objectives.word2vec.config import Word2VecConfig

if TYPE_CHECKING:
    from wordlab.text.corpus import Corpus
    from wordlab.text.subsampling_effect import SubsamplingReport


COMMANDS = {
    "phrases": "pipelines.phrases:phrases",
    "cooccurrences": "pipelines.cooccurrences:cooccurrences",
}


@click.group(cls=options.Group, elsewhere=COMMANDS)
def corpus() -> None:
    """Turn texts into a corpus, and inspect it."""


@corpus.command("build")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...", type=options.NameOrPath())
@options.output_option("corpus")
@tokenizer_options()
@click.option(
    "--min-count", type=int, default=None, metavar="N",
    show_default=f"{DEFAULT_MIN_COUNT}, or 1 with --vocabulary",
    help="Drop words that occur less often than this.",
)  # fmt: skip
@click.option(
    "--max-vocab", type=int, default=None, show_default="no limit", metavar="N",
    help="Keep only this many words, the most frequent ones.",
)  # fmt: skip
@click.option(
    "--vocabulary", type=options.Read(), default=None, metavar="PATH", show_default="all words",
    help="Keep only the words of this corpus, of these vectors, or of a file with one on each line.",
)  # fmt: skip
@click.option(
    "--stop-words", type=options.NameOrPath(), default=None, show_default="none", metavar="LIST",
    help="Drop the words of a list, whatever their case: a language such as english, or a file with one word "
    "a line.",
)  # fmt: skip
@click.option(
    "--sentences", default=None, show_default="lines stay", metavar="CODE",
    help="Make each sentence a line of its own, by the rules of a language: en, de, hi, zh.",
)  # fmt: skip
@click.option(
    "--text-column", default=ReadingConfig.text_column, show_default=True, metavar="NAME",
    help="Field or column of the text (JSON lines, CSV, TSV, Parquet): its name, or position from 0.",
)  # fmt: skip
@click.option(
    "--header/--no-header", default=ReadingConfig.header, show_default=True,
    help="Whether the first row of a CSV or TSV file holds the names of the columns.",
)  # fmt: skip
@options.delimiter_option
@click.option(
    "--input-format", type=click.Choice(INPUT_FORMATS), default=None, show_default="by the file's name",
    help="The format of all inputs, whatever their names.",
)  # fmt: skip
@options.encoding_option
@click.option(
    "--encoding-errors", type=click.Choice(ENCODING_ERRORS), default=ReadingConfig.encoding_errors,
    show_default=True,
    help="Stop at bytes that are invalid in the encoding, or replace them with U+FFFD and count them.",
)  # fmt: skip
@options.max_record_option
@click.option(
    "--join-broken-words/--no-join-broken-words", default=ReadingConfig.join_broken_words, show_default=True,
    help="Join words that hyphens break at line ends, as in text from PDF files.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default=DEFAULT_ENGINE, show_default=True,
    help="Who reads the files: the cores of this machine, or the workers of a Ray cluster.",
)  # fmt: skip
@cluster_options
@options.threads_option
@options.quiet_option
@options.json_option
def build(
    inputs: tuple[str, ...],
    output: Path,
    overwrite: bool,
    vocabulary: Path | None,
    engine: str,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Tokenise texts, count their words and encode them: the first step of everything.

    INPUT is a file, a directory, a pattern in quotes, a URL of one of these (s3://, gs://, hf://), or -
    for standard input. Plain text, JSON lines, CSV, TSV and Parquet are read, compressed with gzip,
    bzip2, xz, zstandard or not at all, and texts in zip and tar archives.

    \b
    Example:
      wordlab corpus build articles.txt -o corpus/
      wordlab corpus build articles/ 'more/*.txt.gz' reviews.jsonl --min-count 2 -o corpus/
      wordlab corpus build ratings.csv --text-column review --markup strip -o corpus/
      wordlab corpus build 'parts/*.jsonl' --text-column review.text -o corpus/
      wordlab corpus build 's3://bucket/news/*.jsonl.gz' -o corpus/
      wordlab corpus build articles.txt --vocabulary vectors/ -o corpus/
      wordlab corpus build old.txt --encoding cp1252 -o corpus/
      wordlab corpus build posts.txt --tokenizer tweets --urls mask --stop-words english -o corpus/
      wordlab corpus build articles.txt --join-broken-words --accents fold -o corpus/
      cat articles.txt | wordlab corpus build - --max-vocab 500 -o corpus/
      wordlab corpus build 'parts/*.jsonl' --engine ray --workers 2 --text-column review.text -o corpus/
    """
    tokenizer, cluster = pop_tokenizer(reading), pop_cluster(reading, engine)
    artifact.check_output(output, overwrite=overwrite, inputs=[*inputs, vocabulary])
    from wordlab.embeddings.formats.word_lists import wanted_words
    from wordlab.text.corpus import Corpus
    from wordlab.text.statistics import most_frequent

    words = None if vocabulary is None else wanted_words(vocabulary)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        built = Corpus.build(
            inputs, output, vocabulary=words, tokenizer=tokenizer, engine=engine, threads=threads,
            overwrite=overwrite, on_progress=on_progress, **cluster, **reading,
        )  # fmt: skip
    facts = _size_facts(built) | {
        "output": str(output),
        "most_frequent": most_frequent(built, 10),
        "tokenizer": built.tokenizer.to_dict(),
        "sources": built.details["sources"],
        "notes": list(built.notes),
        **taken,
    }
    console.say_notes(built.notes, quiet=quiet)
    if as_json:
        console.print_json(facts)
        return
    reports.print_built(facts)
    console.say_next(
        ("wordlab", "corpus", "stats", console.folder(output)),
        ("wordlab", "embeddings", "train", console.folder(output), "-o", "vectors/"),
        quiet=quiet,
    )


def _size_facts(built: Corpus) -> dict[str, Any]:
    details = built.details
    names = ("num_raw_tokens", "num_raw_types", "num_dropped_tokens", "num_replaced")
    dropped = details["num_dropped_tokens"] / details["num_raw_tokens"]
    return {
        "num_tokens": built.num_tokens,
        "num_lines": built.num_lines,
        "num_words": len(built.vocabulary),
        **{name: details[name] for name in names},
        "dropped_share": dropped,
        "min_count": details["min_count"],
        "max_vocab": details["max_vocab"],
        "stop_words": details.get("stop_words"),
        "sentences": details.get("sentences"),
    }


@corpus.command("stats")
@options.artifact_argument("directory", "CORPUS")
@click.option(
    "--top", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
    help="How many of the most frequent words to list.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def stats(directory: Path, top: int, quiet: bool, as_json: bool) -> None:
    """Show what is in a corpus: sizes, coverage, line lengths, the most frequent words.

    \b
    Example:
      wordlab corpus stats corpus/
      wordlab corpus stats corpus/ --top 5 --json
    """
    from wordlab.text.corpus import Corpus
    from wordlab.text.statistics import corpus_statistics

    facts = corpus_statistics(Corpus.load(directory), top=top)
    if as_json:
        console.print_json(facts)
        return
    reports.print_stats(facts)
    console.say_next(
        ("wordlab", "corpus", "subsample", console.folder(directory), "--threshold", "1e-4"),
        ("wordlab", "embeddings", "train", console.folder(directory), "-o", "vectors/"),
        quiet=quiet,
    )


@corpus.command("subsample")
@options.artifact_argument("directory", "CORPUS")
@click.option(
    "--threshold", type=float, default=Word2VecConfig.subsample, show_default=True, metavar="X",
    help="Share of all tokens above which a word is thinned out; 0 keeps everything.",
)  # fmt: skip
@click.option(
    "--form", type=click.Choice(SUBSAMPLE_FORMS), default=Word2VecConfig.subsample_form,
    show_default=True,
    help="Keep with (sqrt(f/t) + 1) t/f as word2vec.c and gensim do, or with sqrt(t/f) as the paper says; "
    "fasttext is the first, with f as a share of all tokens read, rare words and line ends included.",
)  # fmt: skip
@options.seed_option("the draw", default=Word2VecConfig.seed)
@click.option(
    "--words", default=None, metavar="A,B,...", show_default="the most frequent, and rarer ones by rank",
    help="Words to report.",
)  # fmt: skip
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw the line lengths before and after (PNG, SVG or PDF by the name's end).",
)  # fmt: skip
@options.output_option("subsampled corpus", required=False)
@options.quiet_option
@options.json_option
def subsample(
    directory: Path,
    threshold: float,
    form: Any,
    seed: int,
    words: str | None,
    plot: Path | None,
    output: Path | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Show which words subsampling thins out, and by how much.

    Training does this by itself, afresh in every epoch: `embeddings train --subsample`. With -o the
    subsampled corpus is written, for other programs or for a look.

    \b
    Example:
      wordlab corpus subsample corpus/ --threshold 1e-4 --plot kept.png
      wordlab corpus subsample corpus/ --threshold 1e-3 --form paper --words the,king
      wordlab corpus subsample corpus/ --threshold 1e-3 --seed 7 -o thinned/
    """
    from pipelines.plots.files import check_picture, save_figure
    from pipelines.plots.lines import draw_line_lengths
    from wordlab.text.corpus import Corpus
    from wordlab.text.statistics import lengths_before_and_after
    from wordlab.text.subsampling_effect import subsampling_report

    check_picture(plot, overwrite=overwrite, inputs=[directory])
    if output is not None:
        artifact.check_output(output, overwrite=overwrite, inputs=[directory])
    loaded = Corpus.load(directory)
    asked = None if words is None else [word for word in words.split(",") if word]
    report = subsampling_report(loaded, threshold=threshold, form=form, seed=seed, words=asked)
    before, after = lengths_before_and_after(loaded, threshold=threshold, form=form, seed=seed)
    if output is not None:
        loaded.subsample(output, threshold=threshold, form=form, seed=seed, overwrite=overwrite)
    if plot is not None:
        save_figure(draw_line_lengths(report), plot, overwrite=overwrite)
    if as_json:
        console.print_json(_subsample_facts(report, before, after, plot, output))
        return
    reports.print_subsample(report, before, after)
    if plot or output:
        console.line()
        console.print_facts({"picture": plot, "corpus": output and console.folder(output)})
    if output is not None:
        console.say_next(("wordlab", "corpus", "stats", console.folder(output)), quiet=quiet)
    else:
        train = ("wordlab", "embeddings", "train", console.folder(directory))
        subsampling = ("--subsample", f"{threshold:g}", "--subsample-form", form)
        console.say_next((*train, *subsampling, "-o", "vectors/"), quiet=quiet)


def _subsample_facts(
    report: SubsamplingReport, before: dict[str, float], after: dict[str, float],
    plot: Path | None, output: Path | None,
) -> dict[str, Any]:  # fmt: skip
    options_used = ("threshold", "form", "seed")
    sizes = ("num_tokens", "num_kept", "share_kept", "num_lines", "num_lines_kept")
    return {
        **{name: getattr(report, name) for name in (*options_used, *sizes)},
        "words": [
            {
                "word": sample.word,
                "rank": sample.rank + 1,
                "count": sample.count,
                "keep_probability": sample.keep_probability,
                "num_kept": sample.num_kept,
            }
            for sample in report.words
        ],
        "line_lengths": {"before": before, "after": after},
        "histogram": {
            "edges": report.length_edges.tolist(),
            "before": report.lines_before.tolist(),
            "after": report.lines_after.tolist(),
        },
        "plot": plot and str(plot),
        "output": output and str(output),
    }
