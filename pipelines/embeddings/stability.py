"""`wordlab embeddings stability`: which words' neighbours another seed would leave as they are."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.embeddings.judging_options import neighbours_option, num_words_option
from pipelines.embeddings.training_options import chosen_config, training_options
from wordlab.errors import UnknownWordError
from wordlab.training.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from wordlab.embeddings.stability import Stability

_SHOWN = 10


@click.command("stability", cls=options.Command)
@options.artifact_argument("corpus", "CORPUS")
@click.option(
    "--seeds", type=click.IntRange(min=2, max=100), default=5, show_default=True, metavar="N",
    help="How many vectors to train, with --seed and the numbers after it.",
)  # fmt: skip
@neighbours_option
@num_words_option("words")
@click.option("--words", metavar="WORD,...", help="Say of these words how far to trust their neighbours.")
@training_options
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw the overlap by frequency (PNG, SVG or PDF by the name's end).",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace the picture if it is there already.")
@options.quiet_option
@options.json_option
def stability(
    corpus: Path, seeds: int, k: int, num_words: int, words: str | None, plot: Path | None, overwrite: bool,
    quiet: bool, as_json: bool, **training: Any,
) -> None:  # fmt: skip
    """Train on a corpus with several seeds, and compare the neighbours of each word.

    An overlap of 0.8 says that of ten nearest words eight are the same in two trainings; the other two are an
    accident of the seed. The settings of training are those of `embeddings train`.

    \b
    Example:
      wordlab embeddings stability corpus/ --seeds 2 --epochs 2
      wordlab embeddings stability corpus/ --seeds 2 --dim 20 --epochs 1 --words the,of --plot stability.png
    """
    from pipelines.plots.files import check_picture, save_figure
    from pipelines.plots.stability import draw_stability

    check_picture(plot, overwrite=overwrite, inputs=[corpus])
    config = chosen_config({**training, "engine": DEFAULT_ENGINE})
    from wordlab.embeddings.stability import neighbour_stability
    from wordlab.text.corpus import Corpus
    from wordlab.training.loop import train

    loaded = Corpus.load(corpus)
    asked = [] if words is None else words.split(",")
    rank_of = {word: rank for rank, word in enumerate(loaded.vocabulary.words[:num_words])}
    for word in asked:
        if word not in rank_of:
            raise UnknownWordError(f"{word!r} is not among the {len(rank_of):,} most frequent words")
    with console.progress(quiet=quiet) as on_progress:
        sets = [
            train(loaded, dataclasses.replace(config, seed=config.seed + number), on_progress=on_progress)
            for number in range(seeds)
        ]
        found = neighbour_stability(sets, k=k, num_words=num_words, on_progress=on_progress)
    if plot is not None:
        save_figure(draw_stability(found), plot, overwrite=overwrite)
    if as_json:
        console.print_json(found.to_dict())
        return
    _print(found, [(word, float(found.overlaps[rank_of[word]])) for word in asked])


def _print(found: Stability, asked: list[tuple[str, float]]) -> None:
    console.line(
        f"Share of the {found.k} nearest words that two of {found.num_sets} trainings have in common: "
        f"{console.share(float(found.overlaps.mean()))}"
    )
    console.line()
    columns = ("words by rank", "counts", "mean", "a tenth below", "a tenth above")
    console.print_table(
        columns,
        [
            (
                f"{band.first:,} to {band.last:,}", f"{band.counts[0]:,} to {band.counts[1]:,}",
                console.share(band.mean), console.share(band.low), console.share(band.high),
            )
            for band in found.bands
        ],
    )  # fmt: skip
    if asked:
        console.print_heading("Words asked about")
        console.print_table(("word", "overlap"), [(word, console.share(value)) for word, value in asked])
    console.print_heading("Least stable of the 1,000 most frequent words")
    least = found.least(_SHOWN)
    console.print_table(("word", "overlap"), [(word, console.share(value)) for word, value in least])
