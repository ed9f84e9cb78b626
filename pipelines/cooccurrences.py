"""`wordlab corpus cooccurrences`: count which words stand near each other, and look at the counts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options, was_typed
from pipelines.reports import cooccurrences as reports
from wordlab import artifact
from wordlab.errors import ConfigError
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.objectives.glove.config import GloveConfig

if TYPE_CHECKING:
    from wordlab.training.cooccurrences import Cooccurrences

KIND = "cooccurrences"
FLAGS = {"symmetric": "--symmetric/--left"}
_OF_COUNTING = ("window", "symmetric", "distance_weights", "memory", "threads", "output")
_FIELDS = [field.name for field in dataclasses.fields(GloveConfig)]
_LEAST, _MOST, _BINS = 1e-3, 1e9, 121  # of counts in a histogram: ten bins for each power of ten


@click.command("cooccurrences", cls=options.Command)
@options.artifact_argument("source", "CORPUS|COUNTS")
@options.output_option("counts", required=False)
@config_options(CooccurrenceConfig, flags=FLAGS)
@options.memory_option
@click.option(
    "--top", type=click.IntRange(min=0), default=10, show_default=True, metavar="N",
    help="How many of the most frequent pairs to list.",
)  # fmt: skip
@click.option(
    "--pair", "pairs", multiple=True, metavar="WORD,WORD",
    help="A word and a context to look up, with their mutual information; can be given several times.",
)  # fmt: skip
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw how many pairs have which count, and GloVe's weighting f(x) of them (PNG, SVG or PDF).",
)  # fmt: skip
@config_options(GloveConfig, leave_out=[name for name in _FIELDS if name not in ("x_max", "alpha")])
@options.threads_option
@options.quiet_option
@options.json_option
def cooccurrences(
    source: Path, output: Path | None, overwrite: bool, memory: int, top: int, pairs: tuple[str, ...],
    plot: Path | None, threads: int | None, quiet: bool, as_json: bool, **chosen: Any,
) -> None:  # fmt: skip
    """Count which words of a corpus stand near each other, or look at counts made before.

    A context at distance d counts 1/d, on both sides of a word and never across lines: the table that
    GloVe learns from. PMI, pointwise mutual information, is ln(x_ij x / (x_i x_j)), where x_ij is the count
    of the pair, x_i and x_j are the sums of its row and column, and x is that of the table.

    \b
    Example:
      wordlab corpus cooccurrences corpus/ -o counts/
      wordlab corpus cooccurrences corpus/ --window 5 --left --memory 1GB -o left-counts/
      wordlab corpus cooccurrences counts/ --plot weights.png --x-max 10 --top 0
      wordlab corpus cooccurrences counts/ --top 5 --pair king,queen --pair paris,man
    """
    from pipelines.plots.files import check_picture

    check_picture(plot, overwrite=overwrite, inputs=[source])
    weighting = config_from(GloveConfig, chosen, {})
    asked = [_words(pair) for pair in pairs]
    taken: dict[str, float] = {}
    if artifact.kind_of(source) == KIND:
        _refuse_counting_options()
        from wordlab.training.cooccurrences import Cooccurrences

        found = Cooccurrences.load(source)
    else:
        found, taken = _count(source, output, chosen, overwrite, memory, threads, quiet)
    if plot is not None:
        _draw(found, weighting, plot, overwrite=overwrite)
    facts = _facts(found, top, asked) | {
        "output": output and str(output),
        "plot": plot and str(plot),
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_cooccurrences(facts)
    if output is not None:
        made = console.folder(output)
        console.say_next(
            ("wordlab", "corpus", "cooccurrences", made, "--pair", ",".join(reports.example_pair(facts))),
            quiet=quiet,
        )


def _count(
    source: Path, output: Path | None, counting: dict[str, Any], overwrite: bool, memory: int,
    threads: int | None, quiet: bool,
) -> tuple[Cooccurrences, dict[str, float]]:  # fmt: skip
    config = config_from(CooccurrenceConfig, counting)
    if output is None:
        raise ConfigError("output: expected a directory for the counts of a corpus, found none")
    artifact.check_output(output, overwrite=overwrite, inputs=[source])
    from wordlab.text.corpus import Corpus
    from wordlab.training.cooccurrences import Cooccurrences

    corpus = Corpus.load(source)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        found = Cooccurrences.count(
            corpus, output, config,
            memory=memory, threads=threads, overwrite=overwrite, on_progress=on_progress,
        )  # fmt: skip
    return found, taken


def _draw(found: Cooccurrences, weighting: GloveConfig, plot: Path, *, overwrite: bool) -> None:
    import numpy as np

    from pipelines.plots.files import save_figure
    from pipelines.plots.glove import draw_weighting

    edges = np.geomspace(_LEAST, _MOST, _BINS)
    figure = draw_weighting(edges, found.histogram(edges), x_max=weighting.x_max, alpha=weighting.alpha)
    save_figure(figure, plot, overwrite=overwrite)


def _refuse_counting_options() -> None:
    for name in _OF_COUNTING:
        if was_typed(name):
            raise ConfigError(f"{name}: expected a corpus to count, found counts made before")


def _words(pair: str) -> tuple[str, str]:
    words = pair.split(",")
    if len(words) != 2 or not all(words):
        raise ConfigError(f"pair: expected two words with a comma between them, found {pair!r}")
    return words[0], words[1]


def _facts(found: Cooccurrences, top: int, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """What the command reports, as plain values."""
    return {
        "num_pairs": found.num_pairs,
        "num_words": len(found.vocabulary),
        "config": found.config.to_dict(),
        "corpus": found.corpus,
        "top": [pair._asdict() for pair in (found.top(top) if top else [])],
        "pairs": [found.pair(*words)._asdict() for words in asked],
    }
